/* SPDX-License-Identifier: MIT */
/* test_vectors.c: the errors and bits of the elementary functions, and the loops, in every kernel set of
 * this machine. */
#include "guarded.h"

#include "kernel/choose.h"
#include "kernel/pack.h"
#include "kernel/vectors.h"

#include <float.h>
#include <math.h>

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

typedef struct function {
    const char *name;
    size_t offset; /* in dsc_vector_kernels */
    double (*exact)(double);
    double ulps;
} function;
#define FUNCTION(name, exact, ulps)                                                                          \
    { #name, offsetof(dsc_vector_kernels, name), exact, ulps }
static const function functions[] = {
    FUNCTION(exp, exp, 1.0), FUNCTION(log, log, 1.0), FUNCTION(tanh, tanh, 2), FUNCTION(sigmoid, sigmoid, 3),
    FUNCTION(erf, erf, 2),   FUNCTION(sin, sin, 2.5), FUNCTION(cos, cos, 2.5)};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

static dsc_map *map_of(const dsc_vector_kernels *v, const function *f) {
    return *(dsc_map *const *)(const void *)((const char *)v + f->offset);
}

static float from_bits(uint32_t bits) {
    union {
        uint32_t u;
        float f;
    } both = {bits};
    return both.f;
}

/* The error in units in the last place. */
static double ulps(float found, double exact) {
    if (isnan(exact)) return isnan(found) ? 0 : INFINITY;
    if (found == exact || (isinf(found) && fabs(exact) > (double)FLT_MAX)) return 0;
    int exponent;
    frexp(exact, &exponent);
    if (exponent < -125) exponent = -125;
    return fabs((double)found - exact) / ldexp(1, exponent - 24);
}

enum { BLOCK = 4096 };

static void elementary_functions_keep_their_stated_errors(void **unused) {
    (void)unused;
    const dsc_vector_kernels *v = dsc_kernels_auto()->vector;
    static float in[BLOCK], out[BLOCK];
    for (size_t f = 0; f < FUNCTIONS; f++) {
        double worst = 0, mean = 0;
        float at = 0;
        size_t count = 0;
        for (uint64_t bits = 0; bits < 0x100000000u;) { /* a sample of all floats, with both signs */
            for (size_t i = 0; i < BLOCK; i++, bits += 4999) in[i] = from_bits((uint32_t)bits);
            map_of(v, &functions[f])(out, in, BLOCK);
            for (size_t i = 0; i < BLOCK; i++) {
                const double error = ulps(out[i], functions[f].exact(in[i]));
                if (!(error <= worst)) worst = error, at = in[i];
                mean += error;
                count++;
            }
        }
        print_message("%-8s %.3f ulp at %.9g, mean %.3f\n", functions[f].name, worst, (double)at,
                      mean / (double)count);
        if (!(worst <= functions[f].ulps))
            fail_msg("%s is wrong by %g ulp at %.9g", functions[f].name, worst, (double)at);
    }
}

static void special_arguments_give_what_they_should(void **unused) {
    (void)unused;
    const dsc_vector_kernels *v = dsc_kernels_auto()->vector;
    const float in[] = {0,     -0.0f, 1,   INFINITY, -INFINITY, NAN,     1e-45f,  -1,
                        88.7f, 89,    -87, -103,     -104,      FLT_MAX, -FLT_MAX};
    enum { COUNT = sizeof in / sizeof *in };
    for (size_t f = 0; f < FUNCTIONS; f++) {
        float out[COUNT];
        map_of(v, &functions[f])(out, in, COUNT);
        for (size_t i = 0; i < COUNT; i++)
            if (!(ulps(out[i], functions[f].exact(in[i])) <= functions[f].ulps))
                fail_msg("%s(%g) is %g", functions[f].name, (double)in[i], (double)out[i]);
    }
    float zero = -0.0f, out = 1;
    v->sin(&out, &zero, 1);
    assert_true(out == 0 && signbit(out));
    v->tanh(&out, &zero, 1);
    assert_true(out == 0 && signbit(out));
}

static void elementary_functions_give_the_same_bits_in_every_set_and_place(void **unused) {
    (void)unused;
    static float in[BLOCK], out[BLOCK], other[BLOCK];
    uint32_t bits = 12345;
    for (size_t i = 0; i < BLOCK; i++) in[i] = from_bits(bits = bits * 1664525u + 1013904223u);
    const dsc_kernels *set;
    for (size_t f = 0; f < FUNCTIONS; f++) {
        map_of(dsc_kernels_at(0)->vector, &functions[f])(out, in, BLOCK);
        for (size_t s = 0; (set = dsc_kernels_at(s)); s++) {
            for (size_t start = 0; start < BLOCK;) { /* in pieces of growing length, ending at a guard page */
                size_t count = start % 37 + 1;
                if (count > BLOCK - start) count = BLOCK - start;
                const guarded from = guarded_make(count * sizeof *in), to = guarded_make(count * sizeof *in);
                memcpy(from.data, in + start, count * sizeof *in);
                map_of(set->vector, &functions[f])(to.data, from.data, count);
                memcpy(other + start, to.data, count * sizeof *in);
                guarded_free(from);
                guarded_free(to);
                start += count;
            }
            for (size_t i = 0; i < BLOCK; i++)
                if (memcmp(&out[i], &other[i], sizeof *out) != 0 && !(isnan(out[i]) && isnan(other[i])))
                    fail_msg("%s of %s at %.9g", functions[f].name, set->name, (double)in[i]);
        }
    }
}

/* Sums in the documented order: sixteen lanes, then pairs. */
static float lanes_sum(const float *terms, size_t count) {
    float part[16] = {0};
    for (size_t i = 0; i < count; i++) part[i % 16] += terms[i];
    for (int apart = 8; apart > 0; apart /= 2)
        for (int i = 0; i < apart; i++) part[i] += part[i + apart];
    return part[0];
}

static void loops_do_what_they_say_with_the_same_bits_in_every_set(void **unused) {
    (void)unused;
    const dsc_kernels *set;
    for (size_t s = 0; (set = dsc_kernels_at(s)); s++) {
        const dsc_vector_kernels *v = set->vector;
        for (size_t count = 0; count < 70; count++) {
            const guarded ga = guarded_make(count * 4), gb = guarded_make(count * 4),
                          gc = guarded_make(count * 4);
            float *a = ga.data, *b = gb.data, *c = gc.data, terms[70];
            for (size_t i = 0; i < count; i++)
                a[i] = sinf((float)(i * i + 1)) * 3, b[i] = cosf((float)(i * 7)) - 0.5f;
#define EACH(call, expression)                                                                               \
    do {                                                                                                     \
        call;                                                                                                \
        for (size_t i = 0; i < count; i++)                                                                   \
            if (c[i] != (float)(expression)) fail_msg("%s: " #call " at %zu of %zu", set->name, i, count);   \
    } while (0)
            EACH(v->add(c, a, b, count), a[i] + b[i]);
            EACH(v->subtract(c, a, b, count), a[i] - b[i]);
            EACH(v->multiply(c, a, b, count), a[i] * b[i]);
            EACH(v->scale(c, a, 0.3f, count), a[i] * 0.3f);
            EACH(v->fill(c, 2.5f, count), 2.5f);
            EACH(v->relu(c, a, count), a[i] < 0 ? 0 : a[i]);
            EACH(v->relu_back(c, a, b, count), b[i] > 0 ? a[i] : 0);
            memcpy(c, b, count * 4);
            EACH(v->axpy(c, 0.7f, a, count), b[i] + (float)(0.7f * a[i]));
            for (size_t i = 0; i < count; i++) terms[i] = a[i];
            assert_true(v->sum(a, count) == lanes_sum(terms, count));
            for (size_t i = 0; i < count; i++) terms[i] = a[i] * a[i];
            assert_true(v->sum_squares(a, count) == lanes_sum(terms, count));
            for (size_t i = 0; i < count; i++) terms[i] = a[i] * b[i];
            assert_true(v->dot(a, b, count) == lanes_sum(terms, count));
            float most = -INFINITY;
            for (size_t i = 0; i < count; i++) most = a[i] > most ? a[i] : most;
            assert_true(v->max(a, count) == most);

            v->exp(terms, a, count);
            float exponentials[70];
            memcpy(exponentials, terms, sizeof terms);
            const float sum = lanes_sum(exponentials, count);
            assert_true(v->exp_sum(c, a, 0, count) == sum);
            assert_memory_equal(c, exponentials, count * 4);
            v->softmax(c, a, count);
            float total = 0;
            for (size_t i = 0; i < count; i++) {
                total += c[i];
                assert_true(fabsf(c[i] - exponentials[i] / sum) < 1e-6f);
            }
            if (count) assert_true(fabsf(total - 1) < 1e-5f);
            if (count) {
                a[count / 2] = NAN;
                assert_true(isnan(v->max(a, count)));
                v->relu(c, a, count);
                assert_true(isnan(c[count / 2]));
            }
            guarded_free(ga);
            guarded_free(gb);
            guarded_free(gc);
        }
    }
}

static void rows_are_summed_in_order_and_panels_transposed(void **unused) {
    (void)unused;
    const dsc_kernels *set;
    for (size_t s = 0; (set = dsc_kernels_at(s)); s++) {
        const dsc_vector_kernels *v = set->vector;
        for (size_t columns = 0; columns < 40; columns++) {
            enum { ROWS = 9 };
            const guarded gin = guarded_make(ROWS * columns * 4), gout = guarded_make(columns * 4);
            float *in = gin.data, *out = gout.data;
            for (size_t i = 0; i < ROWS * columns; i++) in[i] = sinf((float)i);
            for (int accumulate = 0; accumulate < 2; accumulate++) {
                for (size_t j = 0; j < columns; j++) out[j] = (float)j;
                v->sum_rows(out, in, (ptrdiff_t)columns, ROWS, columns, accumulate);
                for (size_t j = 0; j < columns; j++) {
                    float sum = accumulate ? (float)j : 0;
                    for (size_t i = 0; i < ROWS; i++) sum += in[i * columns + j];
                    assert_true(out[j] == sum);
                }
            }
            for (size_t rows = 0; rows <= 35; rows++) {
                const guarded from = guarded_make(rows * columns * 4), to = guarded_make(rows * columns * 4);
                for (size_t i = 0; i < rows * columns; i++) ((float *)from.data)[i] = (float)i;
                v->transpose(to.data, (ptrdiff_t)rows, from.data, (ptrdiff_t)columns, rows, columns);
                for (size_t j = 0; j < columns; j++)
                    for (size_t i = 0; i < rows; i++)
                        assert_true(((float *)to.data)[j * rows + i] == (float)(i * columns + j));
                guarded_free(from);
                guarded_free(to);
            }
            guarded_free(gin);
            guarded_free(gout);
        }
    }
}

static void bf16_is_rounded_and_widened_alike_in_every_set(void **unused) {
    (void)unused;
    static float in[BLOCK];
    uint32_t bits = 99;
    for (size_t i = 0; i < BLOCK; i++) in[i] = from_bits(bits = bits * 1664525u + 1013904223u);
    in[5] = from_bits(0x7f800001u); /* a NaN whose upper half alone would be infinity */
    const dsc_kernels *set;
    for (size_t s = 0; (set = dsc_kernels_at(s)); s++)
        for (size_t count = 1; count <= BLOCK; count = count * 2 + 1) {
            const guarded from = guarded_make(count * 4), halves = guarded_make(count * 2),
                          back = guarded_make(count * 4);
            memcpy(from.data, in, count * 4);
            set->vector->to_bf16(halves.data, from.data, count);
            set->vector->from_bf16(back.data, halves.data, count);
            for (size_t i = 0; i < count; i++) {
                const uint16_t half = ((uint16_t *)halves.data)[i];
                const float wide = ((float *)back.data)[i];
                assert_int_equal(half, dsc_bf16_from_float(in[i]));
                assert_true(isnan(in[i]) ? isnan(wide) : wide == dsc_bf16_to_float(half));
            }
            guarded_free(from);
            guarded_free(halves);
            guarded_free(back);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elementary_functions_keep_their_stated_errors),
        cmocka_unit_test(special_arguments_give_what_they_should),
        cmocka_unit_test(elementary_functions_give_the_same_bits_in_every_set_and_place),
        cmocka_unit_test(loops_do_what_they_say_with_the_same_bits_in_every_set),
        cmocka_unit_test(rows_are_summed_in_order_and_panels_transposed),
        cmocka_unit_test(bf16_is_rounded_and_widened_alike_in_every_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
