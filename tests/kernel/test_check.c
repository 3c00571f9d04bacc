/* SPDX-License-Identifier: MIT */
/* test_check.c: the checks of kernel sets accept the sets of this machine, and detect each function of a
 * set if it is wrong. */
#include "testing.h"

#include "kernel/check.h"
#include "kernel/gemm.h"
#include "kernel/sparse.h"
#include "kernel/tiles.h"
#include "kernel/vectors.h"

#include <time.h>

static void every_set_of_this_machine_is_right(void **unused) {
    (void)unused;
    const dsc_kernels *set;
    for (size_t i = 0; (set = dsc_kernels_at(i)); i++) {
        dsc_error error = {0};
        const char *wrong = dsc_kernels_check(set);
        if (wrong) fail_msg("%s: %s", set->name, wrong);
        ASSERT_OK(dsc_kernels_check_all(set, &error), error);
    }
}

/* Copies of a set, to be broken. */
static dsc_kernels set;
static dsc_vector_kernels vector;
static dsc_gemm_kernels f32, bf16;
static dsc_sparse_kernels sparse, sparse_pairs;
static dsc_tile_kernels of_tiles, of_tiles_pairs;

static void copy_set(const dsc_kernels *from) {
    vector = *from->vector;
    f32 = *from->f32;
    bf16 = *from->bf16;
    f32.vector = bf16.vector = &vector;
    sparse = *from->f32->sparse;
    f32.sparse = &sparse;
    if (bf16.sparse) {
        sparse_pairs = *bf16.sparse;
        bf16.sparse = &sparse_pairs;
    }
    if (f32.tiles) {
        of_tiles = *f32.tiles;
        f32.tiles = &of_tiles;
    }
    if (bf16.tiles) {
        of_tiles_pairs = *bf16.tiles;
        bf16.tiles = &of_tiles_pairs;
    }
    set = *from;
    set.vector = &vector;
    set.f32 = &f32;
    set.bf16 = &bf16;
}

/* Functions that do nothing, one of each type. */
static void no_map(dsc_real *out, const dsc_real *in, size_t n) { (void)out, (void)in, (void)n; }
static void no_two(dsc_real *out, const dsc_real *a, const dsc_real *b, size_t n) {
    (void)out, (void)a, (void)b, (void)n;
}
static dsc_real no_sum(const dsc_real *in, size_t n) { return (void)in, (void)n, (dsc_real)0; }
static dsc_real no_dot(const dsc_real *a, const dsc_real *b, size_t n) {
    return (void)a, (void)b, (void)n, (dsc_real)0;
}
static dsc_real no_exp_sum(dsc_real *out, const dsc_real *in, dsc_real shift, size_t n) {
    return (void)out, (void)in, (void)shift, (void)n, (dsc_real)0;
}
static void no_fill(dsc_real *out, dsc_real value, size_t n) { (void)out, (void)value, (void)n; }
static void no_scale(dsc_real *out, const dsc_real *in, dsc_real factor, size_t n) {
    (void)out, (void)in, (void)factor, (void)n;
}
static void no_axpy(dsc_real *y, dsc_real a, const dsc_real *x, size_t n) {
    (void)y, (void)a, (void)x, (void)n;
}
static void no_sum_rows(dsc_real *out, const dsc_real *in, ptrdiff_t row, size_t rows, size_t columns,
                        bool more) {
    (void)out, (void)in, (void)row, (void)rows, (void)columns, (void)more;
}
static void no_from_bf16(dsc_real *out, const uint16_t *in, size_t n) { (void)out, (void)in, (void)n; }
static void no_to_bf16(uint16_t *out, const dsc_real *in, size_t n) { (void)out, (void)in, (void)n; }
static void no_matrix(dsc_real *out, ptrdiff_t out_row, const dsc_real *in, ptrdiff_t in_row, size_t rows,
                      size_t columns) {
    (void)out, (void)out_row, (void)in, (void)in_row, (void)rows, (void)columns;
}
static void no_panels(dsc_real *out, ptrdiff_t panel, ptrdiff_t out_row, const dsc_real *in, ptrdiff_t in_row,
                      size_t rows, size_t columns) {
    (void)out, (void)panel, (void)out_row, (void)in, (void)in_row, (void)rows, (void)columns;
}
static void no_zip(void *out, ptrdiff_t panel, ptrdiff_t out_row, const uint16_t *in, ptrdiff_t in_row,
                   size_t pairs, size_t columns) {
    (void)out, (void)panel, (void)out_row, (void)in, (void)in_row, (void)pairs, (void)columns;
}
static void no_tile(size_t rows, size_t vectors, const dsc_micro_tile *tile) {
    (void)rows, (void)vectors, (void)tile;
}
static void no_round_row(void *words, const dsc_real *reals, size_t n) { (void)words, (void)reals, (void)n; }
static void no_round_pairs(void *words, const dsc_real *low, const dsc_real *high, size_t n) {
    (void)words, (void)low, (void)high, (void)n;
}
static void no_round_panels(void *words, ptrdiff_t panel, ptrdiff_t out_row, const dsc_real *in,
                            ptrdiff_t in_row, size_t pairs, size_t columns) {
    (void)words, (void)panel, (void)out_row, (void)in, (void)in_row, (void)pairs, (void)columns;
}

