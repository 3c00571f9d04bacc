/* SPDX-License-Identifier: MIT */
/* digits_ink.c: the pen. The ink of a pixel is that of the segment that covers it most. With d the distance
 * of the pixel's centre from the segment and r the pen's radius at the nearest point,
 *     ink = u^2 (3 - 2u),  u = clamp((r - d) / edge + 1/2, 0, 1).
 * The box is then placed in 28 x 28 pixels, moved by whole pixels so that its centre of mass is in the
 * middle, as in MNIST. */
#include "data/digits_parts.h"

#include <math.h>
#include <string.h>

enum { BOX = DSC_DIGIT_BOX, SIDE = DSC_DIGIT_SIDE, RUN = 8, ROW = BOX + RUN };

/* Raises each pixel of `ink` (BOX rows of ROW) to the depth of its centre inside the segment, in pixels. */
static void ink_segment(float *ink, const dsc_digit_shape *shape, size_t i, size_t j) {
    float ax = shape->x[i], ay = shape->y[i], ra = shape->radius[i];
    float dx = shape->x[j] - ax, dy = shape->y[j] - ay, dr = shape->radius[j] - ra;
    float length = dx * dx + dy * dy, inverse = length > 1e-9f ? 1 / length : 0;
    float reach = (dr > 0 ? ra + dr : ra) + 0.5f * shape->edge;
    float left = (dx < 0 ? ax + dx : ax) - reach, right = (dx > 0 ? ax + dx : ax) + reach;
    float top = (dy < 0 ? ay + dy : ay) - reach, bottom = (dy > 0 ? ay + dy : ay) + reach;
    int x0 = left > 0 ? (int)left : 0, x1 = right < BOX ? (int)right : BOX - 1;
    int y0 = top > 0 ? (int)top : 0, y1 = bottom < BOX ? (int)bottom : BOX - 1;
    for (int y = y0; y <= y1; y++) {
        float py = (float)y + 0.5f - ay, along = py * dy;
        for (int x = x0; x <= x1; x += RUN) {
            float *out = ink + y * ROW + x;
            float offset = (float)x + 0.5f - ax;
            for (int c = 0; c < RUN; c++) {
                float px = offset + (float)c;
                float t = (px * dx + along) * inverse;
                t = t < 0 ? 0 : t;
                t = t > 1 ? 1 : t;
                float ex = px - t * dx, ey = py - t * dy;
                float depth = ra + t * dr - sqrtf(ex * ex + ey * ey);
                out[c] = out[c] > depth ? out[c] : depth;
            }
        }
    }
}

/* The position of the box, 0 to 8, that moves a centre of mass `mass` pixels from its edge to the middle. */
static int place(float mass) {
    int at = (int)(0.5f * SIDE + 0.5f - mass + 0.5f);
    return at < 0 ? 0 : at > SIDE - BOX ? SIDE - BOX : at;
}

void dsc_digit_place(uint8_t *image, const uint8_t *box) {
    int sum = 0, sum_x = 0, sum_y = 0;
    for (int y = 0; y < BOX; y++) {
        int row = 0;
        for (int x = 0; x < BOX; x++) {
            row += box[y * BOX + x];
            sum_x += box[y * BOX + x] * x;
        }
        sum += row;
        sum_y += row * y;
    }
    int left = place(sum ? (float)sum_x / (float)sum + 0.5f : 0.5f * BOX);
    int top = place(sum ? (float)sum_y / (float)sum + 0.5f : 0.5f * BOX);
    memset(image, 0, DSC_DIGIT_BYTES);
    for (int y = 0; y < BOX; y++) memcpy(image + (top + y) * SIDE + left, box + y * BOX, BOX);
}

void dsc_digit_ink(uint8_t *image, const dsc_digit_shape *shape) {
    float ink[BOX * ROW];
    for (int i = 0; i < BOX * ROW; i++) ink[i] = -BOX;
    for (size_t i = 0; i < shape->count; i++)
        if (shape->down[i]) ink_segment(ink, shape, i - 1, i);
    uint8_t grey[BOX * BOX];
    float scale = 1 / shape->edge;
    for (int y = 0; y < BOX; y++)
        for (int x = 0; x < BOX; x++) {
            float part = ink[y * ROW + x] * scale + 0.5f;
            part = part < 0 ? 0 : part > 1 ? 1 : part;
            grey[y * BOX + x] = (uint8_t)(part * part * (3 - 2 * part) * 255 + 0.5f);
        }
    dsc_digit_place(image, grey);
}
