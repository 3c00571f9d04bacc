/* SPDX-License-Identifier: MIT */
/* baselines.c: the majority class, and nearest neighbours by matrix products.
 *
 * The squared distance is |a|^2 + |b|^2 - 2 a.b, where |a|^2 is the same for all neighbours of a. The matrix
 * kernels compute the products a.b, exactly: pixels are shifted by 128, so their magnitude is at most 128,
 * which fits the eight bits of bfloat16, and a sum over DEPTH of them stays within 2^24, below which floats
 * hold every integer. Sums over several such pieces are doubles, which are exact too. */
#include "measure/baselines.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/threads.h"
#include "kernel/choose.h"
#include "kernel/gemm.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = DSC_USUALLY(64, 2),   /* test images of a product */
    CHUNK = DSC_USUALLY(1024, 3), /* training images of a product */
    DEPTH = DSC_USUALLY(1024, 5), /* pixels of a product; at most 2^24 / 128^2 */
    SHIFT = 128,
    SEARCHED_LEAST = 100
};

typedef struct neighbour {
    double distance; /* squared, minus |a|^2 */
    size_t label;
} neighbour;

/* Data of one thread. */
typedef struct scratch {
    dsc_real *rows;     /* (BLOCK, pixels) */
    dsc_real *products; /* (BLOCK, CHUNK) */
    double *sums;       /* (BLOCK, CHUNK) */
    void *workspace;
} scratch;

typedef struct search {
    const dsc_dataset *training, *test;
    const dsc_gemm_kernels *kernels;
    dsc_threads *pool;
    size_t pixels, pieces, searched;
    dsc_gemm_plan plan;
    scratch *scratch;   /* (threads) */
    neighbour *nearest; /* (test, DSC_NEIGHBOURS), nearest first */
    /* of the current chunk: */
    size_t first, count;
    dsc_real *images; /* (CHUNK, pixels) */
    double *squares;  /* (CHUNK): |b|^2 */
    size_t *labels;   /* (CHUNK) */
    unsigned char *packed;
    size_t piece_bytes; /* of `packed`, for each piece */
} search;

/* --- the majority --- */

size_t dsc_majority_class(const dsc_dataset *data) {
    size_t counts[256] = {0}, best = 0;
    for (size_t i = 0; i < data->count; i++) counts[dsc_dataset_label(data, i)]++;
    for (size_t k = 1; k < 256; k++)
        if (counts[k] > counts[best]) best = k;
    return best;
}

/* --- a chunk of training images --- */

static void load(dsc_real *row, const uint8_t *image, size_t pixels) {
    for (size_t i = 0; i < pixels; i++) row[i] = (dsc_real)((int)image[i] - SHIFT);
}

static size_t piece_depth(const search *s, size_t piece) {
    const size_t first = piece * DEPTH;
    return s->pixels - first < DEPTH ? s->pixels - first : DEPTH;
}

static void load_chunk(void *context, size_t index, unsigned worker) {
    (void)worker;
    search *s = context;
    const size_t place = s->first + index;
    const size_t sample = (size_t)((double)place * (double)s->training->count / (double)s->searched);
    dsc_real *row = s->images + index * s->pixels;
    load(row, dsc_dataset_image(s->training, sample), s->pixels);
    double sum = 0;
    for (size_t i = 0; i < s->pixels; i++) sum += (double)row[i] * (double)row[i];
    s->squares[index] = sum;
    s->labels[index] = dsc_dataset_label(s->training, sample);
}

static void pack_piece(void *context, size_t piece, unsigned worker) {
    (void)worker;
    search *s = context;
    const dsc_packer packer = dsc_pack_matrix(s->images + piece * DEPTH, (ptrdiff_t)s->pixels, 1);
    dsc_pack(s->packed + piece * s->piece_bytes, s->kernels, DSC_SIDE_B, &packer, s->count,
             piece_depth(s, piece), 0, dsc_pack_panels(s->kernels, DSC_SIDE_B, s->count));
}

/* --- a block of test images against the chunk --- */

