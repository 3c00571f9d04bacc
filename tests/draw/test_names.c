/* SPDX-License-Identifier: MIT */
/* test_names.c: names of classes are shown completely, however long they are, in pictures and on the
 * terminal. */
#include "testing.h"

#include "draw/bars.h"
#include "draw/grid.h"
#include "draw/matrix.h"
#include "draw/scatter.h"
#include "draw/utf8.h"

static dsc_error error;

static void a_text_is_broken_at_spaces_and_loses_nothing(void **unused) {
    (void)unused;
    static const struct {
        const char *text;
        size_t width, lines;
        const char *all;
    } tries[] = {{"is 6, read as 1", 8, 3, "is 6,|read as|1"},
                 {"is 6, read as 1", 9, 2, "is 6,|read as 1"},
                 {"is 6, read as 1", 15, 1, "is 6, read as 1"},
                 {"pullover", 3, 3, "pul|lov|er"},
                 {"a pullover", 8, 2, "a|pullover"},
                 {"\xC3\xA9t\xC3\xA9 \xC3\xA9t\xC3\xA9", 3, 2, "\xC3\xA9t\xC3\xA9|\xC3\xA9t\xC3\xA9"},
                 {"x", 1, 1, "x"},
                 {"", 5, 1, ""},
                 {"ab ", 2, 1, "ab"}};
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        dsc_text line = {0}, all = {0};
        const char *at = tries[i].text;
        while (draw_utf8_line(&line, &at, tries[i].width)) {
            assert_true(draw_utf8_length(line.data) <= tries[i].width);
            dsc_text_append(&all, "%s%s", all.length ? "|" : "", line.data);
        }
        assert_string_equal(all.data ? all.data : "", tries[i].all);
        assert_int_equal(draw_utf8_lines(tries[i].text, tries[i].width), tries[i].lines);
        dsc_text_free(&line);
        dsc_text_free(&all);
    }
}

static const char *const names[] = {"a pullover with a hood and a very long name", "ankle boot"};

static void a_title_on_the_terminal_takes_as_many_lines_as_it_needs(void **unused) {
    (void)unused;
    const uint8_t pixels[64] = {0};
    const draw_tile tiles[] = {{pixels, names[0]}, {pixels, names[1]}};
    const draw_grid grid = {.tiles = tiles, .count = 2, .width = 8, .height = 8};
    const draw_terminal terminal = {.width = 80, .utf8 = false, .colours = DRAW_COLOURS_NONE};
    dsc_text text = {0};
    ASSERT_OK(draw_grid_text(&text, &grid, &terminal, &error), error);
    static const char *const words[] = {"pullover", "with", "hood", "very", "long", "name", "ankle", "boot"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strstr(text.data, words[i])) fail_msg("'%s' is missing in\n%s", words[i], text.data);
    dsc_text_free(&text);
}

/* Everything painted must be inside the picture. A name with too little room would stick out, and a
 * truncated name would end in an ellipsis. */
static void is_whole(const draw_picture *picture) {
    double box[4];
    unsigned char *svg;
    size_t size;
    const dsc_status status = draw_measure(box, picture, &error);
    if (status == DSC_ERROR_UNSUPPORTED) TEST_SKIP("this build has no cairo");
    ASSERT_OK(status, error);
    if (!(box[0] >= 0 && box[1] >= 0 && box[2] <= picture->width && box[3] <= picture->height))
        fail_msg("%s: painted from %.0f, %.0f to %.0f, %.0f in %.0f x %.0f", picture->title, box[0], box[1],
                 box[2], box[3], picture->width, picture->height);
    ASSERT_OK(draw_render(&svg, &size, picture, DRAW_SVG, &error), error);
    free(svg);
}

static void pictures_have_room_for_whole_names(void **unused) {
    (void)unused;
    const double values[4] = {9, 1, 2, 8};
    const draw_matrix matrix = {.title = "matrix",
                                .rows = 2,
                                .columns = 2,
                                .values = values,
                                .row_names = names,
                                .column_names = names,
                                .row_label = "what it is",
                                .column_label = "what it was read as"};
    draw_picture picture = draw_matrix_picture(&matrix);
    is_whole(&picture);
    assert_true(picture.height > 68 + 200); /* upright names above two cells of 34 points */
    const draw_bar_series series = {.values = values};
    const draw_bars bars = {.title = "bars",
                            .labels = names,
                            .count = 2,
                            .series = &series,
                            .series_count = 1,
                            .names = true,
                            .x_label = "class"};
    picture = draw_bars_picture(&bars);
    is_whole(&picture);
    const double places[4] = {0, 0, 1, 1};
    const size_t groups[2] = {0, 1};
    const draw_scatter scatter = {.title = "scatter",
                                  .places = places,
                                  .groups = groups,
                                  .count = 2,
                                  .group_names = names,
                                  .group_count = 2};
    picture = draw_scatter_picture(&scatter);
    is_whole(&picture);
    const uint8_t pixels[64] = {0};
    const draw_tile tiles[] = {{pixels, names[0]}, {pixels, names[1]}};
    const draw_grid grid = {
        .title = "grid", .tiles = tiles, .count = 2, .width = 8, .height = 8, .tile_size = 60};
    picture = draw_grid_picture(&grid);
    is_whole(&picture);
    assert_true(picture.height > 60 + 24 + 24 + 4 * 12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_broken_at_spaces_and_loses_nothing),
        cmocka_unit_test(a_title_on_the_terminal_takes_as_many_lines_as_it_needs),
        cmocka_unit_test(pictures_have_room_for_whole_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
