/* SPDX-License-Identifier: MIT */
/* plane.c: principal components by subspace iteration.
 *
 * With X the rows minus their mean, a block Q of four orthonormal directions is replaced by X^T X Q and
 * orthonormalised again (Gram-Schmidt) until the variances along it converge. The directions within the block
 * then follow from the 4 x 4 matrix Q^T X^T X Q by Jacobi rotations. X^T X, which may have thousands of rows,
 * is never formed. The block has more than two directions because the error falls as (fifth / second
 * variance)^rounds. Golub and Van Loan, "Matrix Computations", 8.2.4 and 8.5. */
#include "measure/plane.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/stream.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 4, ROUNDS_MOST = 300, SWEEPS = 30 };

typedef struct work {
    const float *rows;
    size_t count, width;
    double *mean;  /* (width) */
    double *block; /* (BLOCK, width) */
    double *next;  /* (BLOCK, width) */
    double total;  /* sum of squares about the mean */
} work;

static void find_mean(work *w) {
    for (size_t i = 0; i < w->count; i++)
        for (size_t k = 0; k < w->width; k++) w->mean[k] += (double)w->rows[i * w->width + k];
    for (size_t k = 0; k < w->width; k++) w->mean[k] /= (double)w->count;
    for (size_t i = 0; i < w->count; i++)
        for (size_t k = 0; k < w->width; k++) {
            double d = (double)w->rows[i * w->width + k] - w->mean[k];
            w->total += d * d;
        }
}

/* Projects one row, minus the mean, onto the directions of the block. */
static void project(double out[BLOCK], const work *w, size_t i) {
    const float *row = w->rows + i * w->width;
    for (size_t b = 0; b < BLOCK; b++) {
        const double *q = w->block + b * w->width;
        double sum = 0;
        for (size_t k = 0; k < w->width; k++) sum += ((double)row[k] - w->mean[k]) * q[k];
        out[b] = sum;
    }
}

/* next = X^T X block, and small = block^T X^T X block. */
static void multiply(work *w, double small[BLOCK][BLOCK]) {
    memset(w->next, 0, BLOCK * w->width * sizeof *w->next);
    memset(small, 0, BLOCK * sizeof *small);
    for (size_t i = 0; i < w->count; i++) {
        const float *row = w->rows + i * w->width;
        double along[BLOCK];
        project(along, w, i);
        for (size_t b = 0; b < BLOCK; b++) {
            double *to = w->next + b * w->width;
            for (size_t k = 0; k < w->width; k++) to[k] += along[b] * ((double)row[k] - w->mean[k]);
            for (size_t c = 0; c < BLOCK; c++) small[b][c] += along[b] * along[c];
        }
    }
}

static double dot(const double *a, const double *b, size_t count) {
    double sum = 0;
    for (size_t k = 0; k < count; k++) sum += a[k] * b[k];
    return sum;
}

/* block = orthonormalised next; two passes, because one loses digits. A direction without remainder becomes
 * zero. */
static void orthonormalise(work *w) {
    memcpy(w->block, w->next, BLOCK * w->width * sizeof *w->block);
    for (size_t b = 0; b < BLOCK; b++) {
        double *q = w->block + b * w->width;
        double before = sqrt(dot(q, q, w->width));
        for (size_t again = 0; again < 2; again++)
            for (size_t c = 0; c < b; c++) {
                const double *p = w->block + c * w->width;
                double along = dot(p, q, w->width);
                for (size_t k = 0; k < w->width; k++) q[k] -= along * p[k];
            }
        double length = sqrt(dot(q, q, w->width));
        double factor = length > 1e-10 * before && length > 0 ? 1 / length : 0;
        for (size_t k = 0; k < w->width; k++) q[k] *= factor;
    }
}