static void multiply(const search *s, const scratch *own, size_t rows) {
    for (size_t piece = 0; piece < s->pieces; piece++) {
        const dsc_packer packer = dsc_pack_matrix(own->rows + piece * DEPTH, (ptrdiff_t)s->pixels, 1);
        const dsc_gemm gemm = {.rows = rows,
                               .columns = s->count,
                               .depth = piece_depth(s, piece),
                               .a = {.packer = &packer},
                               .b = {.is_packed = true, .packed = s->packed + piece * s->piece_bytes},
                               .c = own->products,
                               .c_row = CHUNK};
        dsc_gemm_run(&s->plan, &gemm, 0, s->plan.tiles, own->workspace);
        for (size_t i = 0; i < rows; i++)
            for (size_t k = 0; k < s->count; k++) {
                const size_t at = i * CHUNK + k;
                own->sums[at] = (piece ? own->sums[at] : 0) + (double)own->products[at];
            }
    }
}

/* Chunks come in the order of the training images, so a neighbour never displaces an earlier one at equal
 * distance. */
static void insert(neighbour nearest[DSC_NEIGHBOURS], double distance, size_t label) {
    size_t at = DSC_NEIGHBOURS - 1;
    for (; at && distance < nearest[at - 1].distance; at--) nearest[at] = nearest[at - 1];
    nearest[at] = (neighbour){distance, label};
}

static void search_block(void *context, size_t index, unsigned worker) {
    search *s = context;
    const scratch *own = &s->scratch[worker];
    const size_t first = index * BLOCK;
    const size_t rows = s->test->count - first < BLOCK ? s->test->count - first : BLOCK;
    for (size_t i = 0; i < rows; i++)
        load(own->rows + i * s->pixels, dsc_dataset_image(s->test, first + i), s->pixels);
    multiply(s, own, rows);
    for (size_t i = 0; i < rows; i++) {
        neighbour *nearest = s->nearest + (first + i) * DSC_NEIGHBOURS;
        for (size_t k = 0; k < s->count; k++) {
            const double distance = s->squares[k] - 2 * own->sums[i * CHUNK + k];
            if (distance < nearest[DSC_NEIGHBOURS - 1].distance) insert(nearest, distance, s->labels[k]);
        }
    }
}

/* Fewer training images than neighbours leave places empty. */
static size_t vote(const neighbour nearest[DSC_NEIGHBOURS]) {
    size_t best = nearest[0].label, most = 0;
    for (size_t i = 0; i < DSC_NEIGHBOURS && isfinite(nearest[i].distance); i++) {
        size_t votes = 0;
        for (size_t k = 0; k < DSC_NEIGHBOURS; k++)
            votes += isfinite(nearest[k].distance) && nearest[k].label == nearest[i].label;
        if (votes <= most) continue;
        most = votes;
        best = nearest[i].label;
    }
    return best;
}

/* --- entry points --- */

static dsc_status make_scratch(search *s, dsc_error *error) {
    const unsigned threads = dsc_threads_count(s->pool);
    s->scratch = dsc_allocate(threads, sizeof *s->scratch);
    if (!s->scratch) return dsc_fail_memory(error, sizeof *s->scratch, "a search for neighbours");
    for (unsigned i = 0; i < threads; i++) {
        scratch *own = &s->scratch[i];
        own->rows = dsc_allocate_aligned(BLOCK * s->pixels, sizeof *own->rows);
        own->products = dsc_allocate_aligned((size_t)BLOCK * CHUNK, sizeof *own->products);
        own->sums = dsc_allocate_aligned((size_t)BLOCK * CHUNK, sizeof *own->sums);
        own->workspace = dsc_allocate_aligned(s->plan.workspace + 1, 1);
        if (!own->rows || !own->products || !own->sums || !own->workspace)
            return dsc_fail_memory(error, BLOCK * s->pixels * sizeof *own->rows, "a search for neighbours");
    }
    return DSC_OK;
}

