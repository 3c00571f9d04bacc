/* SPDX-License-Identifier: MIT */
/* arrays.c: see arrays.h. */
#include "data/arrays.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/visible.h"
#include "data/array.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- names --- */

enum { NO_ROLE = -1, IMAGES, LABELS };

static bool is_word(const char *word, size_t length, const char *const *words) {
    for (size_t i = 0; words[i]; i++)
        if (strlen(words[i]) == length && !memcmp(words[i], word, length)) return true;
    return false;
}

/* Sets `role` if the word, or the rest of one, names images or labels. */
static void read_role(int *role, const char *word, size_t length) {
    static const char *const images[] = {"x",    "images", "image",    "imgs", "img",
                                         "data", "pixels", "features", NULL};
    static const char *const labels[] = {"y",      "labels",  "label", "targets",
                                         "target", "classes", "class", NULL};
    if (is_word(word, length, images))
        *role = IMAGES;
    else if (is_word(word, length, labels))
        *role = LABELS;
}

/* Whether the word begins or ends with the name of a set. The rest of the word may name the role. */
static bool read_set(int *set, int *role, const char *word, size_t length) {
    static const struct {
        const char *name;
        int set;
    } names[] = {{"training", DSC_SET_TRAIN},        {"train", DSC_SET_TRAIN},
                 {"validation", DSC_SET_VALIDATION}, {"valid", DSC_SET_VALIDATION},
                 {"val", DSC_SET_VALIDATION},        {"dev", DSC_SET_VALIDATION},
                 {"testing", DSC_SET_TEST},          {"test", DSC_SET_TEST}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const size_t n = strlen(names[i].name);
        if (length < n) continue;
        const bool begins = !memcmp(word, names[i].name, n),
                   ends = !memcmp(word + length - n, names[i].name, n);
        int rest = NO_ROLE;
        if (begins && length > n) read_role(&rest, word + n, length - n);
        if (!begins && ends) read_role(&rest, word, length - n);
        if (!(begins || ends) || (length > n && rest == NO_ROLE)) continue;
        *set = names[i].set;
        if (rest != NO_ROLE) *role = rest;
        return true;
    }
    return false;
}

/* Recognises the names of numpy.savez(file, x, y, x_test, y_test). */
static bool read_number(int *set, bool *labels, const char *name) {
    if (strncmp(name, "arr_", 4) != 0 || name[4] < '0' || name[4] > '3' || name[5]) return false;
    *labels = (name[4] - '0') % 2;
    *set = name[4] < '2' ? DSC_SET_TRAIN : DSC_SET_TEST;
    return true;
}

bool dsc_array_role(int *set, bool *labels, const char *name) {
    char lower[256];
    size_t n = strlen(name);
    int role = NO_ROLE;
    *set = DSC_SET_TRAIN;
    if (n >= sizeof lower) return false;
    if (read_number(set, labels, name)) return true;
    for (size_t i = 0; i <= n; i++) lower[i] = (char)tolower((unsigned char)name[i]);
    for (size_t i = 0; i < n;) {
        const size_t start = i;
        while (i < n && isalnum((unsigned char)lower[i])) i++;
        if (i > start && !read_set(set, &role, lower + start, i - start))
            read_role(&role, lower + start, i - start);
        while (i < n && !isalnum((unsigned char)lower[i])) i++;
    }
    *labels = role == LABELS;
    return role != NO_ROLE;
}

/* --- labels --- */

/* Decodes element `at` of an array of texts (S20 or U7) to UTF-8, without trailing zeros. */
static size_t text_at(char *out, size_t most, const unsigned char *from, char letter, size_t size,
                      bool swap) {
    size_t length = 0;
    for (size_t i = 0; i < size && length + 4 < most; i += letter == 'U' ? 4 : 1) {
        uint32_t c = from[i];
        if (letter == 'U') {
            unsigned char b[4];
            memcpy(b, from + i, 4);
            if (swap) dsc_swap_bytes(b, 1, 4);
            memcpy(&c, b, 4);
        }
        if (!c) break;
        if (letter == 'S') {
            out[length++] = (char)c;
        } else {
            length += dsc_utf8_put(out + length, c < 0x110000 && (c < 0xD800 || c > 0xDFFF) ? c : 0xFFFD);
        }
    }
    return length;
}

/* Parses a type such as "<U7" or "|S20". */
static bool read_text_type(char *letter, size_t *size, bool *swap, const char *type) {
    const uint16_t one = 1;
    const bool little = *(const unsigned char *)&one == 1;
    int64_t count;
    if (!*type || (type[1] != 'U' && type[1] != 'S') || !dsc_parse_integer(&count, type + 2) || count < 1 ||
        count > 4096)
        return false;
    *letter = type[1];
    *size = (size_t)count * (type[1] == 'U' ? 4 : 1);
    *swap = (*type == '<' && !little) || (*type == '>' && little);
    return true;
}

