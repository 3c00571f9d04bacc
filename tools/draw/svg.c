/* SPDX-License-Identifier: MIT */
/* svg.c: makes cairo's SVG reproducible and adds the title and description. */
#include "draw/backend.h"
#include "draw/claim.h"
#include "draw/utf8.h"

#include "base/memory.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* cairo's names in order of appearance; a name's new number is its index. */
typedef struct names {
    const char **starts;
    size_t count, capacity;
} names;

static size_t number_of(names *known, const char *name, size_t length, dsc_text *out) {
    for (size_t i = known->count; i-- > 0;) /* recent names are the most likely */
        if (!strncmp(known->starts[i], name, length) && !isalnum((unsigned char)known->starts[i][length]))
            return i;
    if (!dsc_grow(&known->starts, &known->capacity, known->count + 1, sizeof *known->starts)) {
        out->failed = true;
        return 0;
    }
    known->starts[known->count] = name;
    return known->count++;
}

/* The length of a name that ends in a counter, as in "surface12"; 0 if it is not one. Glyph names
 * ("glyph0-3") are already counted per picture. */
static size_t counted_name(const char *name) {
    size_t letters = 0, length;
    while (islower((unsigned char)name[letters])) letters++;
    for (length = letters; isdigit((unsigned char)name[length]);) length++;
    bool ends = name[length] == '"' || name[length] == ')';
    return letters && length > letters && ends ? length : 0;
}

/* The next name: one that is defined or referred to. */
static const char *next_name(const char *from) {
    for (const char *p = from; (p = strpbrk(p, "i#")); p++) {
        if (*p == '#' && p > from && (p[-1] == '"' || p[-1] == '(')) return p + 1;
        if (*p == 'i' && !strncmp(p, "id=\"", 4)) return p + 4;
    }
    return NULL;
}

void draw_svg_append_tidied(dsc_text *out, const char *svg, const draw_picture *picture) {
    const char *open = strstr(svg, "<svg "), *rest = open ? strchr(open, '>') : NULL;
    if (!rest) {
        dsc_text_append_bytes(out, svg, strlen(svg));
        return;
    }
    dsc_text_append_bytes(out, svg, (size_t)(open + 5 - svg));
    if (picture->title) dsc_text_append(out, "role=\"img\" ");
    dsc_text_append_bytes(out, open + 5, (size_t)(++rest - open - 5));
    const char *const parts[][2] = {{"title", picture->title}, {"desc", picture->description}};
    for (size_t i = 0; i < 2; i++) {
        if (!parts[i][1]) continue;
        dsc_text_append(out, "\n<%s>", parts[i][0]);
        draw_utf8_append_markup(out, parts[i][1]);
        dsc_text_append(out, "</%s>", parts[i][0]);
    }
    dsc_text_append(out, "\n" DRAW_MARK);
    names known = {0};
    for (const char *name; (name = next_name(rest));) {
        dsc_text_append_bytes(out, rest, (size_t)(name - rest));
        size_t length = counted_name(name);
        if (length) dsc_text_append(out, "part%zu", number_of(&known, name, length, out));
        rest = name + length;
    }
    dsc_text_append_bytes(out, rest, strlen(rest));
    free(known.starts);
}
