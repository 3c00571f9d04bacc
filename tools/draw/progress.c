/* SPDX-License-Identifier: MIT */
/* progress.c: bar, percentage, rate and remaining time in one line within the terminal's width. */
#include "draw/progress.h"
#include "draw/utf8.h"

#include <stdio.h>
#include <string.h>

/* "950", "12.3 k", "4.56 M": three digits with a unit prefix. */
static void append_amount(dsc_text *text, double amount, const char *unit) {
    static const char *const factors[] = {"", "k", "M", "G", "T"};
    size_t f = 0;
    while (amount >= 999.5 && f < 4) {
        amount /= 1000;
        f++;
    }
    char number[32];
    int decimals = f == 0 && amount >= 10 ? 0 : amount < 10 ? 2 : amount < 100 ? 1 : 0;
    dsc_format_fixed(number, sizeof number, amount, decimals);
    bool bytes = !strcmp(unit, "B");
    dsc_text_append(text, "%s%s%s%s%s", number, bytes || f ? " " : "", factors[f], bytes ? "" : " ", unit);
}

static void append_time(dsc_text *text, double seconds) {
    if (!(seconds < 360000)) { /* a hundred hours is not an estimate */
        dsc_text_append(text, "--:--");
        return;
    }
    unsigned s = (unsigned)(seconds + 0.5);
    if (s >= 3600)
        dsc_text_append(text, "%u:%02u:%02u", s / 3600, s / 60 % 60, s % 60);
    else
        dsc_text_append(text, "%02u:%02u", s / 60, s % 60);
}

/* `share` of `cells` characters, in eighths of a character if the terminal has them. */
static void append_bar(dsc_text *text, double share, unsigned cells, bool utf8) {
    unsigned eighths = (unsigned)(share * cells * 8 + 0.5);
    if (!utf8) dsc_text_append(text, "[");
    for (unsigned i = 0; i < cells; i++, eighths -= eighths < 8 ? eighths : 8) {
        if (!utf8)
            dsc_text_append(text, "%c", eighths >= 4 ? '#' : '.');
        else
            draw_utf8_append(text, eighths >= 8 ? 0x2588 : eighths ? 0x2590 - eighths : 0x2591);
    }
    if (!utf8) dsc_text_append(text, "]");
}

static void append_tail(dsc_text *text, const draw_progress *p, uint64_t done, double now) {
    const char *unit = p->unit ? p->unit : "";
    double seconds = now - p->start, rate = 0;
    if (seconds > 0 && done > p->done_at_start) rate = (double)(done - p->done_at_start) / seconds;
    if (p->total)
        dsc_text_append(text, " %3.0f %%", 100 * (double)done / (double)p->total);
    else {
        dsc_text_append(text, " ");
        append_amount(text, (double)done, unit);
    }
    if (!(rate > 0)) return;
    dsc_text_append(text, "  ");
    append_amount(text, rate, unit);
    dsc_text_append(text, "/s");
    if (!p->total) return;
    dsc_text_append(text, "  ");
    append_time(text, done < p->total ? (double)(p->total - done) / rate : seconds);
    dsc_text_append(text, done < p->total ? " left" : "     ");
}

bool draw_progress_update(dsc_text *line, draw_progress *p, uint64_t done, double now) {
    if (!p->terminal.live) return false;
    if (!p->started) {
        p->started = true;
        p->start = now;
        p->done_at_start = done;
    } else if (p->shown && now - p->last < 0.1 && done != p->total) {
        return false;
    }
    if (p->total && done > p->total) done = p->total;
    p->last = now;
    p->shown = true;
    dsc_text tail = {0};
    append_tail(&tail, p, done, now);
    size_t room = p->terminal.width - 1, used = 0; /* a full line would wrap on some terminals */
    line->length = 0;
    dsc_text_append(line, "\r");
    for (const char *next = p->what ? p->what : ""; used < room / 3;) {
        uint32_t c = draw_utf8_next(&next);
        if (!c) break;
        draw_utf8_append(line, p->terminal.utf8 || c < 0x7F ? c : '?');
        used++;
    }
    size_t end = tail.length, brackets = p->terminal.utf8 ? 0 : 2;
    if (p->total && room > used + 1 + end + brackets + 4) {
        size_t cells = room - used - 1 - end - brackets;
        if (cells > 40) cells = 40;
        dsc_text_append(line, " ");
        append_bar(line, (double)done / (double)p->total, (unsigned)cells, p->terminal.utf8);
        used += 1 + cells + brackets;
    }
    if (tail.data && used < room)
        dsc_text_append_bytes(line, tail.data, end < room - used ? end : room - used);
    dsc_text_append(line, "\033[K"); /* erases the rest of a longer previous line */
    line->failed |= tail.failed;
    dsc_text_free(&tail);
    return !line->failed;
}

bool draw_progress_clear(dsc_text *line, draw_progress *p) {
    if (!p->shown) return false;
    p->shown = false;
    line->length = 0;
    dsc_text_append(line, "\r\033[K");
    return !line->failed;
}
