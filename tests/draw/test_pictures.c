/* SPDX-License-Identifier: MIT */
/* Pictures as SVG and PNG. */
#include "testing.h"

#include "base/file.h"
#include "draw/chart.h"
#include "draw/grid.h"
#include "draw/network.h"

#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- a chart, images and a network, with all difficult features --- */

enum { POINTS = 20 };

typedef struct scene {
    double y[2][POINTS];
    draw_series series[8];
    draw_panel panels[3];
    draw_chart chart;
    uint8_t image[28 * 28];
    draw_tile tiles[3];
    draw_grid grid;
    draw_layer layers[3];
    draw_network network;
} scene;

static const char LONG[] =
    "a text that is far too long for any place in which it could be put, so that it must lose its end; "
    "a text that is far too long for any place in which it could be put, so that it must lose its end";

static void make_scene(scene *s, const char *text) {
    memset(s, 0, sizeof *s);
    for (size_t i = 0; i < POINTS; i++) {
        s->y[0][i] = 1 - exp(-0.3 * (double)i);
        s->y[1][i] = exp(-0.2 * (double)i);
    }
    for (size_t i = 0; i < 8; i++)
        s->series[i] = (draw_series){.name = text, .y = s->y[i % 2], .count = POINTS};
    for (size_t i = 0; i < 3; i++)
        s->panels[i] = (draw_panel){.title = text,
                                    .x = {.label = text, .whole = true},
                                    .y = {.label = text},
                                    .series = s->series,
                                    .series_count = i == 2 ? 8 : 2};
    s->chart =
        (draw_chart){.title = text, .description = text, .panels = s->panels, .panel_count = 3, .columns = 2};
    for (size_t i = 0; i < 28 * 28; i++) s->image[i] = (uint8_t)(i * 7);
    for (size_t i = 0; i < 3; i++) s->tiles[i] = (draw_tile){s->image, text};
    s->grid = (draw_grid){.title = text, .tiles = s->tiles, .count = 3, .width = 28, .height = 28};
    static const char *names[10];
    for (size_t i = 0; i < 10; i++) names[i] = text;
    s->layers[0] = (draw_layer){.name = text, .units = 784, .what = text};
    s->layers[1] = (draw_layer){.name = text, .units = 1, .note = text, .weights = text};
    s->layers[2] = (draw_layer){.name = text, .units = 10, .weights = text, .unit_names = names};
    s->network = (draw_network){.title = text, .description = text, .layers = s->layers, .count = 3};
}

static draw_picture picture_of(const scene *s, int which) {
    return which == 0   ? draw_chart_picture(&s->chart)
           : which == 1 ? draw_grid_picture(&s->grid)
                        : draw_network_picture(&s->network);
}

#if DESCENDER_WITH_CAIRO

static void render(unsigned char **bytes, size_t *size, const draw_picture *picture, draw_format format) {
    dsc_error error;
    ASSERT_OK(draw_render(bytes, size, picture, format, &error), error);
}

static void nothing_is_drawn_outside(void **state) {
    (void)state;
    static const char *const texts[] = {"epoch", LONG, "", "x"};
    for (size_t t = 0; t < 4; t++)
        for (int which = 0; which < 3; which++) {
            scene s;
            make_scene(&s, texts[t]);
            draw_picture picture = picture_of(&s, which);
            double box[4];
            dsc_error error;
            ASSERT_OK(draw_measure(box, &picture, &error), error);
            if (!(box[0] >= 0 && box[1] >= 0 && box[2] <= picture.width && box[3] <= picture.height))
                fail_msg("picture %d of %.0f x %.0f with '%s' covers %.1f, %.1f to %.1f, %.1f", which,
                         picture.width, picture.height, texts[t], box[0], box[1], box[2], box[3]);
            assert_true(box[2] - box[0] > picture.width / 2); /* and something is drawn */
            assert_true(box[3] - box[1] > picture.height / 2);
        }
}

static void the_same_picture_gives_the_same_bytes(void **state) {
    (void)state;
    scene s;
    make_scene(&s, "epoch");
    for (int which = 0; which < 3; which++)
        for (draw_format format = DRAW_SVG; format <= DRAW_PNG; format++) {
            draw_picture picture = picture_of(&s, which);
            unsigned char *first, *other, *again;
            size_t size, other_size, again_size;
            render(&first, &size, &picture, format);
            draw_picture between = picture_of(&s, (which + 1) % 3); /* changes cairo's counters */
            render(&other, &other_size, &between, DRAW_SVG);
            render(&again, &again_size, &picture, format);
            assert_int_equal(size, again_size);
            assert_memory_equal(first, again, size);
            free(first);
            free(other);
            free(again);
        }
}