/* The label of a one-hot row: the index of the largest element. */
static size_t hot(const unsigned char *row, size_t count, size_t stride, const dsc_npy_encoding *e) {
    size_t best = 0;
    for (size_t k = 1; k < count; k++)
        if (dsc_npy_number(row + k * stride, e) > dsc_npy_number(row + best * stride, e)) best = k;
    return best;
}

static dsc_status fail_rank(const dsc_npy_description *found, const char *where, dsc_error *error) {
    char text[DSC_SHAPE_TEXT_SIZE];
    return dsc_fail(error, DSC_ERROR_FORMAT,
                    "%s: expected labels, (N), (N, 1) or one-hot (N, K), found %s; are the arrays swapped?",
                    where, dsc_shape_text(text, found->rank < 4 ? found->rank : 4, found->shape));
}

static dsc_status take_labels(dsc_set *set, dsc_label_names *names, const dsc_npy_description *found,
                              const unsigned char *bytes, size_t size, const char *where, dsc_error *error) {
    dsc_npy_encoding e = {0};
    char letter = 0;
    size_t count, each = 0, whole;
    bool swap = false;
    dsc_status status = DSC_OK;
    if (set->labels)
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: is a second array of labels for the same set", where);
    if (found->rank < 1 || found->rank > 2) return fail_rank(found, where, error);
    if (!found->structured && read_text_type(&letter, &each, &swap, found->type)) {
        if (!dsc_array_bytes(&count, DSC_U8, found->rank, found->shape) ||
            !dsc_multiply(&whole, count, each) || found->start > size || whole != size - found->start ||
            (found->rank == 2 && found->shape[1] != 1))
            return fail_rank(found, where, error);
    } else {
        status = dsc_npy_elements(&e, &count, found, size, where, error);
        if (status) return status;
    }
    const size_t n = found->shape[0], k = found->rank == 2 ? found->shape[1] : 1;
    if (!k) return fail_rank(found, where, error); /* no number for a label, whatever n claims */
    const size_t stride = found->fortran_order ? e.size : k * e.size;
    set->labels = dsc_allocate(n, 1);
    if (!set->labels) return dsc_fail_memory(error, n, where);
    set->labelled = n;
    for (size_t i = 0; i < n && !status; i++) {
        char text[1024];
        const unsigned char *at = bytes + found->start + i * (letter ? each : stride);
        size_t length;
        if (letter) {
            length = text_at(text, sizeof text, at, letter, each, swap);
        } else {
            const double value = k > 1 ? (double)hot(at, k, found->fortran_order ? n * e.size : e.size, &e)
                                       : dsc_npy_number(at, &e);
            length = strlen(dsc_reading_number(text, value));
        }
        status = dsc_label_number(&set->labels[i], names, text, length, where, error);
    }
    return status;
}

/* --- arrays --- */

dsc_status dsc_sets_take_array(bool *taken, dsc_sets *sets, const char *name,
                               const dsc_npy_description *found, const void *bytes, size_t size,
                               const dsc_reading *reading, const char *where, dsc_error *error) {
    int which;
    bool labels;
    *taken = dsc_array_role(&which, &labels, name);
    if (!*taken) return DSC_OK;
    dsc_set *set = &sets->set[which];
    if (labels) return take_labels(set, &sets->names, found, bytes, size, where, error);
    dsc_array images;
    dsc_status status = dsc_npy_take_bytes(&images, found, bytes, size, where, error);
    return status ? status : dsc_take_images(set, &images, reading, where, error);
}

dsc_status dsc_sets_expect_arrays(const dsc_sets *sets, const dsc_text *seen, const char *file,
                                  dsc_error *error) {
    const dsc_set *train = &sets->set[DSC_SET_TRAIN];
    if (seen->failed) return dsc_fail_memory(error, seen->length, "the names of arrays");
    if (train->images.data && train->labels) return DSC_OK;
    return dsc_fail(
        error, DSC_ERROR_FORMAT,
        "%s: expected arrays called x_train and y_train, train_images and train_labels, or X and y; "
        "%s; found: %.400s",
        file,
        train->images.data ? "there are no labels"
        : train->labels    ? "there are no images"
                           : "there are neither images nor labels",
        seen->length ? seen->data : "none");
}

void dsc_sets_tell(dsc_understood *understood, const dsc_sets *sets) {
    static const char *const names[] = {"training set", "validation set", "test set"};
    for (int k = 0; k < DSC_SETS; k++) {
        const dsc_set *set = &sets->set[k];
        char text[DSC_SHAPE_TEXT_SIZE];
        if (!set->images.data) continue;
        dsc_understand(understood, names[k], "%s", dsc_shape_text(text, set->images.rank, set->images.shape));
    }
}
