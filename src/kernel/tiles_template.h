/* SPDX-License-Identifier: MIT */
/* tiles_template.h: the transforms of tiles.h, for the instruction set that isa_*.h began. Each is compiled
 * for whole vectors of channels, and for the last channels, which a mask selects.
 *
 * Define before the include: DSC_TILES(name), the name of a generated function or table; DSC_TILES_ELEMENT,
 * the type of images and operands; DSC_TILES_LOAD, ..._LOAD_FIRST, ..._STORE and ..._STORE_FIRST, which are
 * as vec_load and so on, for elements. */

#define DSC_TILES_IN(from)  (whole ? DSC_TILES_LOAD(from) : DSC_TILES_LOAD_FIRST(from, mask))
#define DSC_TILES_SUM(from) (whole ? vec_load(from) : vec_load_first(from, mask))
#define DSC_TILES_OUT(to, x)                                                                                 \
    do {                                                                                                     \
        if (whole)                                                                                           \
            DSC_TILES_STORE(to, x);                                                                          \
        else                                                                                                 \
            DSC_TILES_STORE_FIRST(to, x, mask);                                                              \
    } while (0)

/* Calls `one` for each vector of channels; `...` are the arguments behind the channel. */
#define DSC_TILES_CHANNELS(one, ...)                                                                         \
    size_t c = 0;                                                                                            \
    for (; c + DSC_ISA_WIDTH <= channels; c += DSC_ISA_WIDTH)                                                \
        DSC_TILES(one)(c, vec_first(DSC_ISA_WIDTH), true, __VA_ARGS__);                                      \
    if (c < channels) DSC_TILES(one)(c, vec_first(channels - c), false, __VA_ARGS__)

/* ---- B' x B: 4 x 4 pixels to 16 planes ---- */

/* B' x of two columns of pixels. */
DSC_INLINE void DSC_TILES(two_columns)(vec m[4][2], vec_mask mask, const bool whole,
                                       const DSC_TILES_ELEMENT *in, size_t in_row, size_t channels) {
#pragma GCC unroll 2
    for (size_t j = 0; j < 2; j++) {
        const DSC_TILES_ELEMENT *x = in + j * channels;
        const vec x0 = DSC_TILES_IN(x), x1 = DSC_TILES_IN(x + in_row), x2 = DSC_TILES_IN(x + 2 * in_row),
                  x3 = DSC_TILES_IN(x + 3 * in_row);
        m[0][j] = x0 - x2;
        m[1][j] = x1 + x2;
        m[2][j] = x2 - x1;
        m[3][j] = x1 - x3;
    }
}

/* A row of tiles, channels from c on: two of a tile's four columns are those of the tile before. */
DSC_INLINE void DSC_TILES(tile_values_of_row)(size_t c, vec_mask mask, const bool whole,
                                              DSC_TILES_ELEMENT *out, size_t plane,
                                              const DSC_TILES_ELEMENT *in, size_t in_row, size_t tiles,
                                              size_t channels) {
    vec m[4][2];
    DSC_TILES(two_columns)(m, mask, whole, in + c, in_row, channels);
    for (size_t t = 0; t < tiles; t++) {
        vec next[4][2];
        in += 2 * channels;
        DSC_TILES(two_columns)(next, mask, whole, in + c, in_row, channels);
        DSC_TILES_ELEMENT *to = out + t * channels + c;
#pragma GCC unroll 4
        for (size_t i = 0; i < 4; i++, to += 4 * plane) {
            DSC_TILES_OUT(to, m[i][0] - next[i][0]);
            DSC_TILES_OUT(to + plane, m[i][1] + next[i][0]);
            DSC_TILES_OUT(to + 2 * plane, next[i][0] - m[i][1]);
            DSC_TILES_OUT(to + 3 * plane, m[i][1] - next[i][1]);
            m[i][0] = next[i][0];
            m[i][1] = next[i][1];
        }
    }
}

static void DSC_TILES(tile_values)(void *restrict to, size_t plane, const void *restrict from, size_t in_row,
                                   size_t tiles, size_t channels) {
    DSC_TILES_ELEMENT *out = to;
    const DSC_TILES_ELEMENT *in = from;
    DSC_TILES_CHANNELS(tile_values_of_row, out, plane, in, in_row, tiles, channels);
}

/* ---- A dy A': 2 x 2 gradients to 16 planes ---- */

DSC_INLINE void DSC_TILES(tile_gradients_of_tile)(size_t c, vec_mask mask, const bool whole,
                                                  DSC_TILES_ELEMENT *out, size_t plane,
                                                  const DSC_TILES_ELEMENT *in, size_t in_row,
                                                  size_t channels) {
    vec m[4][2];
#pragma GCC unroll 2
    for (size_t j = 0; j < 2; j++) {
        const DSC_TILES_ELEMENT *d = in + j * channels + c;
        const vec d0 = DSC_TILES_IN(d), d1 = DSC_TILES_IN(d + in_row);
        m[0][j] = d0;
        m[1][j] = d0 + d1;
        m[2][j] = d0 - d1;
        m[3][j] = -d1;
    }
#pragma GCC unroll 4
    for (size_t i = 0; i < 4; i++) {
        DSC_TILES_ELEMENT *to = out + 4 * i * plane + c;
        DSC_TILES_OUT(to, m[i][0]);
        DSC_TILES_OUT(to + plane, m[i][0] + m[i][1]);
        DSC_TILES_OUT(to + 2 * plane, m[i][0] - m[i][1]);
        DSC_TILES_OUT(to + 3 * plane, -m[i][1]);
    }
}

