/* SPDX-License-Identifier: MIT */
/* matmul.c: the product with a weight, as dense layers have it.
 *
 *   x (..., K), w (N, K), b (N)  ->  y (..., N)
 *   y = x w^T + b        dx = dy w        dw = dy^T x        db = the sum of dy over all rows
 *
 * The weight is packed once a step, for y and for dx, and shared by all lanes. Its gradient is computed by
 * tiles over the whole batch: no lane has a copy of it.
 */
#include "op/matmul_columns.h"

#include "base/limits.h"
#include "kernel/gemm_pack.h"
#include "op/matmul_sizes.h"
#include "op/matmul_sparse.h"
#include "op/matmul_weight.h"

typedef struct matmul_values {
    bool relu; /* no parameter: set for inference alone, by absorb */
} matmul_values;

static bool absorb(void *values, const dsc_op *next, const void *next_values) {
    (void)next_values;
    if (!(next->flags & DSC_OP_RELU)) return false;
    return ((matmul_values *)values)->relu = true;
}
static bool has_relu(const dsc_call *call) {
    return call->values && ((const matmul_values *)call->values)->relu;
}

static dsc_status shapes(dsc_shape_rule *rule, dsc_error *error) {
    const dsc_shape *x = &rule->in[0], *w = &rule->in[1];
    if (!x->rank || w->rank != 2 || w->size[1] != x->size[x->rank - 1])
        return dsc_fail(
            error, DSC_ERROR_ARGUMENT,
            "expected values (..., K), a weight (N, K) and a bias (N): the last size must be the weight's");
    if (rule->input_count == 3 && (rule->in[2].rank != 1 || rule->in[2].size[0] != w->size[0]))
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "expected a bias (%zu), found %s", w->size[0],
                        DSC_SHAPE_TEXT(&rule->in[2]));
    rule->out[0] = *x;
    rule->out[0].size[x->rank - 1] = w->size[0];
    rule->multiply_adds = (double)dsc_shape_count(x) * (double)w->size[0];
    dsc_status status = dsc_expect_role(rule, 0, DSC_ROLE_SAMPLE, "the input", error);
    if (!status) status = dsc_expect_role(rule, 1, DSC_ROLE_PARAMETER, "the weight", error);
    if (!status && rule->input_count == 3)
        status = dsc_expect_role(rule, 2, DSC_ROLE_PARAMETER, "the bias", error);
    return status;
}

/* shared: the weight packed for y, then the weight packed for dx. */
static size_t packed_size(const dsc_gemm_kernels *product, const dsc_matmul_sizes *s) {
    size_t bytes = dsc_pack_size(product, DSC_SIDE_B, s->n, s->k);
    return (bytes + DSC_ALIGNMENT - 1) / DSC_ALIGNMENT * DSC_ALIGNMENT;
}

static dsc_packer weight_for_y(const dsc_real *w, const dsc_matmul_sizes *s) {
    return dsc_pack_matrix(w, (ptrdiff_t)s->k, 1);
}
static dsc_packer weight_for_dx(const dsc_real *w, const dsc_matmul_sizes *s) {
    return dsc_pack_matrix(w, 1, (ptrdiff_t)s->k);
}

enum { PANELS_A_TILE = 4 };

static size_t prepare_tiles(const dsc_call *call) {
    dsc_matmul_sizes s = dsc_matmul_sizes_of(call->in_shape);
    size_t panels = dsc_pack_panels(call->product, DSC_SIDE_B, s.n);
    if (call->wants & 1) panels += dsc_pack_panels(call->product, DSC_SIDE_B, s.k);
    return (panels + PANELS_A_TILE - 1) / PANELS_A_TILE;
}

static void prepare(const dsc_call *call) {
    dsc_matmul_sizes s = dsc_matmul_sizes_of(call->in_shape);
    dsc_packer y = weight_for_y(call->in[1], &s), dx = weight_for_dx(call->in[1], &s);
    size_t first = call->tile * PANELS_A_TILE, last = first + PANELS_A_TILE;
    size_t y_panels = dsc_pack_panels(call->product, DSC_SIDE_B, s.n);
    size_t dx_panels = call->wants & 1 ? dsc_pack_panels(call->product, DSC_SIDE_B, s.k) : 0;
    unsigned char *for_y = call->shared, *for_dx = for_y + packed_size(call->product, &s);
    if (first < y_panels)
        dsc_pack(for_y, call->product, DSC_SIDE_B, &y, s.n, s.k, first, last < y_panels ? last : y_panels);
    if (last <= y_panels) return;
    first = first > y_panels ? first - y_panels : 0;
    last = last - y_panels < dx_panels ? last - y_panels : dx_panels;
    if (first < last) dsc_pack(for_dx, call->product, DSC_SIDE_B, &dx, s.k, s.n, first, last);
}