static void every_name_that_an_svg_uses_is_there_and_only_once(void **state) {
    (void)state;
    scene s;
    make_scene(&s, "epoch");
    for (int which = 0; which < 3; which++) {
        draw_picture picture = picture_of(&s, which);
        unsigned char *bytes;
        size_t size, used = 0;
        render(&bytes, &size, &picture, DRAW_SVG);
        char *svg = realloc(bytes, size + 1);
        assert_non_null(svg);
        svg[size] = '\0';
        for (const char *p = svg; (p = strchr(p, '#')); p++) {
            if (p[-1] != '"' && p[-1] != '(') continue;
            char given[64];
            (void)snprintf(given, sizeof given, "id=\"%.*s\"", (int)strcspn(p + 1, "\")"), p + 1);
            const char *there = strstr(svg, given);
            if (!there) fail_msg("picture %d uses a name that is not there: %s", which, given);
            assert_null(strstr(there + 1, given));
            used++;
        }
        assert_true(used > 10);
        free(svg);
    }
}

static void an_svg_is_well_formed_whatever_the_texts(void **state) {
    (void)state;
    const char *python = testing_numpy();
    if (!python) TEST_SKIP("needs Python, to parse XML");
    static const char *const texts[] = {"epoch", "<&>\"' --> ]]>", "\xFF\x01 \033[2J \xC3\x97", LONG};
    for (size_t t = 0; t < 4; t++)
        for (int which = 0; which < 3; which++) {
            scene s;
            make_scene(&s, texts[t]);
            draw_picture picture = picture_of(&s, which);
            char *path = dsc_path_join(testing_folder(), "picture.svg"), command[1024];
            dsc_error error;
            ASSERT_OK(draw_save(path, &picture, &error), error);
            (void)snprintf(
                command, sizeof command,
                "%s -c \"import sys, xml.etree.ElementTree as e\nr = e.parse(sys.argv[1]).getroot()\n"
                "assert r.tag.endswith('svg') and r[0].tag.endswith('title') and len(r) > 2\n"
                "assert float(r.get('width')[:-2]) == float(sys.argv[2])\" %s %.6f",
                python, path, picture.width);
            assert_int_equal(system(command), 0);
            free(path);
        }
}

static unsigned big_endian(const unsigned char *p) {
    return (unsigned)p[0] << 24 | (unsigned)p[1] << 16 | (unsigned)p[2] << 8 | p[3];
}

static void a_png_has_the_size_that_was_asked_for(void **state) {
    (void)state;
    scene s;
    make_scene(&s, "epoch");
    for (double scale = 0; scale < 4; scale++) {
        draw_picture picture = picture_of(&s, 1);
        picture.scale = scale;
        unsigned char *bytes;
        size_t size;
        render(&bytes, &size, &picture, DRAW_PNG);
        assert_memory_equal(bytes, "\x89PNG\r\n\x1A\n", 8);
        double pixels = scale > 0 ? scale : 2;
        assert_int_equal(big_endian(bytes + 16), ceil(picture.width * pixels));
        assert_int_equal(big_endian(bytes + 20), ceil(picture.height * pixels));
        free(bytes);
    }
}

static void paint_grey(draw_canvas *canvas, const void *data) {
    (void)data;
    draw_pixels(canvas, 10, 10, 20, 20, (const draw_colour[]){0x000000, 0x404040, 0x808080, 0xFFFFFF}, 2, 2);
}

static void a_grey_picture_is_a_grey_png(void **state) {
    (void)state;
    draw_picture picture = {.width = 40, .height = 40, .paint = paint_grey, .scale = 1};
    unsigned char *bytes;
    size_t size;
    render(&bytes, &size, &picture, DRAW_PNG);
    if (DESCENDER_WITH_PNG) assert_int_equal(bytes[25], 0); /* colour type: grey */
    free(bytes);
}

