/* SPDX-License-Identifier: MIT */
/* predict_work.h: from files to answers: what `descender predict` does before it prints. */
#ifndef CLI_PREDICT_WORK_H
#define CLI_PREDICT_WORK_H

#include "command.h"

#include "data/images.h"
#include "image/notes.h"
#include "model/inspector.h"
#include "read/read.h"

/* How images are made ready for the model. */
typedef enum predict_manner {
    PREDICT_AS_TRAINED, /* as those were that it was trained on */
    PREDICT_PREPARE,    /* as digits, whatever it was trained on */
    PREDICT_RAW         /* not at all */
} predict_manner;

/* How many images something was done to, and the first file with such. */
typedef struct predict_count {
    size_t images, all; /* all: of that file */
    char file[256];
} predict_count;

/* A model ready to answer, one image at a time. */
typedef struct predict_reader {
    dsc_model *model;
    dsc_predictor *predictor;
    dsc_workspace *workspace;
    dsc_inspector *inspector; /* NULL unless it is to be shown */
    size_t members;           /* of an ensemble; else 0 */
    float *member_logits;     /* (members, classes) */
    size_t shape[3], classes;
    predict_manner manner;
    dsc_images expected;   /* by the model */
    bool digits;           /* digits are looked for and prepared; else a picture is one image */
    double no_digit_below; /* an answer that is less sure is none: the model's threshold */
    double below;          /* an answer that is less sure is refused; the same, or a larger one */
    bool only_sure;        /* such an answer is not shown at all; else as "no digit" */
    /* What was done on the way and is told in the end: predict_tell.h. */
    predict_count whole, scaled, turned, prepared, other_ground, unlike;
} predict_reader;

/* Takes the model over, also if it fails. `fit`, unless NONE: a picture is one image, and this is how it
 * comes to the model's size, whatever the model says. */
dsc_status predict_reader_make(predict_reader *reader, dsc_model *model, predict_manner manner, dsc_fit fit,
                               bool with_reasons, dsc_error *error);
void predict_reader_clear(predict_reader *reader);

/* One image that the network saw, and what it said. */
typedef struct predict_answer {
    size_t image;                    /* of an array: its index */
    unsigned did;                    /* to make it ready: DSC_DID_... */
    size_t left, top, width, height; /* of a picture: where it lies; width 0: it was not looked for */
    uint32_t line, marks;            /* of a picture: as dsc_digit has them */
    uint8_t *seen;                   /* (C, H, W), owned */
    float *probabilities;            /* (classes), owned */
    bool failed;                     /* the probabilities are not finite: there is no answer */
    float *shares; /* (H, W), owned: what the answer went by, dsc_inspector_shares; NULL if that is not asked
                      for */
    size_t agree;  /* of an ensemble: how many of its members give the likeliest answer */
    double information; /* how much of the doubt is theirs: dsc_members_agree */
    size_t *order;      /* (classes): labels, the most probable first; owned */
} predict_answer;

/* All of a file, or of a page of it, in order. */
typedef struct predict_result {
    const char *file;
    char *name;              /* "form.pdf, page 2", owned; of a file with one page as `file` */
    size_t page;             /* from 1; 0: the file has no others */
    read_content content;    /* the picture stays, to be drawn on */
    dsc_picture_notes notes; /* of a picture: what is not among the answers; all 0 if it was read whole */
    dsc_notes_sum sum;       /* the same of an array's images */
    predict_answer *answers;
    size_t count;
} predict_result;

/* Reads page number `page` of a file, from 0, and answers each image on it; `one`: a picture is of one
 * digit. Release with predict_result_clear, also after a failure. */
dsc_status predict_read(predict_result *result, predict_reader *reader, const read_source *source,
                        size_t page, bool one, dsc_error *error);
void predict_result_clear(predict_result *result);

#endif
