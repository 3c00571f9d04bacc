/* SPDX-License-Identifier: MIT */
/* kernels.c: the library's matrix products compared with oneDNN and OpenBLAS, on one core, with the shapes
 * that training uses.
 *
 *   bench-kernels [--kernels NAME] [--rounds N] [--cpu N] [--only PART-OF-A-NAME]
 *
 * All contestants of a shape run alternately for a few milliseconds each; the output is medians over the
 * rounds in GFLOP/s. "peak" is a loop of multiplications and additions on registers only, timed in the same
 * rounds. Operands in memory are floats (f32) or bfloat16 (bf16), results are floats. "whole" includes all
 * packing; "packed": B, the weights, was packed beforehand, by oneDNN too. Each peer runs with its best
 * setting: one thread, and OpenBLAS with its AVX-512 kernels if available. */
#include "peers.h"

#include "base/clock.h"
#include "kernel/choose.h"
#include "kernel/gemm.h"
#include "kernel/vectors.h"

#define DSC_MULTIVERSION "peak_loops.h"
#include "kernel/multiversion.h"

#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

static double (*const peaks[])(size_t) = DSC_ISA_TABLE(peak);

enum { PEAK, OURS, OURS_PACKED, DNNL_GEMM, DNNL, DNNL_PACKED, OPENBLAS, CONTESTANTS };
static const char *const names[] = {"peak", "ours", "packed", "dnnl-sgemm", "oneDNN", "packed", "OpenBLAS"};

typedef struct contest {
    problem p;
    bool bf16;
    const dsc_kernels *kernels;
    dsc_gemm gemm[2];
    dsc_gemm_plan plan[2];
    dsc_packer a, b;
    dsc_packer_patches patches;
    void *workspace;
#if BENCH_WITH_DNNL
    dnnl_run *dnnl[2];
#endif
} contest;

static void run(contest *t, int who) {
    problem *p = &t->p;
    switch (who) {
    case OURS:
    case OURS_PACKED: {
        const int i = who - OURS;
        dsc_gemm_run(&t->plan[i], &t->gemm[i], 0, t->plan[i].tiles, t->workspace);
        break;
    }
#if BENCH_WITH_DNNL
    case DNNL_GEMM:
        dnnl_sgemm(p->a_transposed ? 'T' : 'N', p->b_transposed ? 'T' : 'N', (dnnl_dim_t)p->m,
                   (dnnl_dim_t)p->n, (dnnl_dim_t)p->k, 1, p->a, (dnnl_dim_t)(p->a_transposed ? p->m : p->k),
                   p->b, (dnnl_dim_t)(p->b_transposed ? p->k : p->n), 0, p->c, (dnnl_dim_t)p->n);
        break;
    case DNNL:
        dnnl_do(t->dnnl[0]);
        break;
    case DNNL_PACKED:
        dnnl_do(t->dnnl[1]);
        break;
#endif
#if BENCH_WITH_OPENBLAS
    case OPENBLAS:
        cblas_sgemm(CblasRowMajor, p->a_transposed ? CblasTrans : CblasNoTrans,
                    p->b_transposed ? CblasTrans : CblasNoTrans, (int)p->m, (int)p->n, (int)p->k, 1, p->a,
                    (int)(p->a_transposed ? p->m : p->k), p->b, (int)(p->b_transposed ? p->k : p->n), 0, p->c,
                    (int)p->n);
        break;
#endif
    default:
        (void)p;
        break;
    }
}

static bool takes_part(const contest *t, int who) {
    switch (who) {
    case PEAK:
    case OURS_PACKED:
        return true;
    case OURS:
        return !t->p.images;
#if BENCH_WITH_DNNL
    case DNNL_GEMM:
        return !t->bf16 && !t->p.images;
    case DNNL:
        return t->dnnl[0] && !t->p.images;
    case DNNL_PACKED:
        return t->dnnl[1];
#endif
    case OPENBLAS:
        return BENCH_WITH_OPENBLAS && !t->bf16 && !t->p.images;
    default:
        return false;
    }
}

