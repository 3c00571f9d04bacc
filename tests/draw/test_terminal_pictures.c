/* SPDX-License-Identifier: MIT */
/* Pictures as text, compared with files that a person has checked. DESCENDER_WRITE_GOLDEN=1 writes the
 * files again. */
#include "testing.h"

#include "base/file.h"
#include "draw/chart.h"
#include "draw/grid.h"
#include "draw/network.h"
#include "draw/utf8.h"

#include <math.h>

static const draw_terminal deep = {DRAW_COLOURS_24_BIT, true, true, 100, 30};
static const draw_terminal usual = {DRAW_COLOURS_256, true, true, 100, 30};
static const draw_terminal plain = {DRAW_COLOURS_NONE, true, false, 80, 24};
static const draw_terminal ascii = {DRAW_COLOURS_NONE, false, false, 80, 24};

static void check_golden(const dsc_text *text, const char *name) {
    dsc_error error;
    assert_false(text->failed);
    if (getenv("DESCENDER_WRITE_GOLDEN"))
        ASSERT_OK(dsc_file_write(testing_golden(name), text->data, text->length, &error), error);
    unsigned char *expected;
    size_t size;
    ASSERT_OK(dsc_file_read(&expected, &size, testing_golden(name), 1 << 20, &error), error);
    if (size != text->length || memcmp(expected, text->data, size))
        fail_msg("%s: expected\n%s\nfound\n%s", name, (char *)expected, text->data);
    free(expected);
}

/* The tutorial's curves, rounded. */
static const double training_error[] = {0.898, 0.656, 0.592, 0.556, 0.534, 0.515, 0.495, 0.483, 0.473, 0.460};
static const double training_accuracy[] = {0.397, 0.633, 0.68, 0.7, 0.732, 0.715, 0.748, 0.769, 0.776, 0.788};
static const double test_error[] = {0.68, 0.607, 0.569, 0.541, 0.526, 0.5, 0.487, 0.486, 0.473, 0.462};
static const double test_accuracy[] = {0.582, 0.641, 0.679, 0.708, 0.729, 0.739, 0.753, 0.747, 0.752, 0.762};
static const draw_series training[] = {{.name = "accuracy", .y = training_accuracy, .count = 10},
                                       {.name = "error", .y = training_error, .count = 10}};
static const draw_series test[] = {{.name = "accuracy", .y = test_accuracy, .count = 10},
                                   {.name = "error", .y = test_error, .count = 10}};
static const draw_panel panels[] = {
    {"Training set", {.label = "epoch", .whole = true}, {.label = "share"}, training, 2},
    {"Test set", {.label = "epoch", .whole = true}, {.label = "share"}, test, 2},
};
static const draw_chart chart = {.panels = panels, .panel_count = 2, .same_y = true};

static void a_chart_is_as_it_was_in_all_modes(void **state) {
    (void)state;
    static const struct {
        const draw_terminal *terminal;
        const char *golden;
    } modes[] = {{&deep, "draw-chart-24-bit.txt"},
                 {&usual, "draw-chart-256.txt"},
                 {&plain, "draw-chart-utf8.txt"},
                 {&ascii, "draw-chart-ascii.txt"}};
    for (size_t i = 0; i < 4; i++) {
        dsc_text text = {0};
        dsc_error error;
        ASSERT_OK(draw_chart_text(&text, &chart, 0, modes[i].terminal, &error), error);
        check_golden(&text, modes[i].golden);
        dsc_text_free(&text);
    }
}

static size_t widest_line(const char *text) {
    size_t widest = 0;
    for (const char *line = text; *line;) {
        const char *end = strchr(line, '\n');
        char copy[4096];
        (void)snprintf(copy, sizeof copy, "%.*s", (int)(end - line), line);
        size_t length = draw_utf8_length(copy);
        widest = length > widest ? length : widest;
        line = end + 1;
    }
    return widest;
}

static size_t lines_of(const char *text) {
    size_t n = 0;
    for (; *text; text++) n += *text == '\n';
    return n;
}

