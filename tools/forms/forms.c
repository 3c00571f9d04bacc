/* SPDX-License-Identifier: MIT */
/* forms.c: the registry of data forms; see forms.h. */
#include "forms/forms.h"

#include "data/form.h"

#define FORMS(FORM) DSC_DATA_FORMS(FORM) FORM(libsvm) FORM(folder) FORM(zip) FORM(tar)

FORMS(DSC_DATA_FORM_DECLARE)

static const dsc_data_form *const rows[] = {FORMS(DSC_DATA_FORM_ENTRY) NULL};

const dsc_registry forms_registry = {
    .thing = "form",
    .things = "forms",
    .about = "Forms of data that --data reads; the first form that recognises a file or folder opens it. "
             "Data without a test set are split.",
    .rows = rows,
};
