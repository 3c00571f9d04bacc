/* SPDX-License-Identifier: MIT */
/* test_warp.c: compares warps with a naive one in double; whole-pixel warps must agree exactly. Reads the
 * random transforms of affine and elastic from images whose values encode their positions. */
#include "pictures.h"

#include "augment/warp.h"
#include "kernel/choose.h"

static void warp(float *out, const float *in, const size_t shape[3], const double m[6],
                 const dsc_kernels *kernels) {
    float *scratch = malloc(dsc_warp_scratch(shape) * sizeof *scratch);
    assert_non_null(scratch);
    const dsc_augment_call call = {.out = out,
                                   .in = in,
                                   .shape = {shape[0], shape[1], shape[2]},
                                   .scratch = scratch,
                                   .kernels = kernels};
    dsc_warp_affine(&call, m);
    free(scratch);
}

static double pixel(const float *plane, const size_t shape[3], double x, double y) {
    if (x < 0 || y < 0 || x >= (double)shape[2] || y >= (double)shape[1]) return 0;
    return (double)plane[(size_t)y * shape[2] + (size_t)x];
}

/* Bilinear interpolation by its definition. */
static double naive(const float *plane, const size_t shape[3], double x, double y) {
    const double x0 = floor(x), y0 = floor(y), u = x - x0, v = y - y0;
    return (1 - v) * ((1 - u) * pixel(plane, shape, x0, y0) + u * pixel(plane, shape, x0 + 1, y0)) +
           v * ((1 - u) * pixel(plane, shape, x0, y0 + 1) + u * pixel(plane, shape, x0 + 1, y0 + 1));
}

