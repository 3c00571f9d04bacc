/* SPDX-License-Identifier: MIT */
/* test_packers.c: compares every packer with its definition, element by element, and patches that products
 * read in place. */
#include "guarded.h"

#include "kernel/gemm_pack.h"
#include "kernel/vectors.h"

#include <math.h>

static uint64_t state = 1;
static size_t random_below(size_t n) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(state >> 33) % n;
}

/* Patches of a random shape, and the element that pack.h defines. */
typedef struct sample {
    dsc_packer_patches p;
    guarded images;
    size_t pixels, places;
} sample;

static void sample_make(sample *s, bool even_channels) {
    dsc_packer_patches *p = &s->p;
    const bool halves = random_below(2);
    dsc_pack_patches_init(p, NULL, halves);
    const size_t images = 1 + random_below(3);
    p->channels = (1 + random_below(5)) * (even_channels ? 2 : 1);
    p->kernel_height = 1 + random_below(4);
    p->kernel_width = 1 + random_below(4);
    p->stride_y = 1 + random_below(3);
    p->stride_x = 1 + random_below(2) * random_below(3);
    p->output_height = 1 + random_below(5);
    p->output_width = 1 + random_below(30);
    p->dilation_y = 1 + random_below(3);
    p->dilation_x = even_channels ? 1 : 1 + random_below(2) * random_below(3);
    p->height =
        (p->output_height - 1) * p->stride_y + (p->kernel_height - 1) * p->dilation_y + 1 + random_below(2);
    p->width =
        (p->output_width - 1) * p->stride_x + (p->kernel_width - 1) * p->dilation_x + 1 + random_below(2);
    const size_t count = images * p->channels * p->height * p->width;
    s->images = guarded_make(count * (halves ? 2 : sizeof(dsc_real)));
    p->elements = s->images.data;
    for (size_t i = 0; i < count; i++) {
        const float value = (float)random_below(200) - 100;
        if (halves)
            ((uint16_t *)s->images.data)[i] = dsc_bf16_from_float(value);
        else
            ((dsc_real *)s->images.data)[i] = value;
    }
    s->pixels = images * p->output_height * p->output_width;
    s->places = p->channels * p->kernel_height * p->kernel_width;
}

static dsc_real element(const sample *s, size_t pixel, size_t place) {
    const dsc_packer_patches *p = &s->p;
    const size_t c = place % p->channels, kx = place / p->channels % p->kernel_width,
                 ky = place / p->channels / p->kernel_width;
    const size_t ox = pixel % p->output_width, oy = pixel / p->output_width % p->output_height;
    const size_t n = pixel / p->output_width / p->output_height;
    const size_t y = oy * p->stride_y + ky * p->dilation_y, x = ox * p->stride_x + kx * p->dilation_x;
    const size_t at = ((n * p->height + y) * p->width + x) * p->channels + c;
    return p->halves ? dsc_bf16_to_float(((const uint16_t *)p->elements)[at])
                     : ((const dsc_real *)p->elements)[at];
}

static void patches_are_what_they_are_defined_to_be(void **unused) {
    (void)unused;
    const dsc_kernels *set;
    for (size_t i = 0; (set = dsc_kernels_at(i)); i++) {
        state = 7;
        for (int round = 0; round < 1000; round++) {
            sample s = {0};
            sample_make(&s, false);
            const size_t v0 = random_below(s.pixels), k0 = random_below(s.places);
            const size_t v = 1 + random_below(s.pixels - v0), k = 1 + random_below(s.places - k0);
            const guarded out = guarded_make(v * k * sizeof(dsc_real));
            const bool across = round & 1;
            const ptrdiff_t vs = across ? 1 : (ptrdiff_t)k, ds = across ? (ptrdiff_t)v : 1;
            s.p.packer.fill(&s.p.packer, set->vector, out.data, vs, ds, v0, v, k0, k);
            for (size_t a = 0; a < v; a++)
                for (size_t b = 0; b < k; b++) {
                    const dsc_real found = ((dsc_real *)out.data)[(ptrdiff_t)a * vs + (ptrdiff_t)b * ds];
                    const dsc_real wanted = element(&s, v0 + a, k0 + b);
                    if (found != wanted)
                        fail_msg("%s, round %d: element (%zu, %zu) is %g, not %g", set->name, round, v0 + a,
                                 k0 + b, (double)found, (double)wanted);
                }
            guarded_free(out);
            guarded_free(s.images);
        }
    }
}