/* The three products. Their plans follow from sizes alone, so they are made where they are used. */

static dsc_gemm product_y(const dsc_call *call, const dsc_matmul_sizes *s, const dsc_packer *x) {
    return (dsc_gemm){.rows = call->count * s->rows,
                      .columns = s->n,
                      .depth = s->k,
                      .a = {.packer = x},
                      .b = {.packed = call->shared},
                      .c = call->out ? call->out[0] : NULL,
                      .c_row = (ptrdiff_t)s->n,
                      .bias_columns = call->input_count == 3 && call->in ? call->in[2] : NULL};
}

static dsc_gemm product_dx(const dsc_call *call, const dsc_matmul_sizes *s, const dsc_packer *dy) {
    return (dsc_gemm){.rows = call->count * s->rows,
                      .columns = s->k,
                      .depth = s->n,
                      .a = {.packer = dy},
                      .b = {.packed = (unsigned char *)call->shared + packed_size(call->product, s)},
                      .c = call->d_in ? call->d_in[0] : NULL,
                      .c_row = (ptrdiff_t)s->k};
}

/* --- a large weight in training: shared out by its panels --- */

/* Each lane would read the whole weight. Where no core's cache holds it, it is read once, for the whole batch, by tiles of which
 * each reads the other operand. The bits are the same. */
enum {
    LARGE = DSC_USUALLY(500000, 1),
    A_TILE = DSC_USUALLY(60000, 1) /* numbers of the weight */,
    TILES_MOST = 16
};

static size_t panel_tiles(const dsc_gemm_kernels *product, const dsc_matmul_sizes *s, size_t columns) {
    const size_t tiles = dsc_smaller(s->n * s->k / A_TILE + 1, TILES_MOST);
    return dsc_smaller(tiles, dsc_pack_panels(product, DSC_SIDE_B, columns));
}

/* By what is read: the weight once for each lane, or the other operand once for each tile. `columns` are the product's. */
static bool goes_by_panels(const dsc_needs *needs, const dsc_matmul_sizes *s, size_t columns) {
    return needs->training && (needs->wants & 1) && s->rows == 1 && s->n * s->k >= LARGE &&
           2 * panel_tiles(needs->product, s, columns) * needs->batch <= needs->lanes * columns;
}

static size_t forward_panels_tiles(const dsc_call *call) {
    const dsc_matmul_sizes s = dsc_matmul_sizes_of(call->in_shape);
    return panel_tiles(call->product, &s, s.n);
}
static size_t backward_panels_tiles(const dsc_call *call) {
    const dsc_matmul_sizes s = dsc_matmul_sizes_of(call->in_shape);
    return panel_tiles(call->product, &s, s.k);
}

/* A tile's columns of a product. */
static void run_panels(const dsc_call *call, dsc_gemm *gemm) {
    const size_t width = call->product->width;
    const size_t panels = dsc_pack_panels(call->product, DSC_SIDE_B, gemm->columns);
    const size_t first = call->tile * panels / call->tiles, last = (call->tile + 1) * panels / call->tiles;
    gemm->columns = dsc_smaller(last * width, gemm->columns) - first * width;
    gemm->b.packed =
        (const unsigned char *)gemm->b.packed + first * dsc_gemm_panel_bytes(call->product, gemm->depth);
    gemm->c += first * width;
    if (gemm->bias_columns) gemm->bias_columns += first * width;
    dsc_matmul_run(call, gemm);
}

static void forward_panels(const dsc_call *call) {
    const dsc_matmul_sizes s = dsc_matmul_sizes_of(call->in_shape);
    const dsc_packer x = dsc_pack_matrix(call->in[0], (ptrdiff_t)s.k, 1);
    dsc_gemm gemm = product_y(call, &s, &x);
    run_panels(call, &gemm);
}

