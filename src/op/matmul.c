/* SPDX-License-Identifier: MIT */
/* matmul.c: the product with a weight, as in dense layers.
 *
 *   x (..., K), w (N, K), b (N)  ->  y (..., N)
 *   y = x w^T + b        dx = dy w        dw = dy^T x        db = the sum of dy over all rows
 *
 * The weight is packed once a step, for y and for dx, and all lanes share it. The gradient dw is computed in
 * tiles over the whole batch, so no lane needs its own copy. */
#include "op/matmul_plan.h"

#include "base/thresholds.h"
#include "kernel/gemm_pack.h"
#include "op/writing.h"

static bool absorb(void *values, const dsc_op *next, const void *next_values) {
    (void)next_values;
    if (!(next->flags & DSC_OP_RELU)) return false;
    return ((dsc_matmul_values *)values)->relu = true;
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

/* --- the plan --- */

/* Number of tiles by panels. By samples, each lane reads the whole weight. If the weight exceeds a core's
 * cache, the product is computed for the whole batch in tiles of weight panels instead: the weight is read
 * once, and each tile reads the other operand. The bits are the same. */
static size_t panel_tiles(const dsc_matmul_plan *p, size_t panels) {
    return dsc_smaller(dsc_smaller(p->n * p->k / DSC_PANELS_TILE + 1, DSC_PANELS_TILES), panels);
}

/* Compares the memory traffic: the weight once for each lane, or the other operand once for each tile.
 * `columns` are the product's. */
static bool goes_by_panels(const dsc_needs *needs, const dsc_matmul_plan *p, size_t columns, size_t panels) {
    return needs->training && (needs->wants & 1) && p->rows == 1 && p->n * p->k >= DSC_PANELS_FROM &&
           2 * panel_tiles(p, panels) * needs->batch <= needs->lanes * columns;
}

/* (rows, depth) times the packed weight: x gives y, dy gives dx. */
static dsc_gemm product_of(size_t rows, size_t columns, size_t depth, const dsc_packer *packer) {
    return (dsc_gemm){.rows = rows,
                      .columns = columns,
                      .depth = depth,
                      .a = {.packer = packer},
                      .b = {.is_packed = true},
                      .c_row = (ptrdiff_t)columns};
}

static dsc_packer rows_of(const dsc_real *x, size_t columns) {
    return dsc_pack_matrix(x, (ptrdiff_t)columns, 1);
}

static const dsc_stage forward_panels_stages[], backward_panels_stages[], single_stages[];

static void plan_sizes(const dsc_needs *needs, dsc_matmul_plan *p) {
    const dsc_matmul_values *values = needs->values;
    p->k = needs->in[1].size[1];
    p->n = needs->in[1].size[0];
    p->rows = dsc_shape_count(&needs->in[0]) / p->k;
    p->relu = values && values->relu;
    p->looks_for_zeros = dsc_matmul_looks_for_zeros(needs, p->n);
    p->single = !needs->training && dsc_sparse_serves(needs->product);
    p->y_panels = dsc_pack_panels(needs->product, DSC_SIDE_B, p->n);
    p->dx_panels = needs->wants & 1 ? dsc_pack_panels(needs->product, DSC_SIDE_B, p->k) : 0;
}

static void plan_weights(dsc_needs *needs, dsc_matmul_plan *p) {
    const size_t bytes = dsc_pack_size(needs->product, DSC_SIDE_B, p->n, p->k);
    p->packed_dx = (bytes + DSC_ALIGNMENT - 1) / DSC_ALIGNMENT * DSC_ALIGNMENT;
    needs->saved_shared =
        p->packed_dx + (p->dx_panels ? dsc_pack_size(needs->product, DSC_SIDE_B, p->k, p->n) : 0);
}

static void plan_products(dsc_needs *needs, dsc_matmul_plan *p) {
    const dsc_packer x = rows_of(NULL, p->k), dy = rows_of(NULL, p->n);
    if (goes_by_panels(needs, p, p->n, p->y_panels)) p->y_tiles = panel_tiles(p, p->y_panels);
    if (goes_by_panels(needs, p, p->k, p->dx_panels)) p->dx_tiles = panel_tiles(p, p->dx_panels);
    if (p->y_tiles) needs->forward = forward_panels_stages;
    if (p->dx_tiles) needs->backward = backward_panels_stages;
    const dsc_gemm y = product_of((p->y_tiles ? needs->batch : needs->lane_batch) * p->rows, p->n, p->k, &x);
    dsc_matmul_plan_product(&p->y, &y, needs);
    if (p->single) needs->scratch = dsc_larger(needs->scratch, dsc_sparse_row_scratch(p->k));
    if (p->looks_for_zeros)
        needs->scratch =
            dsc_larger(needs->scratch, dsc_sparse_rows_scratch(needs->lane_batch * p->rows, p->n));
    if (!p->dx_panels) return;
    const dsc_gemm dx =
        product_of((p->dx_tiles ? needs->batch : needs->lane_batch) * p->rows, p->k, p->n, &dy);
    dsc_matmul_plan_product(&p->dx, &dx, needs);
}

/* Plans a single row: threads share a large weight. */
static void plan_single(dsc_needs *needs, dsc_matmul_plan *p) {
    if (needs->goes_back || needs->batch > 1 || p->rows > 1 || p->n * p->k < DSC_SINGLE_DENSE_FROM ||
        !p->single)
        return;
    p->y_tiles =
        dsc_smaller((p->y_panels + DSC_SINGLE_DENSE_PANELS - 1) / DSC_SINGLE_DENSE_PANELS, DSC_SINGLE_TILES);
    needs->forward = single_stages;
}

static void needs(dsc_needs *needs) {
    dsc_matmul_plan *p = needs->plan;
    plan_sizes(needs, p);
    if (dsc_matmul_columns_serve(needs, p)) {
        dsc_matmul_plan_columns(needs, p);
    } else {
        plan_weights(needs, p);
        plan_products(needs, p);
        plan_single(needs, p);
    }
    if (needs->goes_back) dsc_matmul_plan_weight(needs, p);
}

/* --- prepare: packs the weight --- */

static size_t prepare_tiles(const void *plan) {
    const dsc_matmul_plan *p = plan;
    return (p->y_panels + p->dx_panels + DSC_PREPARE_PANELS - 1) / DSC_PREPARE_PANELS;
}

static void prepare(const dsc_call *call) {
    const dsc_matmul_plan *p = call->plan;
    const dsc_packer y = rows_of(call->in[1], p->k), dx = dsc_pack_matrix(call->in[1], 1, (ptrdiff_t)p->k);
    size_t first = call->tile * DSC_PREPARE_PANELS, last = first + DSC_PREPARE_PANELS;
    if (first < p->y_panels)
        dsc_pack(call->shared, call->product, DSC_SIDE_B, &y, p->n, p->k, first,
                 dsc_smaller(last, p->y_panels));
    if (last <= p->y_panels) return;
    first = first > p->y_panels ? first - p->y_panels : 0;
    last = dsc_smaller(last - p->y_panels, p->dx_panels);
    if (first < last)
        dsc_pack((unsigned char *)call->shared + p->packed_dx, call->product, DSC_SIDE_B, &dx, p->k, p->n,
                 first, last);
}

/* --- the products of a lane or of the whole batch --- */

static dsc_gemm call_y(const dsc_call *call, const dsc_packer *x) {
    const dsc_matmul_plan *p = call->plan;
    dsc_gemm gemm = product_of(call->count * p->rows, p->n, p->k, x);
    gemm.b.packed = call->shared;
    gemm.c = call->out[0];
    gemm.bias_columns = dsc_matmul_bias_of(call);
    gemm.relu = p->relu;
    return gemm;
}

static dsc_gemm call_dx(const dsc_call *call, const dsc_packer *dy) {
    const dsc_matmul_plan *p = call->plan;
    dsc_gemm gemm = product_of(call->count * p->rows, p->k, p->n, dy);
    gemm.b.packed = (const unsigned char *)call->shared + p->packed_dx;
    gemm.c = call->d_in[0];
    return gemm;
}

/* The same product, skipping zeros. */
static dsc_sparse_rows sparse_rows_of(const dsc_call *call) {
    const dsc_matmul_plan *p = call->plan;
    return (dsc_sparse_rows){.x = call->in[0],
                             .x_row = p->k,
                             .rows = call->count * p->rows,
                             .packed = call->shared,
                             .bias = dsc_matmul_bias_of(call),
                             .depth = p->k,
                             .n = p->n,
                             .relu = p->relu,
                             .product = call->product};
}

static void forward(const dsc_call *call) {
    const dsc_matmul_plan *p = call->plan;
    const dsc_sparse_rows sparse = sparse_rows_of(call);
    if (p->single && sparse.rows == 1) {
        dsc_sparse_row_run(call->out[0], &sparse, 0, p->n, call->scratch);
    } else if (p->looks_for_zeros && dsc_sparse_pays(sparse.x, p->k, sparse.rows, p->k)) {
        dsc_sparse_rows_run(call->out[0], &sparse, call->scratch);
    } else {
        const dsc_packer x = rows_of(call->in[0], p->k);
        const dsc_gemm gemm = call_y(call, &x);
        dsc_matmul_run(&p->y, &gemm, call->scratch);
    }
}

static void backward_x(const dsc_call *call) {
    const dsc_matmul_plan *p = call->plan;
    if (!call->d_in[0]) return;
    const dsc_packer dy = rows_of(call->d_out[0], p->n);
    const dsc_gemm gemm = call_dx(call, &dy);
    dsc_matmul_run(&p->dx, &gemm, call->scratch);
}

/* --- a large weight in training: tiles of its panels --- */

static size_t y_tiles(const void *plan) { return ((const dsc_matmul_plan *)plan)->y_tiles; }
static size_t dx_tiles(const void *plan) { return ((const dsc_matmul_plan *)plan)->dx_tiles; }

/* Computes a tile's columns; the product has `panels` panels. */
static void run_panels(const dsc_call *call, const dsc_gemm_plan *plan, dsc_gemm *gemm, size_t panels) {
    const size_t width = call->product->width;
    const size_t first = call->tile * panels / call->tiles, last = (call->tile + 1) * panels / call->tiles;
    gemm->columns = dsc_smaller(last * width, gemm->columns) - first * width;
    gemm->b.packed =
        (const unsigned char *)gemm->b.packed + first * dsc_gemm_panel_bytes(call->product, gemm->depth);
    gemm->c += first * width;
    if (gemm->bias_columns) gemm->bias_columns += first * width;
    dsc_matmul_run(plan, gemm, call->scratch);
}

static void forward_panels(const dsc_call *call) {
    const dsc_matmul_plan *p = call->plan;
    const dsc_packer x = rows_of(call->in[0], p->k);
    dsc_gemm gemm = call_y(call, &x);
    run_panels(call, &p->y, &gemm, p->y_panels);
}

static void backward_panels(const dsc_call *call) {
    const dsc_matmul_plan *p = call->plan;
    if (!call->d_in[0]) return;
    const dsc_packer dy = rows_of(call->d_out[0], p->n);
    dsc_gemm gemm = call_dx(call, &dy);
    run_panels(call, &p->dx, &gemm, p->dx_panels);
}

/* --- a single row: zeros are skipped, and threads share a large weight --- */

static void forward_single(const dsc_call *call) {
    const dsc_matmul_plan *p = call->plan;
    const dsc_sparse_rows row = sparse_rows_of(call);
    const size_t width = call->product->width;
    const size_t first = call->tile * p->y_panels / call->tiles * width,
                 last = (call->tile + 1) * p->y_panels / call->tiles * width;
    dsc_sparse_row_run(call->out[0], &row, first, dsc_smaller(last, p->n), call->scratch);
}

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    const dsc_matmul_values *values = at->values;
    const size_t n = at->in[1].size[0], depth = at->in[1].size[1];
    dsc_write_line(writing, "dense(out0, in0, in1@10, %s, %zu, %zu, %zu, %zu, %d)",
                   at->input_count == 3 ? "in2" : "0", dsc_shape_count(&at->in[0]) / depth, depth, n,
                   dsc_written_block(depth), values && values->relu);
}

