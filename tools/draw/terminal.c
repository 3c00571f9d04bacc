/* SPDX-License-Identifier: MIT */
/* terminal.c: derives a terminal's capabilities from its environment. */
#include "draw/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Locale rule: the first of these variables that is set and not empty determines the encoding. */
static bool is_utf8(const char *(*lookup)(void *, const char *), void *context) {
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < 3; i++) {
        const char *value = lookup(context, names[i]);
        if (!value || !*value) continue;
        return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
    }
    return false;
}

static draw_colours colours_of(const char *(*lookup)(void *, const char *), void *context) {
    const char *no_color = lookup(context, "NO_COLOR"), *term = lookup(context, "TERM"),
               *color_term = lookup(context, "COLORTERM");
    if (no_color && *no_color) return DRAW_COLOURS_NONE;
    if (!term || !*term || !strcmp(term, "dumb")) return DRAW_COLOURS_NONE;
    if (color_term && (!strcasecmp(color_term, "truecolor") || !strcasecmp(color_term, "24bit")))
        return DRAW_COLOURS_24_BIT;
    if (strstr(term, "direct") || strstr(term, "truecolor")) return DRAW_COLOURS_24_BIT;
    return strstr(term, "256color") ? DRAW_COLOURS_256 : DRAW_COLOURS_NONE;
}

draw_terminal draw_terminal_decide(bool is_terminal, unsigned columns, unsigned rows,
                                   const char *(*lookup)(void *context, const char *name), void *context) {
    const char *term = lookup(context, "TERM"), *wanted = lookup(context, "COLUMNS");
    int64_t width = columns;
    if (!columns && (!wanted || !dsc_parse_integer(&width, wanted))) width = 80;
    if (width < 20) width = 20;
    if (width > 1000) width = 1000;
    return (draw_terminal){
        .colours = is_terminal ? colours_of(lookup, context) : DRAW_COLOURS_NONE,
        .utf8 = is_utf8(lookup, context),
        .live = is_terminal && !(term && !strcmp(term, "dumb")),
        .width = (unsigned)width,
        .height = rows ? rows : 24,
    };
}

static const char *from_environment(void *context, const char *name) {
    (void)context;
    return getenv(name);
}

draw_terminal draw_terminal_detect(int descriptor) {
    struct winsize size = {0};
    bool is_terminal = isatty(descriptor) == 1;
    if (is_terminal && ioctl(descriptor, TIOCGWINSZ, &size)) memset(&size, 0, sizeof size);
    return draw_terminal_decide(is_terminal, size.ws_col, size.ws_row, from_environment, NULL);
}