static void a_chart_never_is_wider_than_the_terminal(void **state) {
    (void)state;
    for (unsigned width = 20; width < 200; width++) {
        dsc_text text = {0};
        dsc_error error;
        draw_terminal terminal = plain;
        terminal.width = width;
        ASSERT_OK(draw_chart_text(&text, &chart, 8, &terminal, &error), error);
        assert_true(widest_line(text.data) <= width);
        dsc_text_free(&text);
    }
}

static void a_live_chart_keeps_its_number_of_lines(void **state) {
    (void)state;
    size_t lines = 0;
    for (size_t epochs = 0; epochs <= 10; epochs++) {
        draw_series series[] = {{.name = "error", .y = test_error, .count = epochs}};
        draw_panel panel = {.title = "so far", .series = series, .series_count = 1};
        draw_chart live = {.panels = &panel, .panel_count = 1};
        dsc_text text = {0};
        dsc_error error;
        ASSERT_OK(draw_chart_text(&text, &live, 6, &plain, &error), error);
        if (epochs) assert_int_equal(lines_of(text.data), lines);
        lines = lines_of(text.data);
        dsc_text_free(&text);
    }
}

static void gaps_single_points_and_constants_are_drawn(void **state) {
    (void)state;
    double values[] = {NAN, 0.5, NAN, INFINITY, 0.5, 0.5, -INFINITY};
    draw_series series[] = {{.y = values, .count = 7}};
    draw_panel panel = {.series = series, .series_count = 1, .y = {.minimum = 0, .maximum = 1}};
    draw_chart gaps = {.panels = &panel, .panel_count = 1};
    dsc_text text = {0};
    dsc_error error;
    draw_terminal narrow = ascii;
    narrow.width = 30;
    ASSERT_OK(draw_chart_text(&text, &gaps, 5, &narrow, &error), error);
    check_golden(&text, "draw-gaps-ascii.txt");
    dsc_text_free(&text);
}

