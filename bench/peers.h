/* SPDX-License-Identifier: MIT */
/* peers.h: oneDNN 2.x and OpenBLAS, each behind one function that creates a runnable product, or returns NULL
 * if it cannot. */
#ifndef BENCH_PEERS_H
#define BENCH_PEERS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* C(m, n) = A B; `a` holds A (m, k), or (k, m) if a_transposed; b likewise. Operands are float or
 * bfloat16. */
typedef struct problem {
    const char *name;
    size_t m, n, k;
    bool a_transposed, b_transposed;
    size_t images, channels, size, kernel; /* a convolution without padding, channels last, if images > 0 */
    const float *a, *b;
    const uint16_t *a16, *b16;
    float *c;
} problem;

#if BENCH_WITH_DNNL
#include <dnnl.h>
#if DNNL_VERSION_MAJOR != 2
#undef BENCH_WITH_DNNL
#define BENCH_WITH_DNNL 0 /* the interface differs */
#endif
#endif

#if BENCH_WITH_DNNL
typedef struct dnnl_run {
    dnnl_primitive_t primitive;
    dnnl_stream_t stream;
    dnnl_exec_arg_t arguments[4];
    int count;
} dnnl_run;

static dnnl_memory_t dnnl_reordered(dnnl_engine_t engine, dnnl_stream_t stream, dnnl_memory_t from,
                                    const dnnl_memory_desc_t *wanted) {
    dnnl_memory_t to;
    dnnl_primitive_desc_t pd;
    dnnl_primitive_t reorder;
    const dnnl_memory_desc_t *have;
    dnnl_memory_get_memory_desc(from, &have);
    if (dnnl_memory_create(&to, wanted, engine, DNNL_MEMORY_ALLOCATE) ||
        dnnl_reorder_primitive_desc_create(&pd, have, engine, wanted, engine, NULL) ||
        dnnl_primitive_create(&reorder, pd))
        return NULL;
    const dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}};
    dnnl_primitive_execute(reorder, stream, 2, arguments);
    dnnl_stream_wait(stream);
    return to;
}

/* A product or a convolution; `packed`: weights (B) are reordered beforehand to oneDNN's preferred layout. */
static dnnl_run *dnnl_make(const problem *p, bool bf16, bool packed) {
    dnnl_engine_t engine;
    dnnl_run *run = calloc(1, sizeof *run);
    if (!run || dnnl_engine_create(&engine, dnnl_cpu, 0) ||
        dnnl_stream_create(&run->stream, engine, dnnl_stream_default_flags))
        return NULL;
    const dnnl_data_type_t type = bf16 ? dnnl_bf16 : dnnl_f32;
    dnnl_memory_desc_t a, b, b_any, c;
    dnnl_primitive_desc_t pd;
    if (p->images) {
        const dnnl_dim_t out = (dnnl_dim_t)(p->size - p->kernel + 1), size = (dnnl_dim_t)p->size;
        const dnnl_dim_t n = (dnnl_dim_t)p->images, ch = (dnnl_dim_t)p->channels, ks = (dnnl_dim_t)p->kernel;
        const dnnl_dims_t ad = {n, ch, size, size}, bd = {(dnnl_dim_t)p->n, ch, ks, ks};
        const dnnl_dims_t cd = {n, (dnnl_dim_t)p->n, out, out}, ones = {1, 1}, zeros = {0, 0};
        dnnl_convolution_desc_t d;
        dnnl_memory_desc_init_by_tag(&a, 4, ad, type, dnnl_nhwc);
        dnnl_memory_desc_init_by_tag(&b, 4, bd, type, dnnl_oihw);
        dnnl_memory_desc_init_by_tag(&b_any, 4, bd, type, dnnl_format_tag_any);
        dnnl_memory_desc_init_by_tag(&c, 4, cd, dnnl_f32, dnnl_nhwc);
        if (dnnl_convolution_forward_desc_init(&d, dnnl_forward_inference, dnnl_convolution_direct, &a,
                                               &b_any, NULL, &c, ones, zeros, zeros) ||
            dnnl_primitive_desc_create(&pd, &d, NULL, engine, NULL))
            return NULL;
    } else {
        const dnnl_dims_t ad = {(dnnl_dim_t)p->m, (dnnl_dim_t)p->k},
                          bd = {(dnnl_dim_t)p->k, (dnnl_dim_t)p->n};
        const dnnl_dims_t cd = {(dnnl_dim_t)p->m, (dnnl_dim_t)p->n};
        dnnl_matmul_desc_t d;
        dnnl_memory_desc_init_by_tag(&a, 2, ad, type, p->a_transposed ? dnnl_ba : dnnl_ab);
        dnnl_memory_desc_init_by_tag(&b, 2, bd, type, p->b_transposed ? dnnl_ba : dnnl_ab);
        dnnl_memory_desc_init_by_tag(&b_any, 2, bd, type, dnnl_format_tag_any);
        dnnl_memory_desc_init_by_tag(&c, 2, cd, dnnl_f32, dnnl_ab);
        if (dnnl_matmul_desc_init(&d, &a, packed ? &b_any : &b, NULL, &c) ||
            dnnl_primitive_desc_create(&pd, &d, NULL, engine, NULL))
            return NULL;
    }
    if (dnnl_primitive_create(&run->primitive, pd)) return NULL;
    dnnl_memory_t am, bm, cm;
    dnnl_memory_create(&am, &a, engine, (void *)(uintptr_t)(bf16 ? (const void *)p->a16 : p->a));
    dnnl_memory_create(&bm, &b, engine, (void *)(uintptr_t)(bf16 ? (const void *)p->b16 : p->b));
    dnnl_memory_create(&cm, &c, engine, p->c);
    const dnnl_memory_desc_t *wanted = dnnl_primitive_desc_query_md(pd, dnnl_query_weights_md, 0);
    if (packed || p->images) bm = dnnl_reordered(engine, run->stream, bm, wanted);
    run->count = 3;
    run->arguments[0] = (dnnl_exec_arg_t){DNNL_ARG_SRC, am};
    run->arguments[1] = (dnnl_exec_arg_t){DNNL_ARG_WEIGHTS, bm};
    run->arguments[2] = (dnnl_exec_arg_t){DNNL_ARG_DST, cm};
    return run;
}

static void dnnl_do(dnnl_run *run) {
    dnnl_primitive_execute(run->primitive, run->stream, run->count, run->arguments);
    dnnl_stream_wait(run->stream);
}
#endif

#if BENCH_WITH_OPENBLAS
#include <cblas.h>
#endif

#endif