static void no_centred(double *restrict sum, double *restrict centred, const dsc_real *restrict x,
                       const dsc_real *restrict d, dsc_real mean, size_t n) {
    (void)sum, (void)centred, (void)x, (void)d, (void)mean, (void)n;
}
static void no_pool(dsc_real *restrict y, uint8_t *restrict place, const dsc_real *restrict x, size_t rows,
                    size_t columns, size_t width) {
    (void)y, (void)place, (void)x, (void)rows, (void)columns, (void)width;
}
static void no_pool_back(dsc_real *restrict dx, const dsc_real *restrict dy, const uint8_t *restrict place,
                         size_t rows, size_t columns, size_t width) {
    (void)dx, (void)dy, (void)place, (void)rows, (void)columns, (void)width;
}
static void no_pixels(dsc_real *restrict out, const dsc_real *restrict above, const dsc_real *restrict below,
                      size_t columns, size_t channels) {
    (void)out, (void)above, (void)below, (void)columns, (void)channels;
}
static void no_values(void *restrict out, size_t plane, const void *restrict in, size_t in_row, size_t tiles,
                      size_t channels) {
    (void)out, (void)plane, (void)in, (void)in_row, (void)tiles, (void)channels;
}
static void no_gradients(void *restrict out, size_t plane, size_t apart, const void *restrict in,
                         size_t in_row, size_t tiles, size_t channels) {
    (void)out, (void)plane, (void)apart, (void)in, (void)in_row, (void)tiles, (void)channels;
}
static void no_results(void *restrict out, size_t out_row, const dsc_real *restrict in, size_t plane,
                       const dsc_real *restrict bias, bool relu, size_t rows, size_t columns,
                       size_t channels) {
    (void)out, (void)out_row, (void)in, (void)plane, (void)bias, (void)relu;
    (void)rows, (void)columns, (void)channels;
}
static void no_pooled(void *restrict out, const dsc_real *restrict in, size_t plane,
                      const dsc_real *restrict bias, bool relu, size_t tiles, size_t channels) {
    (void)out, (void)in, (void)plane, (void)bias, (void)relu, (void)tiles, (void)channels;
}
static size_t no_words(uint32_t *where, dsc_real *values, const dsc_real *words, size_t first, size_t last) {
    return (void)where, (void)values, (void)words, (void)first, (void)last, (size_t)0;
}
static void no_add_words(dsc_real *y, const dsc_real *packed, size_t panel, const uint32_t *where,
                         const dsc_real *values, size_t count, size_t n, bool more) {
    (void)y, (void)packed, (void)panel, (void)where, (void)values, (void)count, (void)n, (void)more;
}
static void no_add_rows(dsc_real *y, size_t y_row, size_t panels, const dsc_real *x, size_t x_row,
                        size_t rows, size_t count, const dsc_real *packed, size_t panel, bool on) {
    (void)y, (void)y_row, (void)panels, (void)x, (void)x_row, (void)rows, (void)count;
    (void)packed, (void)panel, (void)on;
}
static void no_columns(uint64_t (*masks)[DSC_SPARSE_INPUTS], const dsc_real *x, size_t x_row, size_t samples,
                       size_t inputs) {
    (void)x, (void)x_row, (void)inputs;
    memset(masks, 0, (samples + DSC_SPARSE_CHUNK - 1) / DSC_SPARSE_CHUNK * sizeof *masks);
}
static void no_add_columns(dsc_real *y, size_t y_row, size_t panels, const dsc_real *x, size_t x_row,
                           size_t inputs, const uint64_t (*masks)[DSC_SPARSE_INPUTS], size_t chunks,
                           const dsc_real *packed, size_t panel, size_t strip, bool more) {
    (void)y, (void)y_row, (void)panels, (void)x, (void)x_row, (void)inputs, (void)masks, (void)chunks;
    (void)packed, (void)panel, (void)strip, (void)more;
}

/* Breaks function number `i` of the vectors; returns its name. */
#define SPOIL(number, member, wrong)                                                                         \
    case number:                                                                                             \
        vector.member = wrong;                                                                               \
        return #member;