/* Difficult numbers: every one of these charts is drawn, and nothing leaves its page. */
static void gaps_single_points_and_extremes_are_drawn(void **state) {
    (void)state;
    static const double cases[][4] = {
        {NAN, NAN, NAN, NAN},        {0.5, NAN, 0.5, NAN},   {0, 0, 0, 0},
        {1e300, -1e300, 0, 1},       {5e-324, 0, 0, 1e-310}, {INFINITY, 1, 2, -INFINITY},
        {1e9, 1e9 + 1e-3, 1e9, 1e9}, {-1, -2, -3, -4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t count = 0; count <= 4; count++)
            for (draw_mark mark = DRAW_MARK_BOTH; mark <= DRAW_MARK_POINTS; mark++) {
                draw_series series = {.name = "awkward", .y = cases[i], .count = count, .mark = mark};
                draw_panel panel = {
                    .title = "Awkward", .x = {.whole = true}, .series = &series, .series_count = 1};
                draw_chart chart = {.panels = &panel, .panel_count = 1};
                draw_picture picture = draw_chart_picture(&chart);
                double box[4];
                dsc_error error;
                ASSERT_OK(draw_measure(box, &picture, &error), error);
                assert_true(box[0] >= 0 && box[1] >= 0 && box[2] <= picture.width &&
                            box[3] <= picture.height);
            }
}

static void what_lies_beyond_a_fixed_axis_is_not_drawn(void **state) {
    (void)state;
    static const double y[] = {0.5, 0.5, 0.5, 100, 0.5, -1e300, 0.5, 1e300}, inside[] = {0.5, 0.5, 0.5};
    static const double x[] = {0, 1, 2, 0.1, -50, 0.2, 1e300, 0.5};
    for (int beyond = 0; beyond < 2; beyond++) {
        draw_series series = {.x = x, .y = beyond ? y : inside, .count = beyond ? 8 : 3};
        draw_panel panel = {.x = {.minimum = 0, .maximum = 2},
                            .y = {.minimum = 0, .maximum = 1},
                            .series = &series,
                            .series_count = 1};
        draw_chart chart = {.panels = &panel, .panel_count = 1};
        draw_picture picture = draw_chart_picture(&chart);
        static double within[4];
        double box[4];
        dsc_error error;
        ASSERT_OK(draw_measure(beyond ? box : within, &picture, &error), error);
        for (int i = 0; i < 4 && beyond; i++) assert_true(fabs(box[i] - within[i]) < 5);
    }
}

static void a_long_series_keeps_its_peaks_and_stays_small(void **state) {
    (void)state;
    enum { LENGTH = 200000 };
    double *y = calloc(LENGTH, sizeof *y);
    y[123456] = 1;
    draw_series series = {.y = y, .count = LENGTH, .mark = DRAW_MARK_LINE};
    draw_panel panel = {.series = &series, .series_count = 1, .y = {.minimum = -1, .maximum = 1}};
    draw_chart chart = {.panels = &panel, .panel_count = 1};
    draw_picture picture = draw_chart_picture(&chart);
    unsigned char *with, *without;
    size_t size, size_without;
    render(&with, &size, &picture, DRAW_SVG);
    assert_true(size < 100000);
    y[123456] = 0;
    render(&without, &size_without, &picture, DRAW_SVG);
    assert_true(size != size_without || memcmp(with, without, size));
    free(with);
    free(without);
    free(y);
}

static void a_picture_is_saved_by_the_end_of_its_name(void **state) {
    (void)state;
    scene s;
    make_scene(&s, "epoch");
    dsc_error error;
    char *svg = dsc_path_join(testing_folder(), "a.b.SVG"), *png = dsc_path_join(testing_folder(), "x.png");
    unsigned char *bytes;
    size_t size;
    ASSERT_OK(draw_chart_save(svg, &s.chart, &error), error);
    ASSERT_OK(dsc_file_read(&bytes, &size, svg, SIZE_MAX, &error), error);
    assert_memory_equal(bytes, "<?xml", 5);
    free(bytes);
    ASSERT_OK(draw_network_save(png, &s.network, &error), error);
    ASSERT_OK(dsc_file_read(&bytes, &size, png, SIZE_MAX, &error), error);
    assert_memory_equal(bytes, "\x89PNG", 4);
    free(bytes);
    assert_int_equal(draw_grid_save("/no/such/folder/x.png", &s.grid, &error), DSC_ERROR_IO);
    ASSERT_MESSAGE(error, "/no/such/folder/x.png");
    free(svg);
    free(png);
}

static void absurd_sizes_are_refused(void **state) {
    (void)state;
    draw_picture picture = {.width = 40, .height = 40, .paint = paint_grey};
    static const double sizes[][3] = {{0, 10, 0},  {NAN, 10, 0},    {20000, 10, 0},
                                      {10, -1, 0}, {5000, 10, 100}, {10, 10, -1}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        picture.width = sizes[i][0];
        picture.height = sizes[i][1];
        picture.scale = sizes[i][2];
        unsigned char *bytes;
        size_t size;
        dsc_error error;
        assert_int_equal(draw_render(&bytes, &size, &picture, DRAW_PNG, &error), DSC_ERROR_ARGUMENT);
        assert_null(bytes);
    }
}

static void every_failed_allocation_of_ours_is_survived(void **state) {
    (void)state;
    scene s;
    make_scene(&s, "epoch");
    const char *folder = testing_folder();
    char *path = dsc_path_join(folder, "x.svg");
    for (int which = 0; which < 3; which++)
        for (draw_format format = DRAW_SVG; format <= DRAW_PNG; format++) {
            draw_picture picture = picture_of(&s, which);
            /* The first dozens of allocations, then every few hundred: there are thousands of the same
             * kind. */
            for (long n = 0;; n += 1 + n / 40) {
                unsigned char *bytes;
                size_t size;
                dsc_error error;
                testing_fail_allocation(n);
                dsc_status status = draw_render(&bytes, &size, &picture, format, &error);
                bool failed = testing_allocation_failed();
                assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
                if (failed) assert_null(bytes);
                free(bytes);
                if (!failed) break;
            }
        }
    free(path);
}

#else

static void without_cairo_a_file_is_refused_with_advice(void **state) {
    (void)state;
    scene s;
    make_scene(&s, LONG);
    dsc_error error;
    char *path = dsc_path_join(testing_folder(), "x.svg");
    for (int which = 0; which < 3; which++) {
        draw_picture picture = picture_of(&s, which);
        double box[4];
        assert_int_equal(draw_save(path, &picture, &error), DSC_ERROR_UNSUPPORTED);
        ASSERT_MESSAGE(error, "install cairo (libcairo2-dev)");
        ASSERT_MESSAGE(error, path);
        assert_int_equal(draw_measure(box, &picture, &error), DSC_ERROR_UNSUPPORTED);
    }
    assert_int_equal(access(path, F_OK), -1);
    free(path);
}

static void pictures_are_drawn(void **state) {
    (void)state;
    TEST_SKIP("needs cairo");
}

#endif

static void other_endings_are_refused(void **state) {
    (void)state;
    scene s;
    make_scene(&s, "epoch");
    static const char *const names[] = {"x.jpg", "x", "a.svg/x", ".png.gz", "x."};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        dsc_error error;
        assert_int_equal(draw_chart_save(names[i], &s.chart, &error), DSC_ERROR_ARGUMENT);
        ASSERT_MESSAGE(error, "must end in .svg or .png");
        assert_int_equal(draw_grid_save(names[i], &s.grid, &error), DSC_ERROR_ARGUMENT);
        ASSERT_MESSAGE(error, "must end in .svg, .png, .pgm or .ppm");
    }
}

