/* SPDX-License-Identifier: MIT */
/* labels.c: numbers labels, which may be integers or names, in the order of their first occurrence; see
 * sets.h. */
#include "data/sets.h"

#include "base/encoding.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

static bool is_it(const dsc_label_names *names, size_t i, const char *text, size_t length) {
    return i < names->count && strlen(names->name[i]) == length && !memcmp(names->name[i], text, length);
}

dsc_status dsc_label_number(uint8_t *number, dsc_label_names *names, const char *text, size_t length,
                            const char *where, dsc_error *error) {
    while (length && (*text == ' ' || *text == '\t')) text++, length--;
    while (length && (text[length - 1] == ' ' || text[length - 1] == '\t')) length--;
    if (is_it(names, names->last, text, length)) {
        *number = (uint8_t)names->last;
        return DSC_OK;
    }
    for (size_t i = 0; i < names->count; i++)
        if (is_it(names, i, text, length)) {
            names->last = i;
            *number = (uint8_t)i;
            return DSC_OK;
        }
    if (names->count == DSC_LABELS_MOST)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "%s: has more than %d different labels, the 257th is '%.*s'; are these the labels? "
                        "--label-column names the labels of a table",
                        where, DSC_LABELS_MOST, (int)(length < 40 ? length : 40), text);
    char *name = strndup(text, length);
    if (!name) return dsc_fail_memory(error, length, "a label");
    dsc_error why;
    const bool zero = strlen(name) < length;
    dsc_status status = zero ? DSC_ERROR_FORMAT : dsc_name_check(name, "the label", &why);
    if (status) {
        free(name);
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: %s", where,
                        zero ? "a label holds a zero byte" : why.message);
    }
    names->last = names->count;
    *number = (uint8_t)names->count;
    names->name[names->count++] = name;
    return DSC_OK;
}