enum { VECTORS = 33 };
_Static_assert(sizeof(dsc_vector_kernels) == VECTORS * sizeof(void (*)(void)), "every function is spoiled");
static const char *spoil_vectors(size_t i) {
    switch (i) {
        SPOIL(0, exp, no_map)
        SPOIL(1, log, no_map)
        SPOIL(2, tanh, no_map)
        SPOIL(3, sigmoid, no_map)
        SPOIL(4, erf, no_map)
        SPOIL(5, sin, no_map)
        SPOIL(6, cos, no_map)
        SPOIL(7, exp_sum, no_exp_sum)
        SPOIL(8, softmax, no_map)
        SPOIL(9, sum, no_sum)
        SPOIL(10, sum_squares, no_sum)
        SPOIL(11, dot, no_dot)
        SPOIL(12, max, no_sum)
        SPOIL(13, fill, no_fill)
        SPOIL(14, scale, no_scale)
        SPOIL(15, axpy, no_axpy)
        SPOIL(16, add, no_two)
        SPOIL(17, subtract, no_two)
        SPOIL(18, multiply, no_two)
        SPOIL(19, relu, no_map)
        SPOIL(20, relu_back, no_two)
        SPOIL(21, sum_rows, no_sum_rows)
        SPOIL(22, from_bf16, no_from_bf16)
        SPOIL(23, to_bf16, no_to_bf16)
        SPOIL(24, copy, no_map)
        SPOIL(25, copy_rows, no_matrix)
        SPOIL(26, transpose, no_matrix)
        SPOIL(27, copy_panels, no_panels)
        SPOIL(28, zip_halves, no_zip)
        SPOIL(29, sum_centred, no_centred)
        SPOIL(30, pool_2x2, no_pool)
        SPOIL(31, pool_2x2_back, no_pool_back)
        SPOIL(32, pool_pixels, no_pixels)
    default:
        return NULL;
    }
}

/* The same for the functions that skip zeros. */
enum { SPARSE = 5 };
_Static_assert(sizeof(dsc_sparse_kernels) == SPARSE * sizeof(void (*)(void)), "every function is spoiled");
#undef SPOIL
#define SPOIL(number, member, wrong)                                                                         \
    case number:                                                                                             \
        k->member = wrong;                                                                                   \
        return #member;
static const char *spoil_sparse(dsc_sparse_kernels *k, size_t i) {
    switch (i) {
        SPOIL(0, find_words, no_words)
        SPOIL(1, add_words, no_add_words)
        SPOIL(2, add_rows, no_add_rows)
        SPOIL(3, find_columns, no_columns)
        SPOIL(4, add_columns, no_add_columns)
    default:
        return NULL;
    }
}

/* The same for the transforms of tiles. */
enum { TILES = 4 };
_Static_assert(sizeof(dsc_tile_kernels) == TILES * sizeof(void (*)(void)), "every function is spoiled");
static const char *spoil_tiles(dsc_tile_kernels *k, size_t i) {
    switch (i) {
        SPOIL(0, values, no_values)
        SPOIL(1, gradients, no_gradients)
        SPOIL(2, sums, no_results)
        SPOIL(3, pooled, no_pooled)
    default:
        return NULL;
    }
}

static void found(const char *what) {
    dsc_error error = {0};
    if (dsc_kernels_check_all(&set, &error) != DSC_ERROR_MISMATCH)
        fail_msg("%s: a wrong %s is not found", set.name, what);
    ASSERT_MESSAGE(error, set.name);
}

static void the_long_check_finds_every_wrong_function(void **unused) {
    (void)unused;
    const dsc_kernels *from;
    const char *name;
    for (size_t i = 0; (from = dsc_kernels_at(i)); i++) {
        for (size_t f = 0; copy_set(from), name = spoil_vectors(f), name; f++) found(name);
        for (size_t f = 0; copy_set(from), name = spoil_sparse(&sparse, f), name; f++) found(name);
        for (size_t f = 0; copy_set(from), f32.tiles && (name = spoil_tiles(&of_tiles, f)); f++) found(name);
        for (size_t f = 0; copy_set(from), bf16.tiles && (name = spoil_tiles(&of_tiles_pairs, f)); f++)
            found(name);
        for (size_t f = 0; f < 2 && from->bf16->elements_per_word == 2; f++) {
            copy_set(from);
            name = spoil_sparse(&sparse_pairs, f);
            found(name);
        }
        copy_set(from);
        f32.tile = no_tile;
        found("f32 tile");
        copy_set(from);
        bf16.tile = no_tile;
        found("bf16 tile");
        copy_set(from);
        bf16.round_row = no_round_row;
        found("round_row");
        if (from->bf16->elements_per_word != 2) continue;
        copy_set(from);
        bf16.round_pairs = no_round_pairs;
        found("round_pairs");
        copy_set(from);
        bf16.round_panels = no_round_panels;
        found("round_panels");
    }
}

