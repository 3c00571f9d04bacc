/* SPDX-License-Identifier: MIT */
/* text.c: escaping, and number formats for people. */
#include "report/text.h"

#include "draw/utf8.h"
#include "model/title.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void report_append_html(dsc_text *out, const char *text) { draw_utf8_append_markup(out, text); }

static void append_public(dsc_text *out, const char *name, void (*append)(dsc_text *, const char *)) {
    dsc_text text = {0};
    dsc_public_name(&text, name);
    if (text.failed)
        out->failed = true;
    else
        append(out, text.data);
    dsc_text_free(&text);
}

void report_append_public(dsc_text *out, const char *name) { append_public(out, name, report_append_html); }

void report_append_public_markdown(dsc_text *out, const char *name) {
    append_public(out, name, report_append_markdown);
}

/* Markdown allows a backslash before any ASCII punctuation (CommonMark, 2.4), which also prevents HTML in
 * Markdown. Characters that only matter at the start of a line stay; addresses would become links (GitHub's
 * Markdown, 6.9). */
void report_append_markdown(dsc_text *out, const char *text) {
    uint32_t before = 0;
    for (uint32_t c; (c = draw_utf8_next(&text)); before = c) {
        bool special = c < 128 && strchr("\\`*_{}[]<>#!|~&\"$^@", (int)c);
        if (special || (c == ':' && *text == '/') || (c == '.' && (before | 32) == 'w'))
            dsc_text_append(out, "\\");
        draw_utf8_append(out, c);
    }
}

/* Double-quoted, with the escapes of JSON. */
void report_append_yaml(dsc_text *out, const char *text) {
    dsc_text_append(out, "\"");
    for (uint32_t c; (c = draw_utf8_next(&text));) {
        if (c == '"' || c == '\\') dsc_text_append(out, "\\");
        if (c == 0x7F || (c >= 0x80 && c < 0xA0) || c == 0xFEFF || (c & 0xFFFE) == 0xFFFE)
            dsc_text_append(out, "\\uFFFD");
        else
            draw_utf8_append(out, c);
    }
    dsc_text_append(out, "\"");
}

char *report_percent(char out[32], double share, int decimals) {
    if (!isfinite(share)) return strcpy(out, "-");
    return dsc_format_fixed(out, 32, 100 * share, decimals);
}

char *report_loss(char out[32], double loss) {
    if (!isfinite(loss)) return strcpy(out, "-");
    if (loss < 1e5) return dsc_format_fixed(out, 32, loss, 4);
    return dsc_format_scientific(out, 32, loss, 2); /* of a network whose training went wrong */
}

char *report_percents(char out[80], const double interval[2], int decimals) {
    char low[32], high[32];
    if (!isfinite(interval[0]) || !isfinite(interval[1])) return strcpy(out, "-");
    (void)snprintf(out, 80, "%s to %s", report_percent(low, interval[0], decimals),
                   report_percent(high, interval[1], decimals));
    return out;
}

char *report_number(char out[32], double value) {
    size_t length = strlen(dsc_format_shortest(out, value));
    if (length > 2 && !strcmp(out + length - 2, ".0")) out[length - 2] = '\0';
    return out;
}

static char *scaled(char out[48], double value, int decimals, const char *unit) {
    char number[32];
    (void)snprintf(out, 48, "%s %s", dsc_format_fixed(number, sizeof number, value, decimals), unit);
    return out;
}

char *report_bytes(char out[48], double bytes) {
    if (bytes < 1e3) return scaled(out, bytes, 0, "bytes");
    if (bytes < 1e6) return scaled(out, bytes / 1e3, 1, "kB");
    return scaled(out, bytes / 1e6, 2, "MB");
}

char *report_seconds(char out[48], double seconds) {
    if (!isfinite(seconds)) return strcpy(out, "-");
    if (seconds < 1e-3) return scaled(out, seconds * 1e6, 1, "\xC2\xB5s");
    if (seconds < 1) return scaled(out, seconds * 1e3, 2, "ms");
    return scaled(out, seconds, 2, "s");
}