static dsc_status prepare(search *s, unsigned threads, dsc_error *error) {
    dsc_kernels_choice choice;
    dsc_status status = dsc_kernels_choose(&choice, NULL, error);
    if (!status) status = dsc_threads_create(&s->pool, threads, error);
    if (status) return status;
    s->kernels = choice.bf16 ? choice.kernels->bf16 : choice.kernels->f32;
    s->pixels = s->training->image_size;
    s->pieces = (s->pixels + DEPTH - 1) / DEPTH;
    s->piece_bytes = (dsc_pack_size(s->kernels, DSC_SIDE_B, CHUNK, DEPTH) + 63) / 64 * 64;
    const dsc_packer packer = dsc_pack_matrix(NULL, (ptrdiff_t)s->pixels, 1);
    const dsc_gemm gemm = {.rows = BLOCK,
                           .columns = CHUNK,
                           .depth = DEPTH,
                           .a = {.packer = &packer},
                           .b = {.is_packed = true},
                           .c_row = CHUNK};
    dsc_gemm_plan_make(&s->plan, s->kernels, &gemm, 1);
    s->images = dsc_allocate_aligned(CHUNK * s->pixels, sizeof *s->images);
    s->packed = dsc_allocate_aligned(s->pieces, s->piece_bytes);
    s->squares = dsc_allocate(CHUNK, sizeof *s->squares);
    s->labels = dsc_allocate(CHUNK, sizeof *s->labels);
    s->nearest = dsc_allocate(s->test->count, DSC_NEIGHBOURS * sizeof *s->nearest);
    if (!s->images || !s->packed || !s->squares || !s->labels || !s->nearest)
        return dsc_fail_memory(error, CHUNK * s->pixels * sizeof *s->images, "a search for neighbours");
    for (size_t i = 0; i < s->test->count * DSC_NEIGHBOURS; i++)
        s->nearest[i] = (neighbour){(double)INFINITY, 0};
    return make_scratch(s, error);
}

static void release(search *s) {
    for (unsigned i = 0; s->scratch && i < dsc_threads_count(s->pool); i++) {
        free(s->scratch[i].rows);
        free(s->scratch[i].products);
        free(s->scratch[i].sums);
        free(s->scratch[i].workspace);
    }
    free(s->scratch);
    free(s->nearest);
    free(s->images);
    free(s->squares);
    free(s->labels);
    free(s->packed);
    dsc_threads_free(s->pool);
}

static size_t choose_searched(const search *s, double work) {
    const double one = (double)s->test->count * (double)s->training->image_size;
    const double most = fmax(SEARCHED_LEAST, floor((work > 0 ? work : DSC_NEIGHBOUR_WORK) / one));
    return most < (double)s->training->count ? (size_t)most : s->training->count;
}

static void take_answers(dsc_baselines *b, const search *s) {
    for (size_t i = 0; i < b->count; i++) {
        const size_t label = dsc_dataset_label(s->test, i);
        b->neighbours[i] = (uint16_t)vote(s->nearest + i * DSC_NEIGHBOURS);
        b->neighbours_right += b->neighbours[i] == label;
        b->majority_right += b->majority == label;
    }
}

dsc_status dsc_baselines_measure(dsc_baselines *baselines, const dsc_dataset *training,
                                 const dsc_dataset *test, double work, unsigned threads,
                                 int (*on_progress)(void *user, size_t done, size_t total), void *user,
                                 dsc_error *error) {
    search s = {.training = training, .test = test};
    *baselines = (dsc_baselines){.count = test->count, .training = training->count};
    char a[DSC_SHAPE_TEXT_SIZE], b[DSC_SHAPE_TEXT_SIZE];
    if (memcmp(training->shape, test->shape, sizeof training->shape) != 0)
        return dsc_fail(error, DSC_ERROR_MISMATCH,
                        "%s: expected images of %s, as those of %s are, found %s; use sets that belong "
                        "together",
                        test->name, dsc_shape_text(a, 3, training->shape), training->name,
                        dsc_shape_text(b, 3, test->shape));
    if (training->type != DSC_U8 || test->type != DSC_U8 || !training->images || !test->images)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "%s: the neighbour search works only on bytes in memory; give such images",
                        test->name);
    s.searched = baselines->searched = choose_searched(&s, work);
    baselines->majority = dsc_majority_class(training);
    baselines->neighbours = dsc_allocate(test->count, sizeof *baselines->neighbours);
    dsc_status status = baselines->neighbours
                            ? prepare(&s, threads, error)
                            : dsc_fail_memory(error, test->count, "a search for neighbours");
    for (s.first = 0; !status && s.first < s.searched; s.first += CHUNK) {
        s.count = s.searched - s.first < CHUNK ? s.searched - s.first : CHUNK;
        dsc_threads_run(s.pool, s.count, load_chunk, &s);
        dsc_threads_run(s.pool, s.pieces, pack_piece, &s);
        dsc_threads_run(s.pool, (test->count + BLOCK - 1) / BLOCK, search_block, &s);
        if (on_progress && on_progress(user, s.first + s.count, s.searched))
            status = dsc_fail(error, DSC_ERROR_STOPPED, "the search for neighbours was stopped");
    }
    if (!status) take_answers(baselines, &s);
    release(&s);
    return status;
}

void dsc_baselines_clear(dsc_baselines *baselines) {
    free(baselines->neighbours);
    *baselines = (dsc_baselines){0};
}