static void write_c_whole(dsc_writing *writing, const dsc_shape_rule *at) {
    const size_t n = at->in[1].size[0], depth = at->in[1].size[1];
    dsc_write_line(writing,
                   "dense_whole(out0, wide, from, in0, wide0, from0, packed1@10, bits1, %s, multiplier, "
                   "shift, low, high, "
                   "%zu, %zu, %zu)",
                   at->input_count == 3 ? "in2" : "0", dsc_shape_count(&at->in[0]) / depth, depth, n);
}

static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    const dsc_matmul_values *values = at->values;
    const bool relu = values && values->relu, bias = at->input_count == 3;
    const char *product = relu ? "a" : "out0";
    if (at->in[0].rank == 1) {
        dsc_write_line(writing, "%s = Gemm(in0, in1%s) transB=1", product, bias ? ", in2" : "");
    } else { /* along the last of several dimensions */
        dsc_write_line(writing, "t = Transpose(in1) perm=1,0");
        dsc_write_line(writing, "%s = MatMul(in0, t)", bias ? "m" : product);
        if (bias) dsc_write_line(writing, "%s = Add(m, in2)", product);
    }
    if (relu) dsc_write_line(writing, "out0 = Relu(a)");
}

static const dsc_stage forward_panels_stages[] = {
    {.kind = DSC_STAGE_TILES, .run = forward_panels, .tiles = y_tiles}, {0}};