/* Jacobi: rotates rows and columns i and j so that a[i][j] vanishes; v accumulates the rotations. */
static void rotate(double a[BLOCK][BLOCK], double v[BLOCK][BLOCK], size_t i, size_t j) {
    if (fabs(a[i][j]) <= 1e-300) return;
    double theta = (a[j][j] - a[i][i]) / (2 * a[i][j]);
    double t = (theta >= 0 ? 1 : -1) / (fabs(theta) + sqrt(theta * theta + 1));
    double c = 1 / sqrt(t * t + 1), s = t * c;
    for (size_t k = 0; k < BLOCK; k++) {
        double x = a[k][i], y = a[k][j];
        a[k][i] = c * x - s * y;
        a[k][j] = s * x + c * y;
    }
    for (size_t k = 0; k < BLOCK; k++) {
        double x = a[i][k], y = a[j][k];
        a[i][k] = c * x - s * y;
        a[j][k] = s * x + c * y;
        x = v[k][i], y = v[k][j];
        v[k][i] = c * x - s * y;
        v[k][j] = s * x + c * y;
    }
}

/* The two largest eigenvalues of `small`, and their eigenvectors in the directions of the block. */
static void two_largest(double value[2], double vector[2][BLOCK], double small[BLOCK][BLOCK]) {
    double v[BLOCK][BLOCK] = {{0}};
    for (size_t b = 0; b < BLOCK; b++) v[b][b] = 1;
    for (size_t sweep = 0; sweep < SWEEPS; sweep++)
        for (size_t i = 0; i < BLOCK; i++)
            for (size_t j = i + 1; j < BLOCK; j++) rotate(small, v, i, j);
    size_t first = 0, second = BLOCK;
    for (size_t b = 1; b < BLOCK; b++)
        if (small[b][b] > small[first][first]) first = b;
    for (size_t b = 0; b < BLOCK; b++)
        if (b != first && (second == BLOCK || small[b][b] > small[second][second])) second = b;
    const size_t chosen[2] = {first, second};
    for (size_t n = 0; n < 2; n++) {
        value[n] = small[chosen[n]][chosen[n]];
        for (size_t b = 0; b < BLOCK; b++) vector[n][b] = v[b][chosen[n]];
    }
}

/* -1 if the component's largest weight is negative, otherwise 1. */
static double direction(const work *w, const double vector[BLOCK]) {
    double largest = 0;
    for (size_t k = 0; k < w->width; k++) {
        double weight = 0;
        for (size_t b = 0; b < BLOCK; b++) weight += vector[b] * w->block[b * w->width + k];
        if (fabs(weight) > fabs(largest)) largest = weight;
    }
    return largest < 0 ? -1 : 1;
}

static void iterate(work *w, double value[2], double vector[2][BLOCK]) {
    dsc_rng rng;
    dsc_rng_philox(&rng, (const uint64_t[2]){1, DSC_STREAM_BOOTSTRAP}, (const uint64_t[4]){0});
    for (size_t k = 0; k < BLOCK * w->width; k++) w->next[k] = dsc_rng_normal(&rng);
    double before[2] = {0}, small[BLOCK][BLOCK];
    for (size_t round = 0; round < ROUNDS_MOST; round++) {
        orthonormalise(w);
        multiply(w, small);
        two_largest(value, vector, small);
        if (fabs(value[0] - before[0]) + fabs(value[1] - before[1]) <= 1e-9 * w->total) break;
        memcpy(before, value, sizeof before);
    }
}

static void place(double *places, double share[2], work *w) {
    double value[2], vector[2][BLOCK], sign[2];
    find_mean(w);
    iterate(w, value, vector);
    for (size_t n = 0; n < 2; n++) {
        share[n] = w->total > 0 ? fmax(0, value[n]) / w->total : 0;
        sign[n] = direction(w, vector[n]);
    }
    for (size_t i = 0; i < w->count; i++) {
        double along[BLOCK];
        project(along, w, i);
        for (size_t n = 0; n < 2; n++) places[2 * i + n] = sign[n] * dot(vector[n], along, BLOCK);
    }
}

dsc_status dsc_plane_find(double *places, double share[2], const float *rows, size_t count, size_t width,
                          dsc_error *error) {
    work w = {.rows = rows, .count = count, .width = width};
    w.mean = dsc_allocate(width, sizeof *w.mean);
    w.block = dsc_allocate(width, BLOCK * sizeof *w.block);
    w.next = dsc_allocate(width, BLOCK * sizeof *w.next);
    dsc_status status = DSC_OK;
    if (w.mean && w.block && w.next)
        place(places, share, &w);
    else
        status = dsc_fail_memory(error, width * BLOCK * sizeof *w.block, "principal components");
    free(w.mean);
    free(w.block);
    free(w.next);
    return status;
}
