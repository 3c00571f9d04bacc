/* SPDX-License-Identifier: MIT */
/* check.c: the short check of a kernel set; see check.h. The long check is in check_all.c. */
#include "kernel/check.h"

#include "kernel/check_numbers.h"
#include "kernel/sets.h"
#include "kernel/vectors.h"

#include <string.h>

/* Large enough to reach the largest micro-tiles and the remainders beside them. The depth is odd. */
enum { ROWS = 17, COLUMNS = 17, DEPTH = 35 };
/* Images of HEIGHT x WIDTH x CHANNELS, channels last, padding included. */
enum { HEIGHT = 5, WIDTH = 9, CHANNELS = 4, KERNEL = 3, FILTERS = 18 };
enum { PIXELS = (HEIGHT - KERNEL + 1) * (WIDTH - KERNEL + 1), PLACES = KERNEL * KERNEL * CHANNELS };
enum { COUNT = 75 }; /* length of a reduction: whole vectors of any set, and a remainder */
enum { MOST = 700 }; /* elements in the largest array */
/* A convolution whose patches AMX tiles read in place: a kernel row is a whole number of steps of depth. */
enum { LINE_HEIGHT = 3, LINE_WIDTH = 4, LINE_CHANNELS = 32, LINE_KERNEL = 2, LINE_FILTERS = 2, BEYOND = 15 };
_Static_assert(ROWS *DEPTH <= MOST && COLUMNS * DEPTH <= MOST && 16 * COLUMNS <= MOST &&
                   FILTERS * PLACES <= MOST && PIXELS * FILTERS <= MOST &&
                   HEIGHT * WIDTH * CHANNELS <= MOST && LINE_HEIGHT * LINE_WIDTH * LINE_CHANNELS <= MOST &&
                   LINE_FILTERS * LINE_KERNEL * LINE_KERNEL * LINE_CHANNELS <= MOST,
               "arrays that hold every operand");

typedef struct room {
    _Alignas(64) unsigned char packed[16 << 10], workspace[14 << 10];
    dsc_real a[MOST], b[MOST], right[MOST], c[MOST], bias[COLUMNS];
    uint16_t halves[(LINE_HEIGHT * LINE_WIDTH + BEYOND) * LINE_CHANNELS];
} room;
_Static_assert(sizeof(room) <= 56 << 10, "the stack that check.h names");

/* Computes C of `gemm` with B packed beforehand. Returns false if `r` is too small, which is a bug. */
static bool multiply(dsc_real *c, dsc_gemm gemm, const dsc_gemm_kernels *k, room *r) {
    dsc_gemm_plan plan;
    if (dsc_pack_size(k, DSC_SIDE_B, gemm.columns, gemm.depth) > sizeof r->packed) return false;
    dsc_pack(r->packed, k, DSC_SIDE_B, gemm.b.packer, gemm.columns, gemm.depth, 0,
             dsc_pack_panels(k, DSC_SIDE_B, gemm.columns));
    gemm.b = (dsc_operand){.is_packed = true, .packed = r->packed};
    gemm.c = c;
    gemm.c_row = (ptrdiff_t)gemm.columns;
    dsc_gemm_plan_make(&plan, k, &gemm, 1);
    if (plan.workspace > sizeof r->workspace) return false;
    for (size_t i = 0; i < gemm.rows * gemm.columns; i++) c[i] = (dsc_real)i; /* values to accumulate on */
    dsc_gemm_run(&plan, &gemm, 0, plan.tiles, r->workspace);
    return true;
}

static bool same_bits(const void *a, const void *b, size_t bytes) { return !memcmp(a, b, bytes); }

static bool agree(const dsc_gemm *gemm, const dsc_gemm_kernels *k, const dsc_gemm_kernels *reference,
                  room *r) {
    return multiply(r->right, *gemm, reference, r) && multiply(r->c, *gemm, k, r) &&
           same_bits(r->right, r->c, gemm->rows * gemm->columns * sizeof *r->c);
}