static const dsc_stage backward_panels_stages[] = {
    {.kind = DSC_STAGE_TILES, .run = backward_panels, .tiles = dx_tiles, .writes = 1},
    {.kind = DSC_STAGE_TILES, .run = dsc_matmul_weight, .tiles = dsc_matmul_weight_tiles, .writes = 2 | 4},
    {0}};
static const dsc_stage single_stages[] = {{.kind = DSC_STAGE_TILES, .run = forward_single, .tiles = y_tiles},
                                          {0}};
static const dsc_stage prepare_stages[] = {{.kind = DSC_STAGE_TILES, .run = prepare, .tiles = prepare_tiles},
                                           {0}};
static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = forward}, {0}};
static const dsc_stage backward_stages[] = {
    {.kind = DSC_STAGE_SAMPLES, .run = backward_x, .writes = 1},
    {.kind = DSC_STAGE_TILES, .run = dsc_matmul_weight, .tiles = dsc_matmul_weight_tiles, .writes = 2 | 4},
    {0}};
static const dsc_op_example examples[] = {
    {.roles = "spp", .in = {{1, {1}}, {2, {1, 1}}, {1, {1}}}},
    {.roles = "spp", .in = {{1, {37}}, {2, {19, 37}}, {1, {19}}}},
    {.roles = "sp", .in = {{1, {64}}, {2, {10, 64}}}},
    {.roles = "spp", .in = {{3, {2, 3, 5}}, {2, {7, 5}}, {1, {7}}}},
    {.roles = "spp",
     .in = {{2, {2, 3}}, {2, {2, 3}}, {1, {2}}},
     .given = DSC_NUMBERS(1.5, 2, -1.5, -2, 0.125, -0.75, 1, -0.5, -0.25, 0.75, 0.25, 0.5, 0.25, -0.75),
     .expected = DSC_NUMBERS(1.125, 0.125, -1.625, -2.59375)},
    {0},
};

const dsc_op dsc_op_matmul = {
    .size = sizeof(dsc_op),
    .name = "matmul",
    .values_size = sizeof(dsc_matmul_values),
    .help = "product with a weight (N, K), plus an optional bias (N)",
    .onnx = write_onnx,
    .c = write_c,
    .c_whole = write_c_whole,
    .whole = dsc_whole_linear,
    .least_inputs = 2,
    .most_inputs = 3,
    .flags = DSC_OP_LINEAR,
    .keeps_inputs = 1,
    .shapes = shapes,
    .plan_size = sizeof(dsc_matmul_plan),
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
