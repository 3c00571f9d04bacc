/* SPDX-License-Identifier: MIT */
/* ground.c: finds the ground of images; see ground.h.
 *
 * The ground is the median of a margin wide enough that a frame of one pixel does not decide. Ink is what
 * differs from the ground. On a dark ground nearly all of the difference is towards white, on a light one
 * towards black. Otherwise, as in photos, the ground is unknown. */
#include "image/ground.h"

enum {
    FLAT = 20,       /* of 255: images with a smaller range are blank */
    PLAINLY = 4,     /* least ratio of the differences on both sides */
    LOOKED_AT = 1000 /* images at most */
};

static const double AGREE = 0.9; /* share of the images that are not blank */

static unsigned median(const uint32_t counts[256], size_t all) {
    size_t sum = 0;
    for (unsigned v = 0; v < 256; v++)
        if (2 * (sum += counts[v]) > all) return v;
    return 255;
}

/* A tenth of the shorter side, at least one pixel. */
static size_t margin_of(size_t height, size_t width) {
    const size_t shorter = height < width ? height : width;
    return (shorter + 9) / 10;
}

dsc_ground dsc_image_ground(bool *blank, const uint8_t *image, const size_t shape[3]) {
    const size_t height = shape[1], width = shape[2], margin = margin_of(height, width);
    uint32_t edge[256] = {0}, counts[256] = {0};
    size_t edges = 0;
    for (size_t c = 0; c < shape[0]; c++)
        for (size_t y = 0; y < height; y++) {
            const uint8_t *row = image + (c * height + y) * width;
            const bool outer = y < margin || y + margin >= height;
            for (size_t x = 0; x < width; x++) {
                counts[row[x]]++;
                if (!outer && x >= margin && x + margin < width) continue;
                edge[row[x]]++;
                edges++;
            }
        }
    const unsigned ground = median(edge, edges);
    unsigned least = 255, most = 0;
    double lighter = 0, darker = 0;
    for (unsigned v = 0; v < 256; v++) {
        if (!counts[v]) continue;
        if (v < least) least = v;
        most = v;
        if (v > ground) lighter += (double)counts[v] * (v - ground);
        if (v < ground) darker += (double)counts[v] * (ground - v);
    }
    *blank = most < least + FLAT;
    if (*blank) return DSC_GROUND_UNKNOWN;
    if (lighter > PLAINLY * darker) return DSC_GROUND_DARK;
    return darker > PLAINLY * lighter ? DSC_GROUND_LIGHT : DSC_GROUND_UNKNOWN;
}

void dsc_ground_vote(dsc_ground_votes *votes, const uint8_t *image, const size_t shape[3]) {
    bool blank;
    const dsc_ground ground = dsc_image_ground(&blank, image, shape);
    votes->voters += !blank;
    votes->dark += ground == DSC_GROUND_DARK;
    votes->light += ground == DSC_GROUND_LIGHT;
}

dsc_ground dsc_ground_elected(const dsc_ground_votes *votes) {
    const double enough = AGREE * (double)votes->voters;
    if (!votes->voters) return DSC_GROUND_UNKNOWN;
    if ((double)votes->dark >= enough) return DSC_GROUND_DARK;
    return (double)votes->light >= enough ? DSC_GROUND_LIGHT : DSC_GROUND_UNKNOWN;
}

size_t dsc_look_step(size_t count) { return (count + LOOKED_AT - 1) / LOOKED_AT + (count == 0); }

dsc_ground dsc_ground_of(const uint8_t *images, size_t count, const size_t shape[3]) {
    dsc_ground_votes votes = {0};
    const size_t size = shape[0] * shape[1] * shape[2], step = dsc_look_step(count);
    for (size_t i = 0; i < count && size > 0; i += step) dsc_ground_vote(&votes, images + i * size, shape);
    return dsc_ground_elected(&votes);
}