static bool product_is_right(const dsc_gemm_kernels *k, const dsc_gemm_kernels *reference, room *r) {
    dsc_check_numbers numbers = dsc_check_numbers_begin(1, k->rounds);
    dsc_check_fill(r->a, ROWS * DEPTH, &numbers);
    dsc_check_fill(r->b, COLUMNS * DEPTH, &numbers);
    dsc_check_fill(r->bias, COLUMNS, &numbers);
    const dsc_packer a = dsc_pack_matrix(r->a, DEPTH, 1), b = dsc_pack_matrix(r->b, DEPTH, 1);
    const dsc_gemm gemm = {.rows = ROWS,
                           .columns = COLUMNS,
                           .depth = DEPTH,
                           .a.packer = &a,
                           .b.packer = &b,
                           .accumulate = true,
                           .bias_columns = r->bias,
                           .relu = true};
    return agree(&gemm, k, reference, r);
}

static bool convolution_is_right(const dsc_gemm_kernels *k, const dsc_gemm_kernels *reference, room *r) {
    dsc_check_numbers numbers = dsc_check_numbers_begin(2, false);
    dsc_packer_patches patches;
    dsc_check_fill(r->a, HEIGHT * WIDTH * CHANNELS, &numbers);
    dsc_check_fill(r->b, FILTERS * PLACES, &numbers);
    for (size_t i = 0; i < HEIGHT * WIDTH * CHANNELS; i++) r->halves[i] = dsc_bf16_from_float((float)r->a[i]);
    dsc_pack_patches_init(&patches, k->rounds ? (const void *)r->halves : r->a, k->rounds);
    patches.channels = CHANNELS, patches.height = HEIGHT, patches.width = WIDTH;
    patches.kernel_height = patches.kernel_width = KERNEL;
    patches.output_height = HEIGHT - KERNEL + 1, patches.output_width = WIDTH - KERNEL + 1;
    const dsc_packer weights = dsc_pack_matrix(r->b, PLACES, 1);
    const dsc_gemm gemm = {.rows = PIXELS,
                           .columns = FILTERS,
                           .depth = PLACES,
                           .a.packer = &patches.packer,
                           .b.packer = &weights};
    return agree(&gemm, k, reference, r);
}

/* Fills the room behind the last patch with NaN: the product may read it but must not use it. */
static bool patches_in_line_are_right(const dsc_gemm_kernels *k, const dsc_gemm_kernels *reference, room *r) {
    enum {
        NUMBERS = LINE_HEIGHT * LINE_WIDTH * LINE_CHANNELS,
        DEPTHS = LINE_KERNEL * LINE_KERNEL * LINE_CHANNELS
    };
    dsc_check_numbers numbers = dsc_check_numbers_begin(4, false);
    dsc_packer_patches patches;
    dsc_check_fill(r->a, NUMBERS, &numbers);
    dsc_check_fill(r->b, LINE_FILTERS * DEPTHS, &numbers);
    memset(r->halves, 0xff, sizeof r->halves);
    for (size_t i = 0; i < NUMBERS; i++) r->halves[i] = dsc_bf16_from_float((float)r->a[i]);
    dsc_pack_patches_init(&patches, r->halves, true);
    patches.packer.beyond = BEYOND;
    patches.channels = LINE_CHANNELS, patches.height = LINE_HEIGHT, patches.width = LINE_WIDTH;
    patches.kernel_height = patches.kernel_width = LINE_KERNEL;
    patches.output_height = 1;
    patches.output_width = (LINE_HEIGHT - LINE_KERNEL) * LINE_WIDTH + LINE_WIDTH - LINE_KERNEL + 1;
    const dsc_packer weights = dsc_pack_matrix(r->b, DEPTHS, 1);
    const dsc_gemm gemm = {.rows = patches.output_width,
                           .columns = LINE_FILTERS,
                           .depth = DEPTHS,
                           .a.packer = &patches.packer,
                           .b.packer = &weights};
    return agree(&gemm, k, reference, r);
}

