/* SPDX-License-Identifier: MIT */
/* form.h: the forms in which data are stored, one file and one line each, and opening whatever it is.
 *
 * A form looks at what lies in a place, and says whether it is its own; the first that does so opens it. The
 * library's forms need no other library. The program has more: its registry (forms/forms.h) begins with
 * these. */
#ifndef DSC_DATA_FORM_H
#define DSC_DATA_FORM_H

#include "base/recognise.h"
#include "base/registry.h"
#include "data/folder.h"
#include "data/sets.h"

/* A file or folder, looked at once. */
enum { DSC_PLACE_START = 4096 };
typedef struct dsc_data_place {
    const char *path;
    bool is_folder, is_file; /* neither: there is nothing of this name */
    dsc_kind kind;           /* of a file, by its first bytes */
    size_t size;             /* how many there are of them */
    unsigned char start[DSC_PLACE_START];
} dsc_data_place;

typedef struct dsc_data_form dsc_data_form;

/* One call: what is asked, and what came out. */
typedef struct dsc_opening {
    const char *title; /* what the user named: for names and messages */
    const dsc_reading *reading;
    const dsc_registry *forms; /* of dsc_data_form */
    bool cache;                /* use and write decompressed copies (cache.h) */
    int (*on_progress)(void *user, const char *what, size_t done,
                       size_t count); /* not 0: stop; may be NULL */
    void *user;
    bool unpacked;   /* the place is what an archive was unpacked to */
    bool keep_order; /* do not mix images that come class by class */

    /* A form fills either the datasets or the sets. */
    dsc_dataset *train, *test; /* test NULL: there is none */
    dsc_sets sets;
    const dsc_data_form *form; /* the outermost: an archive rather than what is in it */
    dsc_understood understood;
    dsc_remarks remarks;
} dsc_opening;

struct dsc_data_form {
    const char *name;
    const char *help;
    const dsc_param *params; /* none so far */
    size_t values_size;
    /* Fails only for want of memory. */
    dsc_status (*recognises)(bool *its, const dsc_data_place *place, dsc_error *error);
    dsc_status (*open)(dsc_opening *opening, const char *path, dsc_error *error);
    /* Calls `visit` with each file that `open` reads; ends with its first failure. */
    dsc_status (*visit)(const char *path, dsc_path_visitor *visit, void *user, dsc_error *error);
};
DSC_BEGINS_AS_ROW(dsc_data_form, params);

/* The library's forms: DSC_DATA_FORMS(X) is X(idx) X(csv) ..., in the order in which they are asked. */
#define DSC_DATA_FORMS(FORM)        FORM(idx) FORM(cifar) FORM(csv) FORM(arrays) FORM(safetensors)
#define DSC_DATA_FORM_DECLARE(name) extern const dsc_data_form dsc_data_form_##name;
#define DSC_DATA_FORM_ENTRY(name)   &dsc_data_form_##name,
DSC_DATA_FORMS(DSC_DATA_FORM_DECLARE)
extern const dsc_registry dsc_data_form_registry;

/* Opens the data in the place `path`, the title of `opening` or where that was unpacked to. A folder that is
 * none of the forms, but holds one folder or one file that is, stands for that. Sets are settled, and split
 * if there is no test set and reading->test_share is not 0. On failure nothing is open. Release with
 * dsc_opening_clear. */
dsc_status dsc_data_form_open(dsc_opening *opening, const char *path, dsc_error *error);
void dsc_opening_clear(dsc_opening *opening);

/* The form of what is there, and where it lies (release *inner with free()): `path` itself, or what a folder
 * stands for. IO, FORMAT: there is nothing, or nothing that can be read; the message lists what is there, and
 * what would be read. */
dsc_status dsc_data_form_find(const dsc_data_form **form, char **inner, const dsc_registry *forms,
                              const char *path, dsc_error *error);

/* Visits the files that opening `path` reads. */
dsc_status dsc_data_form_visit(const dsc_registry *forms, const char *path, dsc_path_visitor *visit,
                               void *user, dsc_error *error);

#endif