static void DSC_TILES(tile_gradients)(void *restrict to, size_t plane, size_t apart,
                                      const void *restrict from, size_t in_row, size_t tiles,
                                      size_t channels) {
    DSC_TILES_ELEMENT *out = to;
    const DSC_TILES_ELEMENT *in = from;
    for (; tiles > 0; tiles--, out += apart, in += 2 * channels) {
        DSC_TILES_CHANNELS(tile_gradients_of_tile, out, plane, in, in_row, channels);
    }
}

/* ---- A' m A: 16 planes to 2 x 2 results ---- */

/* y: above left, above right, below left, below right. */
DSC_INLINE void DSC_TILES(results_of_tile)(vec y[4], vec_mask mask, const bool whole, const dsc_real *in,
                                           size_t plane, const dsc_real *bias, bool relu) {
    vec p[2][4];
#pragma GCC unroll 4
    for (size_t j = 0; j < 4; j++) {
        const dsc_real *m = in + j * plane;
        const vec m0 = DSC_TILES_SUM(m), m1 = DSC_TILES_SUM(m + 4 * plane), m2 = DSC_TILES_SUM(m + 8 * plane),
                  m3 = DSC_TILES_SUM(m + 12 * plane);
        p[0][j] = m0 + m1 + m2;
        p[1][j] = m1 - m2 - m3;
    }
    const vec b = bias ? DSC_TILES_SUM(bias) : (vec){0};
#pragma GCC unroll 2
    for (size_t i = 0; i < 2; i++) {
        y[2 * i] = p[i][0] + p[i][1] + p[i][2] + b;
        y[2 * i + 1] = p[i][1] - p[i][2] - p[i][3] + b;
    }
    if (relu) {
#pragma GCC unroll 4
        for (size_t i = 0; i < 4; i++) y[i] = vec_relu(y[i]);
    }
}

/* Stores the results that lie in the image. */
DSC_INLINE void DSC_TILES(tile_sums_of_tile)(size_t c, vec_mask mask, const bool whole,
                                             DSC_TILES_ELEMENT *out, size_t out_row, const dsc_real *in,
                                             size_t plane, const dsc_real *bias, bool relu, bool below,
                                             bool right, size_t channels) {
    vec y[4];
    DSC_TILES(results_of_tile)(y, mask, whole, in + c, plane, bias ? bias + c : bias, relu);
    out += c;
    DSC_TILES_OUT(out, y[0]);
    if (right) DSC_TILES_OUT(out + channels, y[1]);
    if (below) DSC_TILES_OUT(out + out_row, y[2]);
    if (below && right) DSC_TILES_OUT(out + out_row + channels, y[3]);
}

static void DSC_TILES(tile_sums)(void *restrict to, size_t out_row, const dsc_real *restrict in, size_t plane,
                                 const dsc_real *restrict bias, bool relu, size_t rows, size_t columns,
                                 size_t channels) {
    DSC_TILES_ELEMENT *out = to;
    for (size_t x = 0; x < columns; x += 2, out += 2 * channels, in += channels) {
        DSC_TILES_CHANNELS(tile_sums_of_tile, out, out_row, in, plane, bias, relu, rows > 1, x + 1 < columns,
                           channels);
    }
}

DSC_INLINE void DSC_TILES(tile_pooled_of_tile)(size_t c, vec_mask mask, const bool whole,
                                               DSC_TILES_ELEMENT *out, const dsc_real *in, size_t plane,
                                               const dsc_real *bias, bool relu) {
    vec y[4];
    DSC_TILES(results_of_tile)(y, mask, whole, in + c, plane, bias ? bias + c : bias, relu);
    DSC_TILES_OUT(out + c, vec_larger(vec_larger(y[0], y[1]), vec_larger(y[2], y[3])));
}

static void DSC_TILES(tile_pooled)(void *restrict to, const dsc_real *restrict in, size_t plane,
                                   const dsc_real *restrict bias, bool relu, size_t tiles, size_t channels) {
    DSC_TILES_ELEMENT *out = to;
    for (; tiles > 0; tiles--, out += channels, in += channels) {
        DSC_TILES_CHANNELS(tile_pooled_of_tile, out, in, plane, bias, relu);
    }
}

const dsc_tile_kernels DSC_TILES(dsc_tiles) = {.values = DSC_TILES(tile_values),
                                               .gradients = DSC_TILES(tile_gradients),
                                               .sums = DSC_TILES(tile_sums),
                                               .pooled = DSC_TILES(tile_pooled)};

#undef DSC_TILES_IN
#undef DSC_TILES_SUM
#undef DSC_TILES_OUT
#undef DSC_TILES_CHANNELS
#undef DSC_TILES
#undef DSC_TILES_ELEMENT
#undef DSC_TILES_LOAD
#undef DSC_TILES_LOAD_FIRST
#undef DSC_TILES_STORE
#undef DSC_TILES_STORE_FIRST