static void convolutions_read_patches_in_place(void **unused) {
    (void)unused;
    const dsc_kernels *set;
    for (size_t i = 0; (set = dsc_kernels_at(i)); i++) {
        size_t in_place = 0;
        state = 9;
        for (int round = 0; round < 400; round++) {
            const dsc_gemm_kernels *kernels = round & 1 ? set->bf16 : set->f32;
            sample s = {0};
            sample_make(&s, true);
            const size_t n = 1 + random_below(40);
            dsc_real *w = malloc(n * s.places * sizeof *w);
            for (size_t j = 0; j < n * s.places; j++) w[j] = (dsc_real)((double)random_below(64) - 32);
            const guarded c = guarded_make(s.pixels * n * sizeof(dsc_real));
            const dsc_packer b = dsc_pack_matrix(w, (ptrdiff_t)s.places, 1);
            dsc_gemm g = {.rows = s.pixels,
                          .columns = n,
                          .depth = s.places,
                          .a.packer = &s.p.packer,
                          .b.packer = &b,
                          .c = c.data,
                          .c_row = (ptrdiff_t)n};
            dsc_gemm_plan plan;
            dsc_gemm_plan_make(&plan, kernels, &g, 1 + random_below(5));
            in_place += plan.a_direct;
            const guarded space = guarded_make((plan.workspace + 63) / 64 * 64);
            dsc_gemm_run(&plan, &g, 0, plan.tiles, space.data);
            for (size_t p = 0; p < s.pixels; p++)
                for (size_t j = 0; j < n; j++) { /* small integers: exact in any order and type */
                    double sum = 0;
                    for (size_t k = 0; k < s.places; k++)
                        sum += (double)element(&s, p, k) * (double)w[j * s.places + k];
                    if (((dsc_real *)c.data)[p * n + j] != sum)
                        fail_msg("%s, round %d: pixel %zu, channel %zu is %g, not %g", kernels->name, round,
                                 p, j, (double)((dsc_real *)c.data)[p * n + j], sum);
                }
            guarded_free(space);
            guarded_free(c);
            guarded_free(s.images);
            free(w);
        }
        /* Otherwise nothing was tested. Tiles read nothing in place; the other sets do at least for
         * products in f32. */
        print_message("%s: %zu of 400 in place\n", set->name, in_place);
        assert_true(in_place > 20);
    }
}

/* Adjacent panels, of any depth, never begin near the same place of a page; and a smaller depth never
 * needs more memory. */
static void panels_spread_over_the_cache(void **unused) {
    (void)unused;
    const dsc_kernels *set;
    for (size_t i = 0; (set = dsc_kernels_at(i)); i++)
        for (int bf16 = 0; bf16 < 2; bf16++) {
            const dsc_gemm_kernels *k = bf16 ? set->bf16 : set->f32;
            size_t before = 0;
            for (size_t depth = 1; depth < 3000; depth++) {
                const size_t bytes = dsc_gemm_panel_bytes(k, depth), in_page = bytes % 4096;
                const size_t words = (depth + k->depth_multiple - 1) / k->depth_multiple * k->depth_multiple /
                                     k->elements_per_word;
                if (in_page < 256 || in_page > 3840)
                    fail_msg("%s, depth %zu: %zu bytes", k->name, depth, bytes);
                assert_true(bytes >= before && bytes >= words * k->width * sizeof(dsc_real));
                assert_true(bytes <= words * k->width * sizeof(dsc_real) + 512);
                before = bytes;
            }
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(panels_spread_over_the_cache),
        cmocka_unit_test(patches_are_what_they_are_defined_to_be),
        cmocka_unit_test(convolutions_read_patches_in_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
