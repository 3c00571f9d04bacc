/* SPDX-License-Identifier: MIT */
/* test_packers.c: every packer against its definition, element by element, and patches read in place by products. */
#include "guarded.h"

#include "kernel/gemm.h"
#include "kernel/vectors.h"

#include <math.h>

static uint64_t state = 1;
static size_t random_below(size_t n) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(state >> 33) % n;
}

enum { REALS, HALVES, BYTES };

/* Patches of a random shape, and the element that pack.h defines. */
typedef struct sample {
    dsc_packer_patches p;
    guarded images;
    uint32_t order[4];
    dsc_real scale[8], offset[8];
    int kind;
    size_t pixels, places;
} sample;

static void sample_make(sample *s, bool simple, bool with_channels_last) {
    dsc_packer_patches *p = &s->p;
    dsc_pack_patches_init(p);
    const size_t images = 1 + random_below(3);
    p->channels = 1 + random_below(simple ? 4 : 6);
    if (simple) p->channels *= 2;
    p->channels_last = with_channels_last;
    p->kernel_height = 1 + random_below(4);
    p->kernel_width = 1 + random_below(4);
    p->stride_y = 1 + random_below(3);
    p->stride_x = 1 + random_below(2) * random_below(3);
    p->output_height = 1 + random_below(5);
    p->output_width = 1 + random_below(simple ? 30 : 7);
    p->dilation_y = 1 + random_below(3);
    if (simple) {
        p->height = (p->output_height - 1) * p->stride_y + (p->kernel_height - 1) * p->dilation_y + 1 +
                    random_below(2);
        p->width = (p->output_width - 1) * p->stride_x + p->kernel_width + random_below(2);
    } else {
        p->dilation_x = 1 + random_below(2) * random_below(3);
        p->gap_y = 1 + random_below(2) * random_below(3);
        p->gap_x = 1 + random_below(2) * random_below(3);
        p->padding_y = (ptrdiff_t)random_below(5) - 1;
        p->padding_x = (ptrdiff_t)random_below(5) - 1;
        p->height = 1 + random_below(9); /* patches may reach far outside */
        p->width = 1 + random_below(12);
    }
    const size_t c = p->channels, w = p->width, h = p->height;
    const bool interleaved = simple || random_below(2) == 0;
    p->channel_stride = interleaved ? 1 : (ptrdiff_t)(h * w);
    p->column_stride = interleaved ? (ptrdiff_t)c : 1;
    p->row_stride = p->column_stride * (ptrdiff_t)w;
    p->image_stride = (ptrdiff_t)(c * h * w);
    if (random_below(2)) {
        for (size_t i = 0; i < images; i++) s->order[i] = (uint32_t)random_below(images);
        p->order = s->order;
    }
    s->kind = (int)random_below(simple ? 2 : 3);
    const size_t count = images * c * h * w;
    s->images = guarded_make(count * (s->kind == REALS ? sizeof(dsc_real) : s->kind == HALVES ? 2 : 1));
    for (size_t i = 0; i < count; i++) {
        const float value = (float)random_below(200) - 100;
        if (s->kind == REALS)
            ((dsc_real *)s->images.data)[i] = value;
        else if (s->kind == HALVES)
            ((uint16_t *)s->images.data)[i] = dsc_bf16_from_float(value);
        else
            ((uint8_t *)s->images.data)[i] = (uint8_t)random_below(256);
    }
    if (s->kind == REALS)
        p->images = s->images.data;
    else if (s->kind == HALVES)
        p->halves = s->images.data;
    else
        p->bytes = s->images.data;
    if (random_below(3)) {
        for (size_t i = 0; i < c; i++) s->scale[i] = (dsc_real)(i + 1) / 3, s->offset[i] = (dsc_real)i - 1;
        p->scale = s->scale;
        p->offset = s->offset;
    }
    s->pixels = images * p->output_height * p->output_width;
    s->places = c * p->kernel_height * p->kernel_width;
}

static dsc_real element(const sample *s, size_t pixel, size_t place) {
    const dsc_packer_patches *p = &s->p;
    const size_t kw = p->kernel_width, kh = p->kernel_height;
    const size_t c = p->channels_last ? place % p->channels : place / kw / kh;
    const size_t ky = p->channels_last ? place / p->channels / kw : place / kw % kh;
    const size_t kx = p->channels_last ? place / p->channels % kw : place % kw;
    const size_t ox = pixel % p->output_width, oy = pixel / p->output_width % p->output_height;
    const size_t n = pixel / p->output_width / p->output_height;
    ptrdiff_t y = (ptrdiff_t)(oy * p->stride_y + ky * p->dilation_y) - p->padding_y;
    ptrdiff_t x = (ptrdiff_t)(ox * p->stride_x + kx * p->dilation_x) - p->padding_x;
    const ptrdiff_t gy = (ptrdiff_t)p->gap_y, gx = (ptrdiff_t)p->gap_x;
    if (y < 0 || x < 0 || y % gy || x % gx) return 0;
    y /= gy, x /= gx;
    if (y >= (ptrdiff_t)p->height || x >= (ptrdiff_t)p->width) return 0;
    const ptrdiff_t at = (ptrdiff_t)(p->order ? p->order[n] : n) * p->image_stride + y * p->row_stride +
                         x * p->column_stride + (ptrdiff_t)c * p->channel_stride;
    if (p->images) return p->images[at];
    if (p->halves) return dsc_bf16_to_float(p->halves[at]);
    const dsc_real scaled = (dsc_real)p->bytes[at] * (p->scale ? p->scale[c] : 1);
    return scaled + (p->offset ? p->offset[c] : 0);
}

