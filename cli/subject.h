/* SPDX-License-Identifier: MIT */
/* subject.h: RUN|MODEL, the operand of the commands that inspect trained models. */
#ifndef CLI_SUBJECT_H
#define CLI_SUBJECT_H

#include "command.h"
#include "source.h"

typedef struct command_subject {
    const char *name; /* the operand */
    bool is_run;
    char *model_path;        /* NULL: the run has no model yet */
    char *data;              /* of a run's recipe; otherwise NULL */
    dsc_reading reading;     /* of the same recipe */
    size_t training_samples; /* first samples that the run used; 0: all */
    dsc_model *model;
    dsc_remarks remarks; /* from command_subject_match */
} command_subject;

/* Opens a model; a run's folder stands for its model and names its data. Release with command_subject_close,
 * also after a failure. */
dsc_status command_subject_open(command_subject *subject, const char *operand, dsc_error *error);
/* The same without loading the model, which a run may not have yet. */
dsc_status command_subject_find(command_subject *subject, const char *operand, dsc_error *error);
/* Loads the model of a found subject, in any readable format, and prints remarks on standard error. Does
 * nothing if there is no model. */
dsc_status command_subject_load(command_subject *subject, dsc_error *error);
/* The same for a file. */
dsc_status command_model_load(dsc_model **model, const char *path, dsc_error *error);
/* Prints each line of a format's notes (exchange.h) on standard error. */
void command_tell_notes(const dsc_text *notes);
void command_subject_close(command_subject *subject);

/* Notes in the model's description (dsc_model_about, "accuracy") its accuracy on `count` images: "99.56 % of
 * 10,000 test images of MNIST". Exported files carry the note. `data`: the name of the images, without its
 * path; or NULL. */
dsc_status command_note_accuracy(dsc_model *model, double accuracy, size_t count, const char *data,
                                 dsc_error *error);

/* Replaces *set by the same data with the model's class numbers (dsc_dataset_match), prints differences from
 * the training data, and keeps them in the subject's remarks. If the data do not fit, and neither the user
 * nor a run named them, the message asks for --data. */
dsc_status command_subject_match(dsc_dataset **set, command_subject *subject, const command_call *call,
                                 dsc_error *error);

/* Remarks that some of the test images may be training images of the model: if the model is a file, which
 * does not record how its data were split, and `data` have the name of its data and were split by default. */
void command_subject_tell_split(const command_subject *subject, const command_data *data,
                                const command_call *call);

/* The source of the data: --data and its reading options if given; otherwise the run's, with the user's
 * reading options over it; otherwise the default. */
command_source command_subject_source(const command_subject *subject, const command_call *call,
                                      const command_source *source);

#endif
