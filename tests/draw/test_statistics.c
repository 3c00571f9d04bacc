/* SPDX-License-Identifier: MIT */
/* Bars, matrices and scatters as SVG and PNG. */
#include "testing.h"

#include "base/file.h"
#include "draw/bars.h"
#include "draw/matrix.h"
#include "draw/scatter.h"

#include <math.h>

enum { BARS = 10, SIDE = 10, POINTS = 300, KINDS = 3 };

typedef struct scene {
    double values[2][BARS], low[BARS], high[BARS], marks[BARS];
    draw_bar_series series[2];
    draw_bars bars;
    double cells[SIDE * SIDE];
    draw_matrix matrix;
    double places[2 * POINTS];
    size_t groups[POINTS];
    bool ringed[POINTS];
    draw_scatter scatter;
    const char *names[BARS];
} scene;

static void make_scene(scene *s, const char *text) {
    memset(s, 0, sizeof *s);
    for (size_t i = 0; i < BARS; i++) {
        s->names[i] = text;
        s->values[0][i] = i == 3 ? (double)NAN : 0.9 + 0.01 * (double)i;
        s->values[1][i] = 0.95 - 0.01 * (double)i;
        s->low[i] = i == 4 ? (double)NAN : 0.85;
        s->high[i] = 0.999;
        s->marks[i] = i % 2 ? 0.9 : (double)NAN;
    }
    s->series[0] = (draw_bar_series){text, s->values[0], s->low, s->high};
    s->series[1] = (draw_bar_series){text, s->values[1], NULL, NULL};
    s->bars = (draw_bars){.title = text,
                          .description = text,
                          .labels = s->names,
                          .count = BARS,
                          .series = s->series,
                          .series_count = 2,
                          .marks = s->marks,
                          .marks_name = text,
                          .x_label = text,
                          .y = {.label = text}};
    for (size_t i = 0; i < SIDE * SIDE; i++) s->cells[i] = i % 11 == 0 ? 980 : (double)(i % 4);
    s->cells[5] = (double)NAN;
    s->matrix = (draw_matrix){.title = text,
                              .description = text,
                              .rows = SIDE,
                              .columns = SIDE,
                              .values = s->cells,
                              .row_names = s->names,
                              .column_names = s->names,
                              .row_label = text,
                              .column_label = text,
                              .diagonal = true};
    for (size_t i = 0; i < POINTS; i++) {
        s->places[2 * i] = cos((double)i) * (double)i;
        s->places[2 * i + 1] = i == 7 ? (double)NAN : sin((double)i) * (double)i;
        s->groups[i] = i % BARS;
        s->ringed[i] = i % 50 == 0;
    }
    s->scatter = (draw_scatter){.title = text,
                                .description = text,
                                .places = s->places,
                                .groups = s->groups,
                                .ringed = s->ringed,
                                .count = POINTS,
                                .group_names = s->names,
                                .group_count = BARS,
                                .x_label = text,
                                .y_label = text,
                                .note = text};
}

static draw_picture picture_of(const scene *s, int which) {
    return which == 0   ? draw_bars_picture(&s->bars)
           : which == 1 ? draw_matrix_picture(&s->matrix)
                        : draw_scatter_picture(&s->scatter);
}

#if DESCENDER_WITH_CAIRO

static const char LONG[] =
    "a name that is far too long for any place in which it could be put, so that it loses its "
    "end; and this is still the same name";

static void nothing_is_drawn_outside(void **state) {
    (void)state;
    static const char *const texts[] = {"7", LONG, "", "<&\xFF\033"};
    for (size_t t = 0; t < 4; t++)
        for (int which = 0; which < KINDS; which++) {
            scene s;
            make_scene(&s, texts[t]);
            s.bars.dots = t % 2;
            s.bars.numbers = t > 1;
            draw_picture picture = picture_of(&s, which);
            double box[4];
            dsc_error error;
            ASSERT_OK(draw_measure(box, &picture, &error), error);
            if (!(box[0] >= 0 && box[1] >= 0 && box[2] <= picture.width && box[3] <= picture.height))
                fail_msg("picture %d of %.0f x %.0f with '%s' covers %.1f, %.1f to %.1f, %.1f", which,
                         picture.width, picture.height, texts[t], box[0], box[1], box[2], box[3]);
            assert_true(box[2] - box[0] > picture.width / 2);
            assert_true(box[3] - box[1] > picture.height / 2);
        }
}

static void the_same_picture_gives_the_same_bytes(void **state) {
    (void)state;
    scene s;
    make_scene(&s, "class");
    for (int which = 0; which < KINDS; which++) {
        draw_picture picture = picture_of(&s, which);
        unsigned char *first, *again;
        size_t size, again_size;
        dsc_error error;
        ASSERT_OK(draw_render(&first, &size, &picture, DRAW_SVG, &error), error);
        ASSERT_OK(draw_render(&again, &again_size, &picture, DRAW_SVG, &error), error);
        assert_int_equal(size, again_size);
        assert_memory_equal(first, again, size);
        free(first);
        free(again);
    }
}