static void a_chart_of_nothing_is_an_error(void **state) {
    (void)state;
    dsc_error error;
    dsc_text text = {0};
    draw_panel panel = {.title = "Empty"};
    draw_chart empty = {.panels = &panel, .panel_count = 1}, none = {0};
    assert_int_equal(draw_chart_text(&text, &empty, 0, &plain, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "'Empty', has no series");
    assert_int_equal(draw_chart_text(&text, &none, 0, &plain, &error), DSC_ERROR_ARGUMENT);
    draw_series series = {.count = 0};
    panel.series = &series;
    panel.series_count = 1;
    panel.y = (draw_axis){.minimum = 1, .maximum = -1};
    assert_int_equal(draw_chart_text(&text, &empty, 0, &plain, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "y axis cannot go from 1.0 to -1.0");
    assert_int_equal(text.length, 0);
}

/* --- images --- */

enum { WIDTH = 8, HEIGHT = 7 };

static void make_images(uint8_t images[3][WIDTH * HEIGHT]) {
    for (size_t i = 0; i < WIDTH * HEIGHT; i++) {
        images[0][i] = (uint8_t)(i * 255 / (WIDTH * HEIGHT - 1));
        images[1][i] = i % (WIDTH + 1) == 0 ? 255 : 0;
        images[2][i] = 0;
    }
}

static void images_are_as_they_were_in_all_modes(void **state) {
    (void)state;
    static const struct {
        const draw_terminal *terminal;
        const char *golden;
    } modes[] = {{&deep, "draw-images-24-bit.txt"},
                 {&usual, "draw-images-256.txt"},
                 {&ascii, "draw-images-ascii.txt"}};
    uint8_t images[3][WIDTH * HEIGHT];
    make_images(images);
    draw_tile tiles[3] = {{images[0], "5"}, {images[1], "a title too long"}, {images[2], NULL}};
    draw_grid grid = {.title = "Three", .tiles = tiles, .count = 3, .width = WIDTH, .height = HEIGHT};
    for (size_t i = 0; i < 3; i++) {
        dsc_text text = {0};
        dsc_error error;
        ASSERT_OK(draw_grid_text(&text, &grid, modes[i].terminal, &error), error);
        check_golden(&text, modes[i].golden);
        dsc_text_free(&text);
    }
}

static void images_without_colours_are_ascii_even_with_utf8(void **state) {
    (void)state;
    uint8_t images[3][WIDTH * HEIGHT];
    make_images(images);
    draw_tile tile = {images[1], NULL};
    draw_grid grid = {.tiles = &tile, .count = 1, .width = WIDTH, .height = HEIGHT};
    dsc_text text = {0};
    dsc_error error;
    ASSERT_OK(draw_grid_text(&text, &grid, &plain, &error), error);
    assert_string_equal(text.data, "@@\n  @@\n    @@\n      @@\n        @@\n          @@\n            @@\n");
    dsc_text_free(&text);
}

static void images_wider_than_the_terminal_are_refused(void **state) {
    (void)state;
    static uint8_t wide[200 * 2];
    draw_tile tile = {wide, NULL};
    draw_grid grid = {.tiles = &tile, .count = 1, .width = 200, .height = 2};
    dsc_text text = {0};
    dsc_error error;
    assert_int_equal(draw_grid_text(&text, &grid, &plain, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "200 pixels wide does not fit a terminal of 80 characters");
    grid.count = 0;
    assert_int_equal(draw_grid_text(&text, &grid, &plain, &error), DSC_ERROR_ARGUMENT);
    grid = (draw_grid){.tiles = &tile, .count = 1, .width = 2, .height = 2, .channels = 2};
    assert_int_equal(draw_grid_text(&text, &grid, &plain, &error), DSC_ERROR_ARGUMENT);
}

static void a_single_image_is_flattened_to_itself_and_more_side_by_side(void **state) {
    (void)state;
    uint8_t images[3][WIDTH * HEIGHT];
    make_images(images);
    draw_tile tiles[3] = {{images[0], NULL}, {images[1], NULL}, {images[2], NULL}};
    draw_grid grid = {.tiles = tiles, .count = 1, .width = WIDTH, .height = HEIGHT, .map = DRAW_MAP_INK};
    dsc_error error;
    dsc_image flat;
    ASSERT_OK(draw_grid_flatten(&flat, &grid, &error), error);
    assert_int_equal(flat.width, WIDTH);
    assert_int_equal(flat.height, HEIGHT);
    assert_int_equal(flat.channels, 1);
    assert_memory_equal(flat.pixels, images[0], WIDTH * HEIGHT);
    dsc_image_clear(&flat);
    grid.count = 3;
    grid.columns = 2;
    ASSERT_OK(draw_grid_flatten(&flat, &grid, &error), error);
    assert_int_equal(flat.width, 2 * WIDTH + 2);
    assert_int_equal(flat.height, 2 * HEIGHT + 2);
    for (size_t y = 0; y < HEIGHT; y++) {
        const uint8_t *row = flat.pixels + y * flat.width, *below = row + (HEIGHT + 2) * flat.width;
        assert_memory_equal(row, images[0] + y * WIDTH, WIDTH);
        assert_memory_equal(row + WIDTH + 2, images[1] + y * WIDTH, WIDTH);
        assert_memory_equal(below, images[2] + y * WIDTH, WIDTH);
    }
    dsc_image_clear(&flat);
}

static void images_are_saved_as_pgm_and_colours_as_ppm(void **state) {
    (void)state;
    static uint8_t pixels[3][4] = {{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}}; /* red, green, blue; 2 x 2 */
    draw_tile tile = {pixels[0], "title"};
    draw_grid grid = {.tiles = &tile, .count = 1, .width = 2, .height = 2};
    char *pgm = dsc_path_join(testing_folder(), "x.pgm"), *ppm = dsc_path_join(testing_folder(), "x.ppm");
    dsc_error error;
    dsc_image back;
    ASSERT_OK(draw_grid_save(pgm, &grid, &error), error);
    ASSERT_OK(dsc_pnm_read(&back, pgm, &error), error);
    assert_int_equal(back.channels, 1);
    assert_memory_equal(back.pixels, pixels, 4);
    dsc_image_clear(&back);
    assert_int_equal(draw_grid_save(ppm, &grid, &error), DSC_ERROR_ARGUMENT);
    grid.channels = 3;
    ASSERT_OK(draw_grid_save(ppm, &grid, &error), error);
    ASSERT_OK(dsc_pnm_read(&back, ppm, &error), error);
    assert_memory_equal(back.pixels, ((uint8_t[]){1, 5, 9, 2, 6, 10, 3, 7, 11, 4, 8, 12}), 12);
    dsc_image_clear(&back);
    free(pgm);
    free(ppm);
}

/* --- networks --- */

static const draw_layer layers[] = {
    {.name = "input layer", .units = 784, .what = "pixels"},
    {.name = "hidden layer", .units = 100, .note = "ReLU, dropout", .weights = "weights_1"},
    {.name = "output layer", .units = 10, .what = "digits", .weights = "weights_2"},
};
static const draw_network network = {.title = "The tutorial's network", .layers = layers, .count = 3};

static void a_network_is_as_it_was_wide_narrow_and_in_ascii(void **state) {
    (void)state;
    draw_terminal narrow = plain;
    narrow.width = 40;
    const struct {
        const draw_terminal *terminal;
        const char *golden;
    } modes[] = {{&plain, "draw-network-utf8.txt"},
                 {&narrow, "draw-network-narrow.txt"},
                 {&ascii, "draw-network-ascii.txt"}};
    for (size_t i = 0; i < 3; i++) {
        dsc_text text = {0};
        dsc_error error;
        ASSERT_OK(draw_network_text(&text, &network, modes[i].terminal, &error), error);
        check_golden(&text, modes[i].golden);
        dsc_text_free(&text);
    }
}

static void every_failed_allocation_is_survived(void **state) {
    (void)state;
    uint8_t images[3][WIDTH * HEIGHT];
    make_images(images);
    draw_tile tiles[2] = {{images[0], "5"}, {images[1], "6"}};
    draw_grid grid = {.title = "Two", .tiles = tiles, .count = 2, .width = WIDTH, .height = HEIGHT};
    for (int picture = 0; picture < 4; picture++)
        for (long n = 0;; n++) {
            dsc_text text = {0};
            dsc_error error;
            dsc_image flat = {0};
            testing_fail_allocation(n);
            dsc_status status = picture == 0   ? draw_chart_text(&text, &chart, 0, &deep, &error)
                                : picture == 1 ? draw_grid_text(&text, &grid, &deep, &error)
                                : picture == 2 ? draw_network_text(&text, &network, &deep, &error)
                                               : draw_grid_flatten(&flat, &grid, &error);
            bool failed = testing_allocation_failed();
            assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
            dsc_text_free(&text);
            dsc_image_clear(&flat);
            if (!failed) break;
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chart_is_as_it_was_in_all_modes),
        cmocka_unit_test(a_chart_never_is_wider_than_the_terminal),
        cmocka_unit_test(a_live_chart_keeps_its_number_of_lines),
        cmocka_unit_test(gaps_single_points_and_constants_are_drawn),
        cmocka_unit_test(a_chart_of_nothing_is_an_error),
        cmocka_unit_test(images_are_as_they_were_in_all_modes),
        cmocka_unit_test(images_without_colours_are_ascii_even_with_utf8),
        cmocka_unit_test(images_wider_than_the_terminal_are_refused),
        cmocka_unit_test(a_single_image_is_flattened_to_itself_and_more_side_by_side),
        cmocka_unit_test(images_are_saved_as_pgm_and_colours_as_ppm),
        cmocka_unit_test(a_network_is_as_it_was_wide_narrow_and_in_ascii),
        cmocka_unit_test(every_failed_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
