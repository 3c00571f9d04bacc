/* SPDX-License-Identifier: MIT */
#include "testing.h"

#include "draw/progress.h"
#include "draw/terminal.h"
#include "draw/utf8.h"

/* --- capabilities of a terminal --- */

typedef struct variable {
    const char *name, *value;
} variable;

static const char *lookup(void *context, const char *name) {
    for (const variable *v = context; v->name; v++)
        if (!strcmp(v->name, name)) return v->value;
    return NULL;
}

static draw_terminal decide(bool is_terminal, unsigned columns, variable *environment) {
    return draw_terminal_decide(is_terminal, columns, 24, lookup, environment);
}

static void colours_follow_the_environment(void **state) {
    (void)state;
    variable deep[] = {{"TERM", "xterm-256color"}, {"COLORTERM", "truecolor"}, {NULL, NULL}};
    variable usual[] = {{"TERM", "xterm-256color"}, {NULL, NULL}};
    variable direct[] = {{"TERM", "xterm-direct"}, {NULL, NULL}};
    variable plain[] = {{"TERM", "vt100"}, {NULL, NULL}};
    variable none[] = {
        {"TERM", "xterm-256color"}, {"COLORTERM", "truecolor"}, {"NO_COLOR", "1"}, {NULL, NULL}};
    variable empty[] = {{"TERM", "xterm-256color"}, {"NO_COLOR", ""}, {NULL, NULL}};
    variable dumb[] = {{"TERM", "dumb"}, {"COLORTERM", "truecolor"}, {NULL, NULL}};
    variable unset[] = {{NULL, NULL}};
    assert_int_equal(decide(true, 80, deep).colours, DRAW_COLOURS_24_BIT);
    assert_int_equal(decide(true, 80, usual).colours, DRAW_COLOURS_256);
    assert_int_equal(decide(true, 80, direct).colours, DRAW_COLOURS_24_BIT);
    assert_int_equal(decide(true, 80, plain).colours, DRAW_COLOURS_NONE);
    assert_int_equal(decide(true, 80, none).colours, DRAW_COLOURS_NONE);
    assert_int_equal(decide(true, 80, empty).colours, DRAW_COLOURS_256);
    assert_int_equal(decide(true, 80, dumb).colours, DRAW_COLOURS_NONE);
    assert_int_equal(decide(true, 80, unset).colours, DRAW_COLOURS_NONE);
    assert_int_equal(decide(false, 0, deep).colours, DRAW_COLOURS_NONE);
    assert_true(decide(true, 80, none).live);
    assert_false(decide(true, 80, dumb).live);
    assert_false(decide(false, 0, deep).live);
}

static void the_locale_says_whether_there_is_utf8(void **state) {
    (void)state;
    variable lang[] = {{"LANG", "en_GB.UTF-8"}, {NULL, NULL}};
    variable all[] = {{"LC_ALL", "C"}, {"LANG", "en_GB.UTF-8"}, {NULL, NULL}};
    variable type[] = {{"LC_ALL", ""}, {"LC_CTYPE", "C.utf8"}, {"LANG", "C"}, {NULL, NULL}};
    variable unset[] = {{NULL, NULL}};
    assert_true(decide(false, 0, lang).utf8);
    assert_false(decide(false, 0, all).utf8);
    assert_true(decide(false, 0, type).utf8);
    assert_false(decide(false, 0, unset).utf8);
}

static void the_width_is_the_terminals_then_that_of_COLUMNS_then_80(void **state) {
    (void)state;
    variable columns[] = {{"COLUMNS", "132"}, {NULL, NULL}}, nonsense[] = {{"COLUMNS", "wide"}, {NULL, NULL}};
    variable negative[] = {{"COLUMNS", "-5"}, {NULL, NULL}}, unset[] = {{NULL, NULL}};
    assert_int_equal(decide(true, 100, columns).width, 100);
    assert_int_equal(decide(false, 0, columns).width, 132);
    assert_int_equal(decide(false, 0, nonsense).width, 80);
    assert_int_equal(decide(false, 0, negative).width, 20);
    assert_int_equal(decide(false, 0, unset).width, 80);
}

/* --- colours --- */

