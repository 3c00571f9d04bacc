/* SPDX-License-Identifier: MIT */
/* form.h: the forms in which data are stored: one file and one line per form, and the function that opens any
 * of them.
 *
 * A form looks at a place and says whether it can open it; the first form that can does. The library's forms
 * need no other library. The program's registry (forms/forms.h) begins with these and adds more. */
#ifndef DSC_DATA_FORM_H
#define DSC_DATA_FORM_H

#include "base/recognise.h"
#include "base/registry.h"
#include "data/folder.h"
#include "data/sets.h"

/* A file or folder with its first bytes. */
enum { DSC_PLACE_START = 4096 };
typedef struct dsc_data_place {
    const char *path;
    bool is_folder, is_file; /* neither: does not exist */
    dsc_kind kind;           /* of a file, by its first bytes */
    size_t size;             /* bytes in `start` */
    unsigned char start[DSC_PLACE_START];
} dsc_data_place;

typedef struct dsc_data_form dsc_data_form;

/* One call of opening: the request and the result. */
typedef struct dsc_opening {
    const char *title; /* what the user named: for names and messages */
    const dsc_reading *reading;
    const dsc_registry *forms; /* registry of dsc_data_form */
    bool cache;                /* use and write decompressed copies (cache.h) */
    int (*on_progress)(void *user, const char *what, size_t done,
                       size_t count); /* nonzero stops; may be NULL */
    void *user;
    bool unpacked;   /* the place is an unpacked archive */
    bool keep_order; /* do not shuffle images sorted by class */

    /* A form fills either the data sets or `sets`. */
    dsc_dataset *train, *test; /* test NULL: no test set */
    dsc_sets sets;
    const dsc_data_form *form; /* the outermost form: an archive, not its content */
    dsc_understood understood;
    dsc_remarks remarks;
} dsc_opening;

struct dsc_data_form {
    const char *name;
    const char *help;
    const dsc_param *params; /* none yet */
    size_t values_size;
    /* Fails only without memory. */
    dsc_status (*recognises)(bool *its, const dsc_data_place *place, dsc_error *error);
    dsc_status (*open)(dsc_opening *opening, const char *path, dsc_error *error);
    /* Calls `visit` for each file that `open` reads; stops at its first failure. */
    dsc_status (*visit)(const char *path, dsc_path_visitor *visit, void *user, dsc_error *error);
};
DSC_BEGINS_AS_ROW(dsc_data_form, params);

/* The library's forms in the order in which they are tried: DSC_DATA_FORMS(X) is X(idx) X(csv) ... */
#define DSC_DATA_FORMS(FORM)        FORM(idx) FORM(cifar) FORM(csv) FORM(arrays) FORM(safetensors)
#define DSC_DATA_FORM_DECLARE(name) extern const dsc_data_form dsc_data_form_##name;
#define DSC_DATA_FORM_ENTRY(name)   &dsc_data_form_##name,
DSC_DATA_FORMS(DSC_DATA_FORM_DECLARE)
extern const dsc_registry dsc_data_form_registry;

/* Opens the data in `path`, which is the title of `opening` or the folder that it was unpacked to. A folder
 * that has no form itself, but holds exactly one folder or file that has one, stands for that. Settles
 * `sets`, and splits the training set if there is no test set and reading->test_share is not 0. On failure
 * nothing is open. Release with dsc_opening_clear. */
dsc_status dsc_data_form_open(dsc_opening *opening, const char *path, dsc_error *error);
void dsc_opening_clear(dsc_opening *opening);

/* Finds the form of `path`, and the place of the data: `path` itself, or the folder or file that it stands
 * for. The caller frees *inner. DSC_ERROR_IO or DSC_ERROR_FORMAT: there is nothing, or nothing readable; the
 * message lists what is there and which forms can be read. */
dsc_status dsc_data_form_find(const dsc_data_form **form, char **inner, const dsc_registry *forms,
                              const char *path, dsc_error *error);

/* Calls `visit` for each file that opening `path` reads. */
dsc_status dsc_data_form_visit(const dsc_registry *forms, const char *path, dsc_path_visitor *visit,
                               void *user, dsc_error *error);

#endif