/* One of each element, the maximum of each, and values that are not numbers. */
static void extremes_are_drawn(void **state) {
    (void)state;
    enum { MANY = 256 };
    static double values[MANY * MANY], places[2 * MANY];
    static const char *names[MANY];
    static size_t groups[MANY];
    for (size_t i = 0; i < MANY; i++) {
        names[i] = "a class";
        groups[i] = i;
        places[2 * i] = places[2 * i + 1] = i % 2 ? (double)INFINITY : 0;
    }
    for (size_t i = 0; i < (size_t)MANY * MANY; i++) values[i] = i % 3 ? 0 : (double)NAN;
    for (size_t count = 1; count <= MANY; count += MANY - 1) {
        draw_bar_series series = {NULL, values, NULL, NULL};
        draw_bars bars = {.labels = names, .count = count, .series = &series, .series_count = 1};
        draw_matrix matrix = {
            .rows = count, .columns = count, .values = values, .row_names = names, .column_names = names};
        draw_scatter scatter = {
            .places = places, .groups = groups, .count = count, .group_names = names, .group_count = count};
        draw_picture pictures[] = {draw_bars_picture(&bars), draw_matrix_picture(&matrix),
                                   draw_scatter_picture(&scatter)};
        for (size_t i = 0; i < KINDS; i++) {
            double box[4];
            dsc_error error;
            ASSERT_OK(draw_measure(box, &pictures[i], &error), error);
            assert_true(box[0] >= 0 && box[1] >= 0 && box[2] <= pictures[i].width &&
                        box[3] <= pictures[i].height);
        }
    }
}

static void painters_survive_every_failed_allocation(void **state) {
    (void)state;
    scene s;
    make_scene(&s, "class");
    s.scatter.count = 3;
    for (int which = 0; which < KINDS; which++) {
        draw_picture picture = picture_of(&s, which);
        for (long n = 0; n < 400; n++) {
            unsigned char *bytes;
            size_t size;
            testing_fail_allocation(n);
            dsc_status status = draw_render(&bytes, &size, &picture, DRAW_SVG, NULL);
            bool reached = testing_allocation_failed();
            if (!status) free(bytes);
            if (!reached) break;
            assert_true(!status || status == DSC_ERROR_MEMORY);
        }
    }
}

static void files_are_written_in_both_formats(void **state) {
    (void)state;
    scene s;
    make_scene(&s, "class");
    const char *folder = testing_folder();
    char *svg = dsc_path_join(folder, "x.svg"), *png = dsc_path_join(folder, "x.png");
    dsc_error error;
    ASSERT_OK(draw_bars_save(svg, &s.bars, &error), error);
    ASSERT_OK(draw_bars_save(png, &s.bars, &error), error);
    ASSERT_OK(draw_matrix_save(svg, &s.matrix, &error), error);
    ASSERT_OK(draw_matrix_save(png, &s.matrix, &error), error);
    ASSERT_OK(draw_scatter_save(svg, &s.scatter, &error), error);
    ASSERT_OK(draw_scatter_save(png, &s.scatter, &error), error);
    assert_int_equal(draw_bars_save("x.gif", &s.bars, &error), DSC_ERROR_ARGUMENT);
    free(svg);
    free(png);
}

#else

static void without_cairo_the_message_says_what_to_do(void **state) {
    (void)state;
    scene s;
    make_scene(&s, "class");
    dsc_error error;
    draw_picture picture = picture_of(&s, 0);
    unsigned char *bytes;
    size_t size;
    assert_int_equal(draw_render(&bytes, &size, &picture, DRAW_SVG, &error), DSC_ERROR_UNSUPPORTED);
}

#endif

static void what_cannot_be_drawn_is_refused(void **state) {
    (void)state;
    scene s;
    dsc_error error;
    make_scene(&s, "class");
    s.bars.count = 0;
    assert_int_equal(draw_bars_check(&s.bars, &error), DSC_ERROR_ARGUMENT);
    s.bars.count = BARS;
    s.bars.series_count = 9;
    assert_int_equal(draw_bars_check(&s.bars, &error), DSC_ERROR_ARGUMENT);
    s.matrix.rows = 257;
    assert_int_equal(draw_matrix_check(&s.matrix, &error), DSC_ERROR_ARGUMENT);
    s.groups[5] = BARS;
    assert_int_equal(draw_scatter_check(&s.scatter, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "point 5");
    s.scatter.count = 0;
    assert_int_equal(draw_scatter_check(&s.scatter, &error), DSC_ERROR_ARGUMENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#if DESCENDER_WITH_CAIRO
        cmocka_unit_test(nothing_is_drawn_outside),
        cmocka_unit_test(the_same_picture_gives_the_same_bytes),
        cmocka_unit_test(extremes_are_drawn),
        cmocka_unit_test(painters_survive_every_failed_allocation),
        cmocka_unit_test(files_are_written_in_both_formats),
#else
        cmocka_unit_test(without_cairo_the_message_says_what_to_do),
#endif
        cmocka_unit_test(what_cannot_be_drawn_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