static bool reduction_is_right(const dsc_vector_kernels *v, const dsc_vector_kernels *reference, room *r) {
    dsc_check_numbers numbers = dsc_check_numbers_begin(3, true);
    dsc_check_fill(r->a, COUNT, &numbers);
    const dsc_real largest = v->max(r->a, COUNT);
    const dsc_real sums[2] = {v->exp_sum(r->c, r->a, largest, COUNT), v->sum(r->a, COUNT)};
    const dsc_real right[2] = {reference->exp_sum(r->right, r->a, reference->max(r->a, COUNT), COUNT),
                               reference->sum(r->a, COUNT)};
    return same_bits(sums, right, sizeof sums) && same_bits(r->c, r->right, COUNT * sizeof *r->c);
}

/* Whether r->c, in the product's elements, has the numbers of r->right. */
static bool same_elements(const room *r, const dsc_gemm_kernels *k, size_t count) {
    const uint16_t *halves = (const uint16_t *)(const void *)r->c;
    if (k->elements_per_word == 1) return same_bits(r->c, r->right, count * sizeof *r->c);
    for (size_t i = 0; i < count; i++)
        if (halves[i] != dsc_bf16_from_float((float)r->right[i])) return false;
    return true;
}

/* The transforms of one tile of a 3 x 3 convolution, forward and backward: COLUMNS channels. */
static bool tiles_are_right(const dsc_gemm_kernels *k, room *r) {
    const dsc_tile_kernels *v = k->tiles, *reference = &dsc_tiles_portable;
    if (!v) return true;
    const size_t all = (size_t)16 * COLUMNS;
    const void *in = k->elements_per_word == 2 ? (const void *)r->halves : r->a;
    dsc_check_numbers numbers = dsc_check_numbers_begin(5, false);
    dsc_check_fill(r->a, all, &numbers); /* exact in bfloat16 */
    dsc_check_fill(r->bias, COLUMNS, &numbers);
    for (size_t i = 0; i < all; i++) r->halves[i] = dsc_bf16_from_float((float)r->a[i]);
    v->values(r->c, COLUMNS, in, 4 * COLUMNS, 1, COLUMNS);
    reference->values(r->right, COLUMNS, r->a, 4 * COLUMNS, 1, COLUMNS);
    if (!same_elements(r, k, all)) return false;
    v->gradients(r->c, COLUMNS, COLUMNS, in, 2 * COLUMNS, 1, COLUMNS);
    reference->gradients(r->right, COLUMNS, COLUMNS, r->a, 2 * COLUMNS, 1, COLUMNS);
    if (!same_elements(r, k, all)) return false;
    v->sums(r->c, 2 * COLUMNS, r->a, COLUMNS, r->bias, true, 2, 2, COLUMNS);
    reference->sums(r->right, 2 * COLUMNS, r->a, COLUMNS, r->bias, true, 2, 2, COLUMNS);
    if (!same_elements(r, k, (size_t)4 * COLUMNS)) return false;
    v->pooled(r->c, r->a, COLUMNS, r->bias, true, 1, COLUMNS);
    reference->pooled(r->right, r->a, COLUMNS, r->bias, true, 1, COLUMNS);
    return same_elements(r, k, COLUMNS);
}

const char *dsc_kernels_check(const dsc_kernels *set) {
    const dsc_kernels *portable = dsc_kernels_find("portable");
    if (set == portable) return NULL;
    room r;
    if (!product_is_right(set->f32, portable->f32, &r)) return "its f32 product";
    if (!product_is_right(set->bf16, portable->bf16, &r)) return "its bf16 product";
    if (!convolution_is_right(set->f32, portable->f32, &r)) return "its f32 convolution";
    if (!convolution_is_right(set->bf16, portable->bf16, &r) ||
        (set->bf16->rounds && !patches_in_line_are_right(set->bf16, portable->bf16, &r)))
        return "its bf16 convolution";
    if (!reduction_is_right(set->vector, portable->vector, &r)) return "its reduction";
    if (!tiles_are_right(set->f32, &r)) return "its f32 convolution in tiles";
    if (!tiles_are_right(set->bf16, &r)) return "its bf16 convolution in tiles";
    return NULL;
}
