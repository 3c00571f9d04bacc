/* SPDX-License-Identifier: MIT */
/* A program of its own, because fontconfig reads its configuration once per process. */
#include "testing.h"

#include "base/file.h"
#include "draw/chart.h"

static void pictures_are_drawn_where_no_font_is_installed(void **state) {
    (void)state;
    if (!DESCENDER_WITH_CAIRO) TEST_SKIP("needs cairo");
    dsc_error error;
    char *path = dsc_path_join(testing_folder(), "fonts.conf");
    static const char none[] = "<?xml version=\"1.0\"?>\n<fontconfig></fontconfig>\n";
    ASSERT_OK(dsc_file_write(path, none, sizeof none - 1, &error), error);
    assert_int_equal(setenv("FONTCONFIG_FILE", path, 1), 0);
    double y[] = {0.1, 0.9, 0.5};
    draw_series series = {.name = "accuracy \xC3\x97", .y = y, .count = 3};
    draw_panel panel = {.title = "Title",
                        .x = {.label = "epoch"},
                        .y = {.label = "share"},
                        .series = &series,
                        .series_count = 1};
    draw_chart chart = {.panels = &panel, .panel_count = 1};
    draw_picture picture = draw_chart_picture(&chart);
    for (draw_format format = DRAW_SVG; format <= DRAW_PNG; format++) {
        unsigned char *bytes;
        size_t size;
        ASSERT_OK(draw_render(&bytes, &size, &picture, format, &error), error);
        assert_true(size > 1000);
        free(bytes);
    }
    free(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(pictures_are_drawn_where_no_font_is_installed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
