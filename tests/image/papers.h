/* SPDX-License-Identifier: MIT */
/* papers.h: sheets of paper for the tests that search digits: (HIGH, WIDE) grey pixels. */
#ifndef TESTS_IMAGE_PAPERS_H
#define TESTS_IMAGE_PAPERS_H

#include "testing.h"

enum { WIDE = 400, HIGH = 300 };

/* A sheet of one grey; the caller frees it. */
static uint8_t *paper(uint8_t grey) {
    uint8_t *pixels = malloc(WIDE * HIGH);
    assert_non_null(pixels);
    memset(pixels, grey, WIDE * HIGH);
    return pixels;
}

static void fill(uint8_t *pixels, size_t left, size_t top, size_t right, size_t bottom, uint8_t grey) {
    for (size_t y = top; y < bottom; y++) memset(pixels + y * WIDE + left, grey, right - left);
}

/* Columns of a prepared digit that have ink above `faint`. */
static size_t columns_of(const uint8_t *image, uint8_t faint) {
    size_t count = 0;
    for (size_t x = 0; x < 28; x++) {
        bool any = false;
        for (size_t y = 0; y < 28; y++) any = any || image[y * 28 + x] > faint;
        count += any;
    }
    return count;
}

/* The number of inked pixels in the widest row of a prepared digit (28 x 28), and the lowest such row. */
static inline size_t widest_row(size_t *at, const uint8_t *image) {
    size_t widest = 0;
    *at = 0;
    for (size_t y = 0; y < 28; y++) {
        size_t width = 0;
        for (size_t x = 0; x < 28; x++) width += image[y * 28 + x] > 60;
        if (width >= widest) widest = width, *at = y;
    }
    return widest;
}

#endif