static const size_t shapes[][3] = {{1, 28, 28}, {3, 1, 1}, {1, 1, 17}, {2, 13, 1}, {3, 5, 31}, {1, 33, 7}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static void the_identity_changes_no_value(void **unused) {
    (void)unused;
    static float in[PICTURE_MOST], out[PICTURE_MOST];
    for (size_t s = 0; s < SHAPES; s++) {
        const size_t count = shapes[s][0] * shapes[s][1] * shapes[s][2];
        const dsc_affine change = {.scale_x = 1, .scale_y = 1};
        double m[6];
        dsc_affine_back(m, &change, shapes[s][1], shapes[s][2]);
        picture_fill(in, count);
        warp(out, in, shapes[s], m, dsc_kernels_auto());
        assert_memory_equal(out, in, count * sizeof *in);
    }
}

static void shifts_by_whole_pixels_are_exact_and_bring_background(void **unused) {
    (void)unused;
    static float in[PICTURE_MOST], out[PICTURE_MOST];
    for (size_t s = 0; s < SHAPES; s++)
        for (int right = -3; right <= 3; right++)
            for (int down = -40; down <= 40; down += 8) {
                const size_t *shape = shapes[s], plane = shape[1] * shape[2];
                const dsc_affine change = {.scale_x = 1, .scale_y = 1, .shift_x = right, .shift_y = down};
                double m[6];
                dsc_affine_back(m, &change, shape[1], shape[2]);
                picture_fill(in, shape[0] * plane);
                warp(out, in, shape, m, dsc_kernels_auto());
                for (size_t i = 0; i < shape[0] * plane; i++) {
                    const double x = (double)(i % shape[2]) - right,
                                 y = (double)(i % plane / shape[2]) - down;
                    assert_true((double)out[i] == pixel(in + i / plane * plane, shape, x, y));
                }
            }
}

static void quarter_turns_are_exact_and_counter_clockwise(void **unused) {
    (void)unused;
    enum { SIDE = 9 };
    const size_t shape[3] = {1, SIDE, SIDE};
    float in[SIDE * SIDE], out[SIDE * SIDE];
    picture_fill(in, SIDE * SIDE);
    for (int quarters = -4; quarters <= 4; quarters++) {
        const dsc_affine change = {.degrees = 90.0 * quarters, .scale_x = 1, .scale_y = 1};
        double m[6];
        dsc_affine_back(m, &change, SIDE, SIDE);
        warp(out, in, shape, m, dsc_kernels_auto());
        for (size_t y = 0; y < SIDE; y++)
            for (size_t x = 0; x < SIDE; x++) {
                size_t to_x = x, to_y = y; /* a quarter turn counter-clockwise: right becomes up */
                for (int q = 0; q < (quarters + 8) % 4; q++) {
                    const size_t was = to_x;
                    to_x = to_y;
                    to_y = SIDE - 1 - was;
                }
                assert_true(out[to_y * SIDE + to_x] == in[y * SIDE + x]);
            }
    }
}

static void any_warp_is_that_of_the_naive_bilinear_formula_in_every_kernel_set(void **unused) {
    (void)unused;
    static float in[PICTURE_MOST], out[PICTURE_MOST], first[PICTURE_MOST];
    for (size_t s = 0; s < SHAPES; s++)
        for (int k = 0; k < 40; k++) {
            const size_t *shape = shapes[s], plane = shape[1] * shape[2];
            const dsc_affine change = {.degrees = k * 17.3 - 200,
                                       .shear = k % 7 * 11 - 33,
                                       .scale_x = 0.5 + 0.04 * k,
                                       .scale_y = 1.7 - 0.03 * k,
                                       .shift_x = k % 5 * 1.3 - 2,
                                       .shift_y = k % 3 * 2.2 - 2};
            double m[6];
            dsc_affine_back(m, &change, shape[1], shape[2]);
            picture_fill(in, shape[0] * plane);
            for (size_t set = 0; dsc_kernels_at(set); set++) {
                warp(out, in, shape, m, dsc_kernels_at(set));
                if (set == 0) memcpy(first, out, sizeof out);
                assert_memory_equal(out, first, shape[0] * plane * sizeof *out);
            }
            for (size_t i = 0; i < shape[0] * plane; i++) {
                const double x = (double)(i % shape[2]), y = (double)(i % plane / shape[2]);
                const double right = naive(in + i / plane * plane, shape, m[0] * x + m[1] * y + m[2],
                                           m[3] * x + m[4] * y + m[5]);
                assert_true(fabs((double)out[i] - right) < 5e-3);
            }
        }
}

/* Moves a point of the image: scaling, shear, rotation, shift, in this order. */
static void the_way_back_undoes_scale_shear_rotation_and_shift_in_that_order(void **unused) {
    (void)unused;
    const dsc_affine c = {
        .degrees = 25, .shear = 14, .scale_x = 1.2, .scale_y = 0.9, .shift_x = 3, .shift_y = -2};
    const double radian = acos(-1) / 180;
    double m[6];
    dsc_affine_back(m, &c, 20, 31);
    for (int k = 0; k < 50; k++) {
        const double from_x = k * 0.7, from_y = 20 - k * 0.3;
        double x = (from_x - 15) * c.scale_x,
               y = -(from_y - 9.5) * c.scale_y; /* y upwards, from the centre */
        x += y * tan(c.shear * radian);
        const double turned_x = x * cos(c.degrees * radian) - y * sin(c.degrees * radian);
        const double turned_y = x * sin(c.degrees * radian) + y * cos(c.degrees * radian);
        x = turned_x + 15 + c.shift_x;
        y = 9.5 - turned_y + c.shift_y;
        assert_true(fabs(m[0] * x + m[1] * y + m[2] - from_x) < 1e-12);
        assert_true(fabs(m[3] * x + m[4] * y + m[5] - from_y) < 1e-12);
    }
}

/* --- random transforms --- */

/* Returns the matrix that an affine augmentation used, read from its effect on ramps near the middle. */
static void read_matrix(double m[6], const char *text, uint64_t sample) {
    enum { SIDE = 65, MIDDLE = 32, PLANE = SIDE * SIDE };
    static float in[2 * PLANE], out[2 * PLANE];
    picture_ramps(in, SIDE, SIDE);
    picture_augment(out, in, (const size_t[3]){2, SIDE, SIDE}, text, 3, sample, dsc_kernels_auto());
    for (size_t c = 0; c < 2; c++) {
        const float *at = out + c * PLANE + MIDDLE * SIDE + MIDDLE;
        m[3 * c] = ((double)at[4] - (double)at[-4]) / 8;
        m[3 * c + 1] = ((double)at[4 * SIDE] - (double)at[-4 * SIDE]) / 8;
        m[3 * c + 2] = (double)at[0] - MIDDLE;
    }
}

typedef double measure(const double m[6]);
static double angle_of(const double m[6]) { return atan2(m[3], m[4]) * 180 / acos(-1); }
static double right_of(const double m[6]) { return -m[2]; }
static double down_of(const double m[6]) { return -m[5]; }
static double scale_of(const double m[6]) { return 1 / m[0] - 1; }
static double lean_of(const double m[6]) { return atan(m[1]) * 180 / acos(-1); }
static double stretch_of(const double m[6]) { return sqrt(m[4] / m[0]) - 1; }

static void amounts_stay_within_their_range_and_fill_it(void **unused) {
    (void)unused;
    static const struct {
        const char *text;
        measure *of;
        double most;
        bool others_rest;
    } all[] = {{"affine rotate=15", angle_of, 15, false}, {"affine shift=3", right_of, 3, false},
               {"affine shift=3", down_of, 3, false},     {"affine scale=0.2", scale_of, 0.2, false},
               {"affine shear=12", lean_of, 12, false},   {"affine stretch=0.1", stretch_of, 0.1, false}};
    enum { DRAWS = 2000 };
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        double least = INFINITY, most = -INFINITY, sum = 0, squares = 0;
        for (uint64_t sample = 0; sample < DRAWS; sample++) {
            double m[6];
            read_matrix(m, all[k].text, sample);
            const double amount = all[k].of(m) / all[k].most;
            least = fmin(least, amount);
            most = fmax(most, amount);
            sum += amount;
            squares += amount * amount;
        }
        if (!(least >= -1.0001 && least < -0.98 && most <= 1.0001 && most > 0.98))
            fail_msg("%s: from %g to %g of the range", all[k].text, least, most);
        assert_true(fabs(sum / DRAWS) < 0.06);               /* uniform: 0 +- 0.013 */
        assert_true(fabs(squares / DRAWS - 1.0 / 3) < 0.03); /* 1/3 +- 0.007 */
    }
}

