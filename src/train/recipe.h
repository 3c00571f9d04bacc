/* SPDX-License-Identifier: MIT */
/* recipe.h: a recipe: every setting that decides the result of training, in one flat table. The table defines
 * the recipe files (JSON), the program's flags and their help. A run folder stores its recipe. */
#ifndef DSC_TRAIN_RECIPE_H
#define DSC_TRAIN_RECIPE_H

#include "data/reading.h"

/* Files that hold recipes: a run's, and the best one of a search. */
#define DSC_RUN_RECIPE "recipe.json"
#define DSC_TUNE_BEST  "best.json"

enum { DSC_SHARDS_MOST = 256 };
enum { DSC_NORMALISE_UNIT, DSC_NORMALISE_STANDARD };
enum { DSC_PRECISION_F32, DSC_PRECISION_BF16, DSC_PRECISION_AUTO };
enum { DSC_QUANTISE_NONE, DSC_QUANTISE_8, DSC_QUANTISE_4, DSC_QUANTISE_3, DSC_QUANTISE_TERNARY };
enum { DSC_CLASS_WEIGHTS_NONE, DSC_CLASS_WEIGHTS_BALANCED };

typedef struct dsc_recipe {
    char *data;               /* auto, a data set's name or a path; the caller opens it */
    dsc_reading reading;      /* how the data are read */
    int64_t training_samples; /* only the first ones are used; 0: all */
    double validation;        /* share of the training set to hold out, per class */
    char *others;             /* comma-separated data of no class; NULL: none. See others_data */
    char *model;
    char *from;    /* file of the model to start from; NULL: random weights */
    char *teacher; /* file of a model whose answers blend into the targets; NULL: none */
    double teacher_share, teacher_temperature; /* teacher.c */
    char *freeze, *rates; /* patterns of parameter names (build.h); NULL: all are learned at the same rate */
    int normalise;
    char *loss;
    int class_weights;
    char *optimiser;
    double learning_rate;                 /* 0: the optimiser's default */
    double weight_decay;                  /* negative: the optimiser's default */
    double l1, l2, clip_norm, clip_value; /* 0: none */
    char *schedule;
    int64_t epochs, batch;
    char *steps; /* length.h; NULL: all epochs */
    bool drop_last, shuffle;
    double ema; /* decay of the weights' moving average; 0: none */
    char *augment;
    double mixup;
    int64_t clean_epochs; /* last epochs, trained without augmentation */
    int64_t patience;     /* epochs without a better validation loss before stopping; 0: never */
    double until;         /* stop at this validation accuracy in percent; 0: never */
    bool calibrate;       /* scale the finished model's logits: calibrate.c */
    int64_t shards, lanes;
    int precision;
    int quantise;    /* DSC_QUANTISE_...: number of levels that weights are rounded to in training */
    char *kernels;   /* name of a kernel set; NULL: the best one */
    int64_t members; /* networks of an ensemble (run/ensemble.h); a trainer trains one */
    dsc_seed seed;
    /* Not a parameter and never written: the model of `from`, if the caller has it already, in any format. It
     * must outlive the recipe and its copies; any thread may read it. NULL: `from` is loaded
     * (dsc_model_load). */
    const dsc_model *start;
    /* The same for the model of `teacher`. May be set without `teacher`, as dsc_train does. */
    const dsc_model *teacher_model;
    /* The same for the data of `others`, which the caller opens. Their labels are ignored. May be set without
     * `others`, as dsc_train does. */
    const dsc_dataset *others_data;
    /* The same for the processes that share the batches; NULL: only this process. */
    const dsc_ranks *ranks;
} dsc_recipe;

extern const dsc_param dsc_recipe_params[];

/* Sets all defaults. Release with dsc_recipe_clear. */
dsc_status dsc_recipe_initialise(dsc_recipe *recipe, dsc_error *error);
void dsc_recipe_clear(dsc_recipe *recipe);
dsc_status dsc_recipe_copy(dsc_recipe *to, const dsc_recipe *from, dsc_error *error);
/* Takes over from `from` what no recipe file holds: start, teacher_model, others_data and ranks. The recipe
 * does not own them. */
void dsc_recipe_borrow(dsc_recipe *to, const dsc_recipe *from);

/* Sets the parameters that the JSON object names; the others stay. DSC_ERROR_FORMAT: not a JSON object.
 * DSC_ERROR_UNSUPPORTED: a "format" newer than this library's. An unknown name is an error with a suggestion.
 * `name` stands for the file in messages. */
dsc_status dsc_recipe_from_json(dsc_recipe *recipe, const char *text, size_t size, const char *name,
                                dsc_error *error);

/* Appends the whole recipe as JSON text, as a recipe file has it. */
dsc_status dsc_recipe_to_json(dsc_text *text, const dsc_recipe *recipe, dsc_error *error);

/* The recipe as a JSON object, for another file; the caller owns it. NULL without memory. */
json_t *dsc_recipe_json(const dsc_recipe *recipe);
/* Sets the defaults, then the parameters that the object names. DSC_ERROR_FORMAT if `json` is not an object.
 * Release with dsc_recipe_clear, also after an error. */
dsc_status dsc_recipe_from_part(dsc_recipe *recipe, const json_t *json, const char *name, dsc_error *error);

/* Recipes that ship with the library. */
typedef struct dsc_named_recipe {
    const char *name, *help, *json;
} dsc_named_recipe;
extern const dsc_named_recipe dsc_named_recipes[]; /* a NULL name ends them */

/* Sets the defaults, then the parameters of the named recipe; if there is none of that name, of the file of
 * that name. Release with dsc_recipe_clear. */
dsc_status dsc_recipe_open(dsc_recipe *recipe, const char *name_or_path, dsc_error *error);

#endif