static void the_256_colours_are_the_nearest(void **state) {
    (void)state;
    assert_int_equal(draw_colour_256(0x000000), 16);
    assert_int_equal(draw_colour_256(0xFFFFFF), 231);
    assert_int_equal(draw_colour_256(0xFF0000), 196);
    assert_int_equal(draw_colour_256(0x0000FF), 21);
    assert_int_equal(draw_colour_256(0x080808), 232);
    assert_int_equal(draw_colour_256(0xEEEEEE), 255);
    assert_int_equal(draw_colour_256(0x808080), 244);
    assert_int_equal(draw_colour_256(0x5F87AF), 67);
    /* Compared with a search through all colours. */
    for (draw_colour c = 0; c <= 0xFFFFFF; c += 4099) {
        long best = 1L << 40, ours = 0;
        for (unsigned i = 16; i < 256; i++) {
            static const int levels[6] = {0, 95, 135, 175, 215, 255};
            int rgb[3];
            for (unsigned k = 0, n = i - 16, d = 36; k < 3; k++, d /= 6)
                rgb[k] = i < 232 ? levels[n / d % 6] : (int)(8 + 10 * (i - 232));
            long distance = 0;
            for (int k = 0; k < 3; k++) {
                long difference = rgb[k] - (long)(c >> (16 - 8 * k) & 0xFF);
                distance += difference * difference;
            }
            if (distance < best) best = distance;
            if (i == draw_colour_256(c)) ours = distance;
        }
        assert_int_equal(ours, best);
    }
}

static void heat_grows_brighter_all_along(void **state) {
    (void)state;
    for (unsigned v = 1; v < 256; v++)
        assert_true(draw_colour_grey(draw_map_colour(DRAW_MAP_HEAT, (uint8_t)v)) >=
                    draw_colour_grey(draw_map_colour(DRAW_MAP_HEAT, (uint8_t)(v - 1))));
    assert_int_equal(draw_map_colour(DRAW_MAP_HEAT, 0), 0x000000);
    assert_int_equal(draw_map_colour(DRAW_MAP_HEAT, 255), 0xFFFFFF);
    assert_int_equal(draw_map_colour(DRAW_MAP_GREY, 7), 0x070707);
    assert_int_equal(draw_map_colour(DRAW_MAP_INK, 7), 0xF8F8F8);
}

static void the_first_colours_differ_in_grey(void **state) {
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        int a = (int)draw_colour_grey(draw_series_colour(i)),
            b = (int)draw_colour_grey(draw_series_colour(i + 1));
        assert_true(abs(a - b) >= 10);
    }
}

/* --- texts from outside --- */

