/* SPDX-License-Identifier: MIT */
/* predict_work.h: `descender predict` from files to answers, before printing. */
#ifndef CLI_PREDICT_WORK_H
#define CLI_PREDICT_WORK_H

#include "command.h"

#include "data/images.h"
#include "image/notes.h"
#include "model/inspector.h"
#include "read/read.h"

/* How images are prepared for the model. */
typedef enum predict_manner {
    PREDICT_AS_TRAINED, /* like its training images */
    PREDICT_PREPARE,    /* as digits, whatever the model was trained on */
    PREDICT_RAW         /* not at all */
} predict_manner;

/* The number of images with some change, and the first such file. */
typedef struct predict_count {
    size_t images, all; /* all: images of that file */
    char file[256];
} predict_count;

/* A model with its buffers, for one image at a time. */
typedef struct predict_reader {
    dsc_model *model;
    dsc_predictor *predictor;
    dsc_workspace *workspace;
    dsc_inspector *inspector; /* NULL unless shown */
    size_t members;           /* of an ensemble; otherwise 0 */
    float *member_logits;     /* (members, classes) */
    size_t shape[3], classes;
    predict_manner manner;
    dsc_images expected; /* by the model */
    bool digits;         /* search and prepare digits; false: a picture is one image */
    bool only_sure;      /* hide refused answers; false: show "no digit" */
    double certain;      /* answers less sure than this are refused, beside those that are no digit */
    /* Changes, reported at the end: predict_tell.h. */
    predict_count whole, scaled, turned, prepared, other_ground, unlike;
} predict_reader;

/* Makes a reader. Takes over the model, also after a failure. `fit` other than NONE: a picture is one image,
 * and `fit` brings it to the model's size, whatever the model says. */
dsc_status predict_reader_make(predict_reader *reader, dsc_model *model, predict_manner manner, dsc_fit fit,
                               bool with_reasons, dsc_error *error);
void predict_reader_clear(predict_reader *reader);

/* One image and the network's answer. */
typedef struct predict_answer {
    size_t image;                    /* index in an array */
    unsigned did;                    /* preparation: DSC_DID_... */
    size_t left, top, width, height; /* place in a picture; width 0: no search */
    uint32_t line, marks;            /* in a picture: see dsc_digit */
    uint8_t *seen;                   /* (C, H, W), owned */
    float *probabilities;            /* (classes), owned */
    bool failed;                     /* probabilities are not finite: no answer */
    float *shares;                   /* (H, W), owned: dsc_inspector_shares; NULL: not requested */
    size_t agree;                    /* ensemble: members that agree with the answer */
    double information;              /* members' part of the doubt: dsc_members_agree */
    size_t *order;                   /* (classes), owned: labels by descending probability */
} predict_answer;

/* All answers of a file or page, in order. */
typedef struct predict_result {
    const char *file;
    char *name;              /* "form.pdf, page 2", owned; `file` if it has one page */
    size_t page;             /* from 1; 0: the only page */
    read_content content;    /* keeps the picture for drawing */
    dsc_picture_notes notes; /* of a picture: what was left out; all 0 if it was read whole */
    dsc_notes_sum sum;       /* the same for an array's images */
    predict_answer *answers;
    size_t count;
} predict_result;

/* Reads page `page`, from 0, of a file and answers each image on it. `one`: a picture has one digit. Release
 * with predict_result_clear, also after a failure. */
dsc_status predict_read(predict_result *result, predict_reader *reader, const read_source *source,
                        size_t page, bool one, dsc_error *error);
void predict_result_clear(predict_result *result);

#endif
