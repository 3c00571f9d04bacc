/* SPDX-License-Identifier: MIT */
/* recipe.h: everything that decides how a network turns out, in one flat table. The same table reads recipe
 * files (JSON), makes the program's flags and their help, and is what a run folder keeps. */
#ifndef DSC_TRAIN_RECIPE_H
#define DSC_TRAIN_RECIPE_H

#include "data/reading.h"

/* The files that hold recipes: of a run, and the best one that a search found. */
#define DSC_RUN_RECIPE "recipe.json"
#define DSC_TUNE_BEST  "best.json"

enum { DSC_SHARDS_MOST = 256 };
enum { DSC_NORMALISE_UNIT, DSC_NORMALISE_STANDARD };
enum { DSC_PRECISION_F32, DSC_PRECISION_BF16, DSC_PRECISION_AUTO };
enum { DSC_QUANTISE_NONE, DSC_QUANTISE_8, DSC_QUANTISE_4, DSC_QUANTISE_3, DSC_QUANTISE_TERNARY };
enum { DSC_CLASS_WEIGHTS_NONE, DSC_CLASS_WEIGHTS_BALANCED };

typedef struct dsc_recipe {
    char *data;               /* auto, mnist, digits or a path: resolved by whoever opens it */
    dsc_reading reading;      /* how it is read */
    int64_t training_samples; /* the first so many; 0: all */
    double validation;        /* the share of the training set that is held out, class by class */
    char *others; /* data of none of the classes, divided by commas; NULL: none. See others_data */
    char *model;
    char *from;    /* the file of the model that the new one starts from; NULL: afresh */
    char *teacher; /* the file of a model whose answers are a part of the targets; NULL: none */
    double teacher_share, teacher_temperature; /* teacher.c */
    char *freeze, *rates; /* by patterns of parameters' names: build.h; NULL: all are learned, alike */
    int normalise;
    char *loss;
    int class_weights;
    char *optimiser;
    double learning_rate;                 /* 0: the optimiser's own default */
    double weight_decay;                  /* negative: the optimiser's own default */
    double l1, l2, clip_norm, clip_value; /* 0: none */
    char *schedule;
    int64_t epochs, batch;
    char *steps; /* where they are not all of the epochs: length.h; NULL: they are */
    bool drop_last, shuffle;
    double ema; /* decay of the moving average of weights; 0: none */
    char *augment;
    double mixup;
    int64_t clean_epochs; /* the last so many without augmentation */
    int64_t patience;     /* epochs without a better validation loss before it stops; 0: never */
    double until;         /* percent of the validation set right at which it stops; 0: never */
    bool calibrate;       /* in the end, by a temperature: calibrate.c */
    int64_t shards, lanes;
    int precision;
    int quantise;    /* DSC_QUANTISE_...: how many levels weights are rounded to while they are learned */
    char *kernels;   /* a kernel set by name; NULL: the best */
    int64_t members; /* of an ensemble (run/ensemble.h); a trainer trains one */
    dsc_seed seed;
    /* No parameter, and in no file: the model that `from` names, where whoever trains has it already, in
     * whatever format it was; it must outlive the recipe and its copies, and any threads may read it. NULL:
     * it is loaded (dsc_model_load). */
    const dsc_model *start;
    /* The same of the model that `teacher` names. It may be there without `teacher`, as in dsc_train. */
    const dsc_model *teacher_model;
    /* The same of the data that `others` names: whoever trains has opened them. Labels are ignored. They
     * may be there without `others`, as in dsc_train. */
    const dsc_dataset *others_data;
    /* The same of the processes that share the batches; NULL: this one alone. */
    const dsc_ranks *ranks;
} dsc_recipe;

extern const dsc_param dsc_recipe_params[];

/* All defaults. Release with dsc_recipe_clear. */
dsc_status dsc_recipe_initialise(dsc_recipe *recipe, dsc_error *error);
void dsc_recipe_clear(dsc_recipe *recipe);
dsc_status dsc_recipe_copy(dsc_recipe *to, const dsc_recipe *from, dsc_error *error);

/* Changes what the JSON object names, and nothing else. Unknown names are errors, with a suggestion. `name`
 * stands for the file. A "format" newer than this library knows is refused. */
dsc_status dsc_recipe_from_json(dsc_recipe *recipe, const char *text, size_t size, const char *name,
                                dsc_error *error);

/* The whole recipe as JSON text, ready to be a file. */
dsc_status dsc_recipe_to_json(dsc_text *text, const dsc_recipe *recipe, dsc_error *error);

/* The same as a part of another file. NULL: out of memory. */
json_t *dsc_recipe_json(const dsc_recipe *recipe);
/* The defaults, changed by what the object names; FORMAT if it is no object. Release with dsc_recipe_clear,
 * also after an error. */
dsc_status dsc_recipe_from_part(dsc_recipe *recipe, const json_t *json, const char *name, dsc_error *error);

/* Recipes that ship with the library. */
typedef struct dsc_named_recipe {
    const char *name, *help, *json;
} dsc_named_recipe;
extern const dsc_named_recipe dsc_named_recipes[]; /* a NULL name ends them */

/* The defaults, changed by the recipe of that name, or else by the file of that name. */
dsc_status dsc_recipe_open(dsc_recipe *recipe, const char *name_or_path, dsc_error *error);

#endif