static void a_picture_of_nothing_is_an_error(void **state) {
    (void)state;
    scene s;
    make_scene(&s, "epoch");
    dsc_error error;
    s.panels[1].series_count = 0;
    assert_int_equal(draw_chart_save("x.svg", &s.chart, &error), DSC_ERROR_ARGUMENT);
    s.grid.count = 0;
    assert_int_equal(draw_grid_save("x.svg", &s.grid, &error), DSC_ERROR_ARGUMENT);
    s.layers[1].units = 0;
    assert_int_equal(draw_network_save("x.svg", &s.network, &error), DSC_ERROR_ARGUMENT);
    s.network.count = 1;
    assert_int_equal(draw_network_save("x.svg", &s.network, &error), DSC_ERROR_ARGUMENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#if DESCENDER_WITH_CAIRO
        cmocka_unit_test(nothing_is_drawn_outside),
        cmocka_unit_test(the_same_picture_gives_the_same_bytes),
        cmocka_unit_test(every_name_that_an_svg_uses_is_there_and_only_once),
        cmocka_unit_test(an_svg_is_well_formed_whatever_the_texts),
        cmocka_unit_test(a_png_has_the_size_that_was_asked_for),
        cmocka_unit_test(a_grey_picture_is_a_grey_png),
        cmocka_unit_test(gaps_single_points_and_extremes_are_drawn),
        cmocka_unit_test(what_lies_beyond_a_fixed_axis_is_not_drawn),
        cmocka_unit_test(a_long_series_keeps_its_peaks_and_stays_small),
        cmocka_unit_test(a_picture_is_saved_by_the_end_of_its_name),
        cmocka_unit_test(absurd_sizes_are_refused),
        cmocka_unit_test(every_failed_allocation_of_ours_is_survived),
#else
        cmocka_unit_test(without_cairo_a_file_is_refused_with_advice),
        cmocka_unit_test(pictures_are_drawn),
#endif
        cmocka_unit_test(other_endings_are_refused),
        cmocka_unit_test(a_picture_of_nothing_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