static void patches_are_what_they_are_defined_to_be(void **unused) {
    (void)unused;
    const dsc_kernels *set;
    for (size_t i = 0; (set = dsc_kernels_at(i)); i++) {
        state = 7;
        for (int round = 0; round < 4000; round++) {
            sample s = {0};
            sample_make(&s, false, round & 1);
            s.p.packer.transposed = round & 2;
            const size_t vectors = s.p.packer.transposed ? s.places : s.pixels;
            const size_t depths = s.p.packer.transposed ? s.pixels : s.places;
            const size_t v0 = random_below(vectors), k0 = random_below(depths);
            const size_t v = 1 + random_below(vectors - v0), k = 1 + random_below(depths - k0);
            const guarded out = guarded_make(v * k * sizeof(dsc_real));
            const bool across = round & 4;
            const ptrdiff_t vs = across ? 1 : (ptrdiff_t)k, ds = across ? (ptrdiff_t)v : 1;
            s.p.packer.fill(&s.p.packer, set->vector, out.data, vs, ds, v0, v, k0, k);
            for (size_t a = 0; a < v; a++)
                for (size_t b = 0; b < k; b++) {
                    const dsc_real found = ((dsc_real *)out.data)[(ptrdiff_t)a * vs + (ptrdiff_t)b * ds];
                    const dsc_real wanted =
                        s.p.packer.transposed ? element(&s, k0 + b, v0 + a) : element(&s, v0 + a, k0 + b);
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
    size_t in_place = 0;
    for (size_t i = 0; (set = dsc_kernels_at(i)); i++) {
        state = 9;
        for (int round = 0; round < 400; round++) {
            const dsc_gemm_kernels *kernels = round & 1 ? set->bf16 : set->f32;
            sample s = {0};
            sample_make(&s, true, true);
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
    }
    assert_true(in_place > 100); /* or nothing was tested */
}

static void bytes_are_scaled_by_channel_in_the_given_order(void **unused) {
    (void)unused;
    enum { IMAGES = 5, CHANNELS = 3, PIXELS = 37, PLACES = CHANNELS * PIXELS, STRIDE = PLACES + 2 };
    const guarded bytes = guarded_make((IMAGES - 1) * STRIDE + PLACES);
    for (size_t i = 0; i < (IMAGES - 1) * STRIDE + PLACES; i++)
        ((uint8_t *)bytes.data)[i] = (uint8_t)(i * 37);
    const uint32_t order[] = {4, 0, 0, 2};
    const dsc_real scale[] = {1 / 255.0f, 0.1f, -2}, offset[] = {0, -0.3f, 100};
    const dsc_kernels *set;
    for (size_t i = 0; (set = dsc_kernels_at(i)); i++)
        for (int round = 0; round < 16; round++) {
            dsc_packer_bytes p;
            dsc_pack_bytes_init(&p);
            p.bytes = bytes.data;
            p.image_stride = STRIDE;
            p.channels = CHANNELS;
            p.pixels = PIXELS;
            if (round & 1) p.order = order;
            if (round & 2) p.scale = scale, p.offset = offset;
            p.packer.transposed = round & 4;
            const size_t first = 1, images = 3, place = 5, places = PLACES - 7;
            const size_t vectors = round & 4 ? places : images, depths = round & 4 ? images : places;
            const guarded out = guarded_make(vectors * depths * sizeof(dsc_real));
            const ptrdiff_t vs = round & 8 ? 1 : (ptrdiff_t)depths, ds = round & 8 ? (ptrdiff_t)vectors : 1;
            p.packer.fill(&p.packer, set->vector, out.data, vs, ds, round & 4 ? place : first, vectors,
                          round & 4 ? first : place, depths);
            for (size_t n = 0; n < images; n++)
                for (size_t k = 0; k < places; k++) {
                    const size_t image = round & 1 ? order[first + n] : first + n, c = (place + k) / PIXELS;
                    const dsc_real scaled = (dsc_real)((uint8_t *)bytes.data)[image * STRIDE + place + k] *
                                            (round & 2 ? scale[c] : 1);
                    const dsc_real wanted = scaled + (round & 2 ? offset[c] : 0);
                    const ptrdiff_t at =
                        (ptrdiff_t)n * (round & 4 ? ds : vs) + (ptrdiff_t)k * (round & 4 ? vs : ds);
                    assert_true(((dsc_real *)out.data)[at] == wanted);
                }
            guarded_free(out);
        }
    guarded_free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patches_are_what_they_are_defined_to_be),
        cmocka_unit_test(convolutions_read_patches_in_place),
        cmocka_unit_test(bytes_are_scaled_by_channel_in_the_given_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