static void backward_panels(const dsc_call *call) {
    if (!call->d_in[0]) return;
    const dsc_matmul_sizes s = dsc_matmul_sizes_of(call->in_shape);
    const dsc_packer dy = dsc_pack_matrix(call->d_out[0], (ptrdiff_t)s.n, 1);
    dsc_gemm gemm = product_dx(call, &s, &dy);
    run_panels(call, &gemm);
}

static const dsc_stage forward_panels_stages[] = {{DSC_STAGE_TILES, forward_panels, forward_panels_tiles, 0},
                                                  {0}};
static const dsc_stage backward_panels_stages[] = {
    {DSC_STAGE_TILES, backward_panels, backward_panels_tiles, 1},
    {DSC_STAGE_TILES, dsc_matmul_weight, dsc_matmul_weight_tiles, 2 | 4},
    {0}};

/* --- one row alone: zeros left out, and a large weight shared by threads --- */

/* A tile is of several panels, whose sums a processor makes side by side. */
enum {
    SINGLE_TILES = 8,
    PANELS_TOGETHER = DSC_USUALLY(4, 1),
    WORTH_SHARING = DSC_USUALLY(200000, 1) /* multiply-adds */
};

static dsc_sparse_row sparse_row_of(const dsc_call *call, const dsc_matmul_sizes *s) {
    return (dsc_sparse_row){.x = call->in[0],
                            .packed = call->shared,
                            .bias = call->input_count == 3 ? call->in[2] : NULL,
                            .depth = s->k,
                            .n = s->n,
                            .relu = has_relu(call),
                            .kernels = call->kernels,
                            .product = call->product};
}

static size_t single_tiles(const dsc_call *call) {
    const size_t panels = dsc_pack_panels(call->product, DSC_SIDE_B, dsc_matmul_sizes_of(call->in_shape).n);
    const size_t tiles = (panels + PANELS_TOGETHER - 1) / PANELS_TOGETHER;
    return tiles < SINGLE_TILES ? tiles : SINGLE_TILES;
}

static void forward_single(const dsc_call *call) {
    const dsc_matmul_sizes s = dsc_matmul_sizes_of(call->in_shape);
    const dsc_sparse_row row = sparse_row_of(call, &s);
    const size_t width = call->product->width, panels = dsc_pack_panels(call->product, DSC_SIDE_B, s.n);
    const size_t first = call->tile * panels / call->tiles * width,
                 last = (call->tile + 1) * panels / call->tiles * width;
    dsc_sparse_row_run(call->out[0], &row, first, last < s.n ? last : s.n, call->scratch);
}

static const dsc_stage single_stages[] = {{DSC_STAGE_TILES, forward_single, single_tiles, 0}, {0}};

static void needs(dsc_needs *needs) {
    dsc_matmul_sizes s = dsc_matmul_sizes_of(needs->in);
    if (dsc_matmul_columns_serve(needs)) {
        dsc_matmul_columns_needs(needs);
        needs->scratch = dsc_larger(needs->scratch, dsc_matmul_weight_scratch(needs));
        return;
    }
    needs->saved_shared = packed_size(needs->product, &s);
    if (dsc_sparse_serves(needs->kernels, needs->product)) needs->scratch = dsc_sparse_row_scratch(s.k);
    if (dsc_matmul_looks_for_zeros(needs->kernels, needs->product, needs->wants, &s))
        needs->scratch = dsc_larger(needs->scratch, dsc_sparse_rows_scratch(needs->lane_batch * s.rows, s.n));
    if (!needs->goes_back && needs->batch == 1 && s.rows == 1 && s.n * s.k >= WORTH_SHARING &&
        dsc_sparse_serves(needs->kernels, needs->product))
        needs->forward = single_stages;
    if (needs->wants & 1) needs->saved_shared += dsc_pack_size(needs->product, DSC_SIDE_B, s.k, s.n);
    const bool y_by_panels = goes_by_panels(needs, &s, s.n), dx_by_panels = goes_by_panels(needs, &s, s.k);
    if (y_by_panels) needs->forward = forward_panels_stages;
    if (dx_by_panels) needs->backward = backward_panels_stages;
    /* Stands for the call to come, for its sizes alone: `shared` stands for weights packed later: any pointer will do. */
    dsc_call call = {.count = y_by_panels || dx_by_panels ? needs->batch : needs->lane_batch,
                     .product = needs->product,
                     .shared = needs};
    dsc_packer x = dsc_pack_matrix(NULL, (ptrdiff_t)s.k, 1), dy = dsc_pack_matrix(NULL, (ptrdiff_t)s.n, 1);
    dsc_gemm gemms[2] = {product_y(&call, &s, &x), product_dx(&call, &s, &dy)};
    for (size_t i = 0; i < 2; i++) {
        dsc_gemm_plan plan;
        dsc_gemm_plan_make(&plan, needs->product, &gemms[i], 1);
        needs->scratch = dsc_larger(needs->scratch, plan.workspace);
    }
    if (needs->goes_back) needs->scratch = dsc_larger(needs->scratch, dsc_matmul_weight_scratch(needs));
}