static void what_is_not_named_stays_as_it_is(void **unused) {
    (void)unused;
    for (uint64_t sample = 0; sample < 20; sample++) {
        double m[6];
        read_matrix(m, "affine shift=3", sample);
        assert_true(fabs(m[0] - 1) < 1e-5 && fabs(m[1]) < 1e-5 && fabs(m[3]) < 1e-5 && fabs(m[4] - 1) < 1e-5);
        read_matrix(m, "affine rotate=15", sample);
        assert_true(fabs(m[2]) < 1e-4 && fabs(m[5]) < 1e-4 && fabs(m[0] * m[0] + m[3] * m[3] - 1) < 1e-4);
        read_matrix(m, "affine scale=0.2", sample);
        assert_true(fabs(m[0] - m[4]) < 1e-5 && fabs(m[1]) < 1e-5 && fabs(m[2]) < 1e-4);
    }
}

/* Simard's field: alpha times uniform random numbers smoothed by a Gaussian, computed here by its
 * definition. The variance is alpha^2 / 3 times the sum of the squared weights; places at distance d
 * correlate as exp(-d^2 / (4 sigma^2)). */
static void check_field(const char *text, double alpha, double sigma, size_t far) {
    enum { SIDE = 49, MIDDLE = 24, PLANE = SIDE * SIDE, DRAWS = 3000 };
    static float in[2 * PLANE], out[2 * PLANE];
    double weights = 0, squares = 0;
    for (int i = -60; i <= 60; i++) {
        weights += exp(-i * i / (2 * sigma * sigma));
        squares += exp(-i * i / (sigma * sigma));
    }
    const double right = alpha * alpha / 3 * pow(squares / (weights * weights), 2);
    double sum[2] = {0}, square[2] = {0}, near[2] = {0}, both = 0;
    picture_ramps(in, SIDE, SIDE);
    for (uint64_t sample = 0; sample < DRAWS; sample++) {
        double d[2], there[2];
        picture_augment(out, in, (const size_t[3]){2, SIDE, SIDE}, text, 9, sample, dsc_kernels_auto());
        for (size_t c = 0; c < 2; c++) {
            const float *at = out + c * PLANE + MIDDLE * SIDE + MIDDLE;
            d[c] = (double)at[0] - MIDDLE;
            there[c] =
                (double)at[c == 0 ? far * SIDE : far] - MIDDLE; /* the ramp is constant in that direction */
            sum[c] += d[c];
            square[c] += d[c] * d[c];
            near[c] += d[c] * there[c];
        }
        both += d[0] * d[1];
    }
    const double distance = (double)far, together = exp(-distance * distance / (4 * sigma * sigma));
    for (int c = 0; c < 2; c++) {
        if (!(fabs(square[c] / DRAWS / right - 1) < 0.1)) /* one standard deviation is 0.026 */
            fail_msg("%s: variance %g, expected %g", text, square[c] / DRAWS, right);
        assert_true(fabs(sum[c] / DRAWS) < 0.08 * sqrt(right));
        assert_true(fabs(near[c] / square[c] - together) < 0.08);
    }
    assert_true(fabs(both / DRAWS) < 0.08 * right);
}

static void an_elastic_field_has_the_variance_and_reach_of_simards(void **unused) {
    (void)unused;
    check_field("elastic", 34, 4, 5);
    check_field("elastic alpha=60 sigma=6.5", 60, 6.5, 8);
    check_field("elastic alpha=3 sigma=1", 3, 1, 1);
    check_field("elastic alpha=3 sigma=2.3", 3, 2.3, 3);
}

static void an_elastic_field_of_no_strength_changes_no_value(void **unused) {
    (void)unused;
    static float in[PICTURE_MOST], out[PICTURE_MOST];
    for (size_t s = 0; s < SHAPES; s++) {
        const size_t count = shapes[s][0] * shapes[s][1] * shapes[s][2];
        picture_fill(in, count);
        picture_augment(out, in, shapes[s], "elastic alpha=0", 1, 2, dsc_kernels_auto());
        assert_memory_equal(out, in, count * sizeof *in);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_identity_changes_no_value),
        cmocka_unit_test(shifts_by_whole_pixels_are_exact_and_bring_background),
        cmocka_unit_test(quarter_turns_are_exact_and_counter_clockwise),
        cmocka_unit_test(any_warp_is_that_of_the_naive_bilinear_formula_in_every_kernel_set),
        cmocka_unit_test(the_way_back_undoes_scale_shear_rotation_and_shift_in_that_order),
        cmocka_unit_test(amounts_stay_within_their_range_and_fill_it),
        cmocka_unit_test(what_is_not_named_stays_as_it_is),
        cmocka_unit_test(an_elastic_field_has_the_variance_and_reach_of_simards),
        cmocka_unit_test(an_elastic_field_of_no_strength_changes_no_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