static void what_is_not_utf8_is_replaced(void **state) {
    (void)state;
    static const struct {
        const char *from, *to;
    } cases[] = {
        {"plain", "plain"},
        {"\xC3\x97 \xE2\x80\xA6 \xF0\x9F\x98\x80", "\xC3\x97 \xE2\x80\xA6 \xF0\x9F\x98\x80"},
        {"a\033[2Jb", "a\xEF\xBF\xBD[2Jb"},
        {"tab\there\n", "tab\xEF\xBF\xBDhere\xEF\xBF\xBD"},
        {"\xC2\x9B", "\xEF\xBF\xBD"},                             /* a control character of two bytes, CSI */
        {"\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD"},                 /* an overlong encoding */
        {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"}, /* half of a surrogate pair */
        {"\xF4\x90\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"end\xE2\x80", "end\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xFF\xFE", "\xEF\xBF\xBD\xEF\xBF\xBD"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dsc_text text = {0};
        draw_utf8_append_clean(&text, cases[i].from);
        assert_string_equal(text.data, cases[i].to);
        dsc_text_free(&text);
    }
    assert_int_equal(draw_utf8_length("\xC3\x97x"), 2);
}

/* --- the screen --- */

static void a_screen_writes_no_more_than_it_must(void **state) {
    (void)state;
    draw_terminal terminal = {.colours = DRAW_COLOURS_24_BIT, .utf8 = true, .width = 80};
    draw_screen *screen = draw_screen_create(8, 2);
    draw_screen_write(screen, 0, 0, "ab", 0xFF0000);
    draw_screen_write(screen, 3, 0, "cd", 0xFF0000);
    draw_screen_put(screen, 1, 1, 0x2580, 0x010203, 0x040506);
    draw_screen_put(screen, 99, 1, 'x', DRAW_NO_COLOUR, DRAW_NO_COLOUR); /* outside */
    dsc_text text = {0};
    draw_screen_append(&text, screen, &terminal);
    assert_string_equal(text.data, "\033[38;2;255;0;0mab cd\033[0m\n"
                                   " \033[48;2;4;5;6m\033[38;2;1;2;3m\xE2\x96\x80\033[0m\n");
    dsc_text_free(&text);
    terminal.colours = DRAW_COLOURS_256;
    draw_screen_append(&text, screen, &terminal);
    assert_string_equal(text.data,
                        "\033[38;5;196mab cd\033[0m\n \033[48;5;232m\033[38;5;16m\xE2\x96\x80\033[0m\n");
    dsc_text_free(&text);
    terminal = (draw_terminal){.colours = DRAW_COLOURS_NONE, .utf8 = false, .width = 80};
    draw_screen_append(&text, screen, &terminal);
    assert_string_equal(text.data, "ab cd\n ?\n");
    dsc_text_free(&text);
    draw_screen_free(screen);
}

static void a_screen_that_could_not_be_made_is_noticed_at_the_end(void **state) {
    (void)state;
    draw_terminal terminal = {.width = 80};
    draw_screen *screen = draw_screen_create(100000, 1);
    assert_null(screen);
    draw_screen_write(screen, 0, 0, "x", DRAW_NO_COLOUR);
    dsc_text text = {0};
    draw_screen_append(&text, screen, &terminal);
    assert_true(text.failed);
}

/* --- progress --- */

static void check_line(draw_progress *p, uint64_t done, double now, const char *expected) {
    dsc_text line = {0};
    bool shown = draw_progress_update(&line, p, done, now);
    if (expected) {
        assert_true(shown);
        assert_string_equal(line.data, expected);
    } else {
        assert_false(shown);
    }
    dsc_text_free(&line);
}

static void progress_tells_rate_and_time_left(void **state) {
    (void)state;
    draw_progress p = {
        .terminal = {.live = true, .width = 60}, .what = "epoch 1", .unit = "samples", .total = 1000};
    check_line(&p, 0, 10, "\repoch 1 [........................................]   0 %\033[K");
    check_line(&p, 10, 10.05, NULL); /* too soon */
    check_line(&p, 250, 11, "\repoch 1 [####............]  25 %  250 samples/s  00:03 left\033[K");
    check_line(&p, 1000, 11.01, "\repoch 1 [################] 100 %  990 samples/s  00:01     \033[K");
    dsc_text line = {0};
    assert_true(draw_progress_clear(&line, &p));
    assert_string_equal(line.data, "\r\033[K");
    assert_false(draw_progress_clear(&line, &p));
    dsc_text_free(&line);
}

static void progress_counts_bytes_and_resumes_where_it_was(void **state) {
    (void)state;
    draw_progress p = {
        .terminal = {.live = true, .width = 80, .utf8 = true}, .what = "x", .unit = "B", .total = 10000000};
    dsc_text line = {0};
    assert_true(draw_progress_update(&line, &p, 5000000, 1));
    assert_true(draw_progress_update(&line, &p, 7500000, 3)); /* 2.5 MB in two seconds, 2.5 MB to go */
    assert_non_null(strstr(line.data, " 75 %  1.25 MB/s  00:02 left"));
    assert_non_null(strstr(line.data, "\xE2\x96\x88\xE2\x96\x91") ? line.data
                                                                  : strstr(line.data, "\xE2\x96\x88"));
    dsc_text_free(&line);
    draw_progress unknown = {.terminal = {.live = true, .width = 80}, .what = "x", .unit = "B"};
    check_line(&unknown, 0, 0, "\rx 0.00 B\033[K");
    check_line(&unknown, 123456, 1, "\rx 123 kB  123 kB/s\033[K");
}

static void progress_is_silent_where_there_is_no_terminal(void **state) {
    (void)state;
    draw_progress p = {.terminal = {.live = false, .width = 80}, .what = "x", .total = 10};
    check_line(&p, 0, 0, NULL);
    check_line(&p, 10, 5, NULL);
    dsc_text line = {0};
    assert_false(draw_progress_clear(&line, &p));
}

static void a_progress_line_never_wraps(void **state) {
    (void)state;
    for (unsigned width = 20; width < 120; width++)
        for (int utf8 = 0; utf8 < 2; utf8++) {
            draw_progress p = {.terminal = {.live = true, .width = width, .utf8 = utf8},
                               .what = "a description that goes on and on \xC3\x97",
                               .unit = "samples",
                               .total = 12345};
            dsc_text line = {0};
            assert_true(draw_progress_update(&line, &p, 0, 0));
            assert_true(draw_progress_update(&line, &p, 6789, 17.5));
            assert_memory_equal(line.data + line.length - 3, "\033[K", 3);
            line.data[line.length - 3] = '\0';
            assert_true(draw_utf8_length(line.data + 1) < width);
            dsc_text_free(&line);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colours_follow_the_environment),
        cmocka_unit_test(the_locale_says_whether_there_is_utf8),
        cmocka_unit_test(the_width_is_the_terminals_then_that_of_COLUMNS_then_80),
        cmocka_unit_test(the_256_colours_are_the_nearest),
        cmocka_unit_test(heat_grows_brighter_all_along),
        cmocka_unit_test(the_first_colours_differ_in_grey),
        cmocka_unit_test(what_is_not_utf8_is_replaced),
        cmocka_unit_test(a_screen_writes_no_more_than_it_must),
        cmocka_unit_test(a_screen_that_could_not_be_made_is_noticed_at_the_end),
        cmocka_unit_test(progress_tells_rate_and_time_left),
        cmocka_unit_test(progress_counts_bytes_and_resumes_where_it_was),
        cmocka_unit_test(progress_is_silent_where_there_is_no_terminal),
        cmocka_unit_test(a_progress_line_never_wraps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
