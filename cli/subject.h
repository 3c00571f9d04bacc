/* SPDX-License-Identifier: MIT */
/* subject.h: RUN|MODEL, the operand of the commands that look at what was trained. */
#ifndef CLI_SUBJECT_H
#define CLI_SUBJECT_H

#include "command.h"
#include "source.h"

typedef struct command_subject {
    const char *name; /* the operand */
    bool is_run;
    char *model_path;        /* NULL: a run that has no model yet */
    char *data;              /* a run's recipe names it; else NULL */
    dsc_reading reading;     /* of the same recipe */
    size_t training_samples; /* the run learned from the first so many; 0: from all */
    dsc_model *model;
    dsc_remarks remarks; /* of command_subject_match */
} command_subject;

/* A run's folder stands for its model, and says which data it was trained with. Release with
 * command_subject_close, also after a failure. */
dsc_status command_subject_open(command_subject *subject, const char *operand, dsc_error *error);
/* The same without loading the model: a run may have none yet. */
dsc_status command_subject_find(command_subject *subject, const char *operand, dsc_error *error);
/* Loads the model that a found subject has, in any format that is read, and says what is to be said of it on
 * standard error. One without a model stays without. */
dsc_status command_subject_load(command_subject *subject, dsc_error *error);
/* The same for a file. */
dsc_status command_model_load(dsc_model **model, const char *path, dsc_error *error);
/* Says each line of what a format noted (exchange.h) on standard error. */
void command_tell_notes(const dsc_text *notes);
void command_subject_close(command_subject *subject);

/* Puts into what is said of a model (dsc_model_about, "accuracy") that it answered that share of `count`
 * images right: "99.56 % of 10,000 test images of MNIST". Files that it leaves as carry it. `data`: their
 * name, of which a path is not handed on; or NULL. */
dsc_status command_note_accuracy(dsc_model *model, double accuracy, size_t count, const char *data,
                                 dsc_error *error);

/* Puts in the place of *set the same data as the subject's model numbers their classes, says what differs
 * from what the model was trained on, and keeps that in the subject's remarks: dsc_dataset_match. */
dsc_status command_subject_match(dsc_dataset **set, command_subject *subject, dsc_error *error);

/* --data where the user gave it, and how it is read; else the run's, but for what the user gave; else the
 * default. */
command_source command_subject_source(const command_subject *subject, const command_call *call,
                                      const command_source *source);

#endif