static int by_value(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void *memory(size_t size) {
    void *data = aligned_alloc(64, (size + 4095) / 64 * 64);
    if (!data) fprintf(stderr, "no memory for %zu bytes\n", size), exit(1);
    return data;
}

/* Prepares the common operands; m, n and k of a convolution follow from its images. */
static void prepare(contest *t) {
    problem *p = &t->p;
    size_t a_size = p->m * p->k, channels = p->channels, depth = p->k;
    if (p->images) {
        const size_t out = p->size - p->kernel + 1;
        p->m = p->images * out * out;
        p->k = p->channels * p->kernel * p->kernel;
        p->b_transposed = true;
        /* Training converts images to channels last anyway and then pairs the channels: an odd last one with
         * zeros. */
        if (t->bf16) channels += channels % 2;
        depth = channels * p->kernel * p->kernel;
        a_size = p->images * p->size * p->size * channels;
    }
    const size_t b_size = p->n * depth;
    float *a = memory(a_size * 4), *b = memory(b_size * 4);
    uint16_t *a16 = memory(a_size * 2), *b16 = memory(b_size * 2);
    for (size_t i = 0; i < a_size; i++)
        a[i] = (float)(i * 7919 % 1009) / 1009 - 0.5f, a16[i] = dsc_bf16_from_float(a[i]);
    for (size_t i = 0; i < b_size; i++)
        b[i] = (float)(i * 6007 % 997) / 997 - 0.5f, b16[i] = dsc_bf16_from_float(b[i]);
    p->a = a, p->b = b, p->a16 = a16, p->b16 = b16;
    p->c = memory(p->m * p->n * 4);
    memset(p->c, 0, p->m * p->n * 4);

    const dsc_gemm_kernels *k = t->bf16 ? t->kernels->bf16 : t->kernels->f32;
    const ptrdiff_t m = (ptrdiff_t)p->m, n = (ptrdiff_t)p->n, d = (ptrdiff_t)depth;
    const ptrdiff_t av = p->a_transposed ? 1 : d, ad = p->a_transposed ? m : 1;
    const ptrdiff_t bv = p->b_transposed ? d : 1, bd = p->b_transposed ? 1 : n;
    t->a = t->bf16 ? dsc_pack_halves(a16, av, ad) : dsc_pack_matrix(a, av, ad);
    t->b = t->bf16 ? dsc_pack_halves(b16, bv, bd) : dsc_pack_matrix(b, bv, bd);
    size_t space = 64;
    for (int i = 0; i < 2; i++) {
        dsc_gemm *g = &t->gemm[i];
        *g = (dsc_gemm){.rows = p->m, .columns = p->n, .depth = depth, .c = p->c, .c_row = n};
        g->a.packer = &t->a;
        g->b.packer = &t->b;
        if (p->images) {
            const size_t out = p->size - p->kernel + 1;
            dsc_pack_patches_init(&t->patches, t->bf16 ? (const void *)a16 : a, t->bf16);
            t->patches.channels = channels;
            t->patches.height = t->patches.width = p->size;
            t->patches.kernel_height = t->patches.kernel_width = p->kernel;
            t->patches.output_height = t->patches.output_width = out;
            g->a.packer = &t->patches.packer;
        }
        if (i == 1) {
            void *packed = memory(dsc_pack_size(k, DSC_SIDE_B, p->n, depth));
            dsc_pack(packed, k, DSC_SIDE_B, &t->b, p->n, depth, 0, dsc_pack_panels(k, DSC_SIDE_B, p->n));
            g->b.is_packed = true;
            g->b.packed = packed;
        }
        dsc_gemm_plan_make(&t->plan[i], k, g, 1);
        if (t->plan[i].workspace > space) space = t->plan[i].workspace;
    }
    t->workspace = memory(space);
#if BENCH_WITH_DNNL
    for (int i = 0; i < 2; i++) t->dnnl[i] = dnnl_make(p, t->bf16, i == 1);
#endif
}

/* GFLOP/s of each contestant, medians of interleaved rounds. */
static void measure(double *out, contest *t, size_t rounds) {
    static double speed[CONTESTANTS][1000];
    const double work = 2.0 * (double)t->p.m * (double)t->p.n * (double)t->p.k;
    size_t turns = (size_t)(1.5e-3 / (work / 60e9)) + 1;
    for (int who = 1; who < CONTESTANTS; who++) /* warm-up */
        if (takes_part(t, who))
            for (int i = 0; i < 5; i++) run(t, who);
    for (size_t r = 0; r < rounds; r++)
        for (int who = 0; who < CONTESTANTS; who++) {
            if (!takes_part(t, who)) continue;
            const double start = dsc_clock();
            double done = work * (double)turns;
            if (who == PEAK)
                done = peaks[t->kernels->isa](200000);
            else
                for (size_t i = 0; i < turns; i++) run(t, who);
            speed[who][r] = done / (dsc_clock() - start) * 1e-9;
        }
    for (int who = 0; who < CONTESTANTS; who++) {
        qsort(speed[who], rounds, sizeof(double), by_value);
        out[who] = takes_part(t, who) ? speed[who][rounds / 2] : 0;
    }
}

static double best(const double *speed, const int *who, int count) {
    double most = 0;
    for (int i = 0; i < count; i++) most = fmax(most, speed[who[i]]);
    return most;
}

typedef struct score {
    double log_sum, least;
    int count;
} score;

static void add_ratio(score *s, double ours, double theirs) {
    if (ours <= 0 || theirs <= 0) {
        printf("      -");
        return;
    }
    printf("  %5.2f", ours / theirs);
    s->log_sum += log(ours / theirs);
    if (s->count++ == 0 || ours / theirs < s->least) s->least = ours / theirs;
}

int main(int count, char **arguments) {
    const char *kernels_name = NULL, *only = NULL;
    size_t rounds = 15;
    int cpu = -1;
    for (int i = 1; i + 1 < count; i += 2) {
        if (strcmp(arguments[i], "--kernels") == 0)
            kernels_name = arguments[i + 1];
        else if (strcmp(arguments[i], "--rounds") == 0)
            rounds = strtoul(arguments[i + 1], NULL, 10);
        else if (strcmp(arguments[i], "--cpu") == 0)
            cpu = atoi(arguments[i + 1]);
        else if (strcmp(arguments[i], "--only") == 0)
            only = arguments[i + 1];
    }
    if (rounds < 1 || rounds > 1000) rounds = 15;
    dsc_kernels_choice choice;
    dsc_error error;
    if (dsc_kernels_choose(&choice, kernels_name, &error)) return fprintf(stderr, "%s\n", error.message), 1;
    const dsc_kernels *kernels = choice.kernels;
    if (!getenv("BENCH_KERNELS_READY")) { /* the peers read their settings before main */
        setenv("BENCH_KERNELS_READY", "1", 1);
        setenv("OMP_NUM_THREADS", "1", 1);
        setenv("OPENBLAS_NUM_THREADS", "1", 1);
        if (dsc_kernels_find("avx512")) setenv("OPENBLAS_CORETYPE", "SkylakeX", 1);
        execv("/proc/self/exe", arguments);
    }
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((size_t)(cpu >= 0 ? cpu : sched_getcpu()), &set);
    sched_setaffinity(0, sizeof set, &set);

    printf("kernels: %s (%s); oneDNN %s, OpenBLAS %s; one core; medians of %zu rounds; GFLOP/s\n",
           kernels->name, kernels->help, BENCH_WITH_DNNL ? "2.x" : "absent (libdnnl-dev 2.x)",
           BENCH_WITH_OPENBLAS ? "present" : "absent (libopenblas-dev)", rounds);
    static const problem problems[] = {
        {.name = "128x100x784 X W^T", .m = 128, .n = 100, .k = 784, .b_transposed = true},
        {.name = "128x100x784", .m = 128, .n = 100, .k = 784},
        {.name = "784x100x128 At", .m = 784, .n = 100, .k = 128, .a_transposed = true},
        {.name = "100x784x128 At", .m = 100, .n = 784, .k = 128, .a_transposed = true},
        {.name = "64x32x784", .m = 64, .n = 32, .k = 784},
        {.name = "64x10x100", .m = 64, .n = 10, .k = 100},
        {.name = "256x256x256", .m = 256, .n = 256, .k = 256},
        {.name = "128x512x784 X W^T", .m = 128, .n = 512, .k = 784, .b_transposed = true},
        {.name = "128x512x512 X W^T", .m = 128, .n = 512, .k = 512, .b_transposed = true},
        {.name = "128x512x512", .m = 128, .n = 512, .k = 512},
        {.name = "512x512x128 At", .m = 512, .n = 512, .k = 128, .a_transposed = true},
        {.name = "64x128x9216 X W^T", .m = 64, .n = 128, .k = 9216, .b_transposed = true},
        {.name = "128x9216x64 At", .m = 128, .n = 9216, .k = 64, .a_transposed = true},
        {.name = "conv 3x3 1-32 of 28", .n = 32, .images = 8, .channels = 1, .size = 28, .kernel = 3},
        {.name = "conv 3x3 32-64 of 26", .n = 64, .images = 8, .channels = 32, .size = 26, .kernel = 3},
    };
    for (int bf16 = 0; bf16 < 2; bf16++) {
        printf("\n%-21s %6s %6s%% %6s%% |%11s %7s %8s | %7s |%7s %7s\n", bf16 ? "bf16" : "f32", names[PEAK],
               names[OURS], names[OURS_PACKED], names[DNNL_GEMM], names[DNNL], names[OPENBLAS],
               names[DNNL_PACKED], "whole", "packed");
        score whole = {0}, packed = {0};
        for (size_t i = 0; i < sizeof problems / sizeof *problems; i++) {
            if (only && !strstr(problems[i].name, only)) continue;
            contest t = {.p = problems[i], .bf16 = bf16, .kernels = kernels};
            double s[CONTESTANTS];
            prepare(&t);
            measure(s, &t, rounds);
            const double peak = s[PEAK];
            printf("%-21s %6.1f %6.1f %3.0f%% %6.1f %3.0f%%|%7.1f %7.1f %7.1f | %7.1f |", t.p.name, peak,
                   s[OURS], 100 * s[OURS] / peak, s[OURS_PACKED], 100 * s[OURS_PACKED] / peak, s[DNNL_GEMM],
                   s[DNNL], s[OPENBLAS], s[DNNL_PACKED]);
            add_ratio(&whole, s[OURS], best(s, (const int[]){DNNL_GEMM, DNNL, OPENBLAS}, 3));
            add_ratio(&packed, s[OURS_PACKED], s[DNNL_PACKED]);
            printf("\n");
        }
        if (whole.count && packed.count)
            printf("ratio to the best peer: whole %.2f in the geometric mean, least %.2f; packed %.2f, least "
                   "%.2f\n",
                   exp(whole.log_sum / whole.count), whole.least, exp(packed.log_sum / packed.count),
                   packed.least);
    }
    return 0;
}