/* One wrong element in one size of tile, as a mistake of a compiler or a processor would cause. */
static const dsc_gemm_kernels *right;
static void tile_with_a_slip(size_t rows, size_t vectors, const dsc_micro_tile *tile) {
    right->tile(rows, vectors, tile);
    tile->c[(ptrdiff_t)(rows - 1) * tile->c_row + (ptrdiff_t)tile->columns - 1] += 1;
}
/* Right for plain matrices, wrong for patches read in place: it does not jump to the next row. */
static void tile_that_never_jumps(size_t rows, size_t vectors, const dsc_micro_tile *tile) {
    dsc_micro_tile wrong = *tile;
    wrong.a_jump = 0;
    right->tile(rows, vectors, &wrong);
}
static dsc_real exp_sum_with_a_slip(dsc_real *out, const dsc_real *in, dsc_real shift, size_t n) {
    return dsc_kernels_find("portable")->vector->exp_sum(out, in, shift, n) + (dsc_real)0x1p-16;
}

static void the_short_check_finds_what_it_looks_at(void **unused) {
    (void)unused;
    if (!dsc_kernels_at(1)) TEST_SKIP("this machine has the portable set alone, which is the reference");
    const dsc_kernels *from;
    for (size_t i = 1; (from = dsc_kernels_at(i)); i++) {
        copy_set(from);
        assert_null(dsc_kernels_check(&set));
        right = from->f32;
        f32.tile = tile_with_a_slip;
        assert_string_equal(dsc_kernels_check(&set), "its f32 product");
        copy_set(from);
        right = from->bf16;
        bf16.tile = tile_with_a_slip;
        assert_string_equal(dsc_kernels_check(&set), "its bf16 product");
        copy_set(from);
        right = from->f32;
        f32.tile = tile_that_never_jumps;
        assert_string_equal(dsc_kernels_check(&set), "its f32 convolution");
        if (from->bf16->elements_per_word == 2 && from->bf16->row_multiple == 1) { /* reads pairs in place */
            copy_set(from);
            right = from->bf16;
            bf16.tile = tile_that_never_jumps;
            assert_string_equal(dsc_kernels_check(&set), "its bf16 convolution");
        }
        copy_set(from);
        vector.exp_sum = exp_sum_with_a_slip;
        assert_string_equal(dsc_kernels_check(&set), "its reduction");
        for (size_t f = 0; copy_set(from), f32.tiles && spoil_tiles(&of_tiles, f); f++)
            assert_string_equal(dsc_kernels_check(&set), "its f32 convolution in tiles");
        for (size_t f = 0; copy_set(from), bf16.tiles && spoil_tiles(&of_tiles_pairs, f); f++)
            assert_string_equal(dsc_kernels_check(&set), "its bf16 convolution in tiles");
    }
}

static void the_short_check_takes_microseconds(void **unused) {
    (void)unused;
    const dsc_kernels *from;
    for (size_t i = 0; (from = dsc_kernels_at(i)); i++) {
        const clock_t start = clock();
        for (int k = 0; k < 100; k++) assert_null(dsc_kernels_check(from));
        const double each = 1e4 * (double)(clock() - start) / CLOCKS_PER_SEC;
        print_message("%s: %.0f microseconds\n", from->name, each);
        assert_true(each < 10000); /* a thousand times the usual time: sanitizers and emulators are slow */
    }
}

static void checks_without_memory_say_so(void **unused) {
    (void)unused;
    dsc_error error = {0};
    const dsc_kernels *from = dsc_kernels_at(0);
    bool more = true;
    for (long n = 0; more;
         n += n < 12 ? 1 : 301) { /* each product has several: a few of them are sufficient */
        testing_fail_allocation(n);
        const dsc_status status = dsc_kernels_check_all(from, &error);
        more = testing_allocation_failed();
        assert_int_equal(status, more ? DSC_ERROR_MEMORY : DSC_OK);
    }
    const long before = testing_allocations();
    assert_null(dsc_kernels_check(from));
    assert_int_equal(testing_allocations(), before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_set_of_this_machine_is_right),
        cmocka_unit_test(the_long_check_finds_every_wrong_function),
        cmocka_unit_test(the_short_check_finds_what_it_looks_at),
        cmocka_unit_test(the_short_check_takes_microseconds),
        cmocka_unit_test(checks_without_memory_say_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
