/* SPDX-License-Identifier: MIT */
/* check_sets.c: reports probable mistakes in open data of any form. */
#include "base/error.h"
#include "base/text.h"
#include "data/check.h"
#include "data/dataset.h"
#include "data/duplicates.h"
#include "data/images.h"
#include "data/known.h"

#include <stdarg.h>
#include <stdio.h>

enum { FEW = 10 }; /* images of a class: with fewer, each is at least a tenth of the class's accuracy */

typedef struct telling {
    dsc_check_counts *counts;
    dsc_check_report *report;
    void *user;
} telling;

static void find(const telling *t, dsc_check_level level, const char *format, ...) DSC_PRINTF(3, 4);

static void find(const telling *t, dsc_check_level level, const char *format, ...) {
    char message[DSC_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    t->counts->notes += level == DSC_CHECK_NOTE;
    t->counts->warnings += level == DSC_CHECK_WARNING;
    if (t->report) t->report(t->user, level, message);
}

/* Whether the sets are known to have no image in common: the two sets of a data set without duplicates, or
 * parts of these. */
static bool are_disjoint(const dsc_dataset *train, const dsc_dataset *test) {
    const dsc_known_data *known = dsc_dataset_known(train);
    return known && known->disjoint && known == dsc_dataset_known(test) && train->storage != test->storage;
}

/* Lists the classes with at least `least` and at most `most` images, "cat (2), dog (7)"; returns their
 * number. */
static size_t list_classes(dsc_text *text, const dsc_data_summary *s, const dsc_dataset *data, size_t least,
                           size_t most) {
    enum { LISTED = 8 };
    size_t count = 0;
    for (size_t c = 0; c < s->classes; c++) {
        if (s->per_class[c] < least || s->per_class[c] > most) continue;
        if (count++ < LISTED)
            dsc_text_append(text, "%s%s (%zu)", count > 1 ? ", " : "", dsc_dataset_class_name(data, c),
                            s->per_class[c]);
    }
    if (count > LISTED) dsc_text_append(text, ", ...");
    return count;
}

static dsc_status check_classes(const telling *t, const char *what, const dsc_data_summary *s,
                                const dsc_dataset *data, dsc_error *error) {
    dsc_text few = {0}, none = {0};
    size_t used = 0;
    for (size_t c = 0; c < s->classes; c++) used += s->per_class[c] > 0;
    const size_t small = list_classes(&few, s, data, 1, FEW - 1), absent = list_classes(&none, s, data, 0, 0);
    const bool failed = few.failed || none.failed;
    if (!failed && used == 1)
        find(t, DSC_CHECK_WARNING, "%s: all %zu images are of one class; a network needs at least two", what,
             s->count);
    else if (!failed && absent)
        find(t, DSC_CHECK_WARNING, "%s: no image of %zu of %zu classes: %.400s", what, absent, s->classes,
             none.data);
    if (!failed && used > 1 && small)
        find(t, DSC_CHECK_WARNING, "%s: fewer than %d images of %zu of %zu classes: %.400s", what, FEW, small,
             s->classes, few.data);
    dsc_text_free(&few);
    dsc_text_free(&none);
    return failed ? dsc_fail_memory(error, 4096, "a list of classes") : DSC_OK;
}

/* Reports images that occur more than once with different labels. */
static dsc_status check_labels(const telling *t, const char *what, const dsc_dataset *data,
                               dsc_error *error) {
    const dsc_image_list list = dsc_image_list_of(data);
    dsc_duplicates twice;
    dsc_status status = dsc_duplicates_find(&twice, &list, data->labels, NULL, NULL, error);
    if (status || !twice.images) return status;
    if (twice.labels_differ)
        find(t, DSC_CHECK_WARNING, "%s: %zu of %zu images repeat an earlier image under another label", what,
             twice.labels_differ, data->count);
    find(t, DSC_CHECK_NOTE, "%s: %zu of %zu images repeat an earlier image (%zu is a copy of %zu)", what,
         twice.images, data->count, twice.second, twice.first);
    return DSC_OK;
}

static dsc_status check_set(const telling *t, const char *what, const dsc_dataset *data, dsc_error *error) {
    dsc_data_summary s;
    dsc_data_summarise(&s, data);
    dsc_status status = check_classes(t, what, &s, data, error);
    if (status) return status;
    if (s.blank)
        find(t, DSC_CHECK_WARNING, "%s: %zu of %zu images are blank (all pixels alike)", what, s.blank,
             s.count);
    return check_labels(t, what, data, error);
}

dsc_status dsc_data_check_overlap(dsc_check_counts *counts, const dsc_dataset *train, const dsc_dataset *test,
                                  dsc_check_report *report, void *user, dsc_error *error) {
    const telling t = {counts, report, user};
    dsc_duplicates both;
    if (are_disjoint(train, test)) return DSC_OK;
    const dsc_image_list first = dsc_image_list_of(train), second = dsc_image_list_of(test);
    dsc_status status = dsc_duplicates_find(&both, &first, NULL, &second, NULL, error);
    if (!status && both.images)
        find(&t, DSC_CHECK_WARNING,
             "%zu of %zu test images are also in the training set (test %zu is training %zu): accuracy on "
             "them says nothing about unseen images",
             both.images, test->count, both.second, both.first);
    return status;
}

dsc_status dsc_data_check_sets(dsc_check_counts *counts, const dsc_dataset *train, const dsc_dataset *test,
                               dsc_check_report *report, void *user, dsc_error *error) {
    *counts = (dsc_check_counts){0};
    const telling t = {counts, report, user};
    dsc_status status = check_set(&t, "training set", train, error);
    if (status || !test) return status;
    status = check_set(&t, "test set", test, error);
    if (status) return status;
    dsc_images images[2];
    dsc_remarks remarks = {0};
    dsc_dataset_describe(&images[0], train);
    dsc_dataset_describe(&images[1], test);
    dsc_images_compare(&remarks, &images[0], "the training set", &images[1], "the test set");
    for (size_t i = 0; i < remarks.count; i++) find(&t, DSC_CHECK_WARNING, "%s", remarks.line[i]);
    return dsc_data_check_overlap(counts, train, test, report, user, error);
}
