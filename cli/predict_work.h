/* SPDX-License-Identifier: MIT */
/* predict_work.h: from files to answers: what `descender predict` does before it prints. */
#ifndef CLI_PREDICT_WORK_H
#define CLI_PREDICT_WORK_H

#include "command.h"

#include "model/inspector.h"
#include "read/read.h"

/* A model ready to answer, one image at a time. */
typedef struct predict_reader {
    dsc_model *model;
    dsc_predictor *predictor;
    dsc_workspace *workspace;
    dsc_inspector *inspector; /* NULL unless it is to be shown */
    size_t shape[3], classes;
    bool raw; /* images are the model's own: not prepared */
} predict_reader;

/* Takes the model over, also if it fails. */
dsc_status predict_reader_make(predict_reader *reader, dsc_model *model, bool raw, bool with_saliency,
                               dsc_error *error);
void predict_reader_clear(predict_reader *reader);

/* One image that the network saw, and what it said. */
typedef struct predict_answer {
    size_t image;                    /* of an array: its index */
    size_t left, top, width, height; /* of a picture: where it lies; width 0: it was not looked for */
    uint8_t *seen;                   /* (C, H, W), owned */
    float *probabilities;            /* (classes), owned */
    float *depends;                  /* (H, W), owned; NULL without saliency */
    size_t *order;                   /* (classes): labels, the most probable first; owned */
} predict_answer;

/* All of a file, in order. */
typedef struct predict_result {
    const char *name;
    read_content content;    /* the picture stays, to be drawn on */
    dsc_picture_notes notes; /* what is not among the answers; all 0 where nothing was looked for */
    predict_answer *answers;
    size_t count;
} predict_result;

/* Reads a file and answers each image in it; `one`: a picture is of one digit. Release with predict_result_clear, also after a failure. */
dsc_status predict_read(predict_result *result, predict_reader *reader, const char *path, bool one,
                        dsc_error *error);
void predict_result_clear(predict_result *result);

#endif