static void forward(const dsc_call *call) {
    dsc_matmul_sizes s = dsc_matmul_sizes_of(call->in_shape);
    if (!call->training && call->count * s.rows == 1 && dsc_sparse_serves(call->kernels, call->product)) {
        const dsc_sparse_row row = sparse_row_of(call, &s);
        dsc_sparse_row_run(call->out[0], &row, 0, s.n, call->scratch);
        return;
    }
    const size_t rows = call->count * s.rows;
    if (dsc_matmul_looks_for_zeros(call->kernels, call->product, call->wants, &s) &&
        dsc_sparse_pays(call->in[0], s.k, rows, s.k)) {
        const dsc_sparse_rows sparse = {.x = call->in[0],
                                        .x_row = s.k,
                                        .rows = rows,
                                        .packed = call->shared,
                                        .bias = call->input_count == 3 ? call->in[2] : NULL,
                                        .depth = s.k,
                                        .n = s.n,
                                        .relu = has_relu(call),
                                        .kernels = call->kernels,
                                        .product = call->product};
        dsc_sparse_rows_run(call->out[0], &sparse, call->scratch);
        return;
    }
    dsc_packer x = dsc_pack_matrix(call->in[0], (ptrdiff_t)s.k, 1);
    dsc_gemm gemm = product_y(call, &s, &x);
    gemm.relu = has_relu(call);
    dsc_matmul_run(call, &gemm);
}

static void backward_x(const dsc_call *call) {
    if (!call->d_in[0]) return;
    dsc_matmul_sizes s = dsc_matmul_sizes_of(call->in_shape);
    dsc_packer dy = dsc_pack_matrix(call->d_out[0], (ptrdiff_t)s.n, 1);
    dsc_gemm gemm = product_dx(call, &s, &dy);
    dsc_matmul_run(call, &gemm);
}

static const dsc_stage prepare_stages[] = {{DSC_STAGE_TILES, prepare, prepare_tiles, 0}, {0}};
static const dsc_stage forward_stages[] = {{DSC_STAGE_SAMPLES, forward, NULL, 0}, {0}};
static const dsc_stage backward_stages[] = {
    {DSC_STAGE_SAMPLES, backward_x, NULL, 1},
    {DSC_STAGE_TILES, dsc_matmul_weight, dsc_matmul_weight_tiles, 2 | 4},
    {0}};
static const dsc_op_example examples[] = {
    {"spp", {{1, {1}}, {2, {1, 1}}, {1, {1}}}, NULL},
    {"spp", {{1, {37}}, {2, {19, 37}}, {1, {19}}}, NULL},
    {"sp", {{1, {64}}, {2, {10, 64}}}, NULL},
    {"spp", {{3, {2, 3, 5}}, {2, {7, 5}}, {1, {7}}}, NULL},
    {0},
};

const dsc_op dsc_op_matmul = {
    .name = "matmul",
    .values_size = sizeof(matmul_values),
    .help = "the product with a weight (N, K), plus a bias (N) if there is one",
    .least_inputs = 2,
    .most_inputs = 3,
    .flags = DSC_OP_LINEAR,
    .keeps_inputs = 1,
    .shapes = shapes,
    .needs = needs,
    .prepare = prepare_stages,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
    .absorb = absorb,
};

dsc_node *dsc_matmul(dsc_node *x, dsc_node *weight, dsc_node *bias) {
    return dsc_apply(&dsc_op_matmul, (dsc_node *[]){x, weight, bias}, bias ? 3 : 2, NULL);
}
