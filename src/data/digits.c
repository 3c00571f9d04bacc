/* SPDX-License-Identifier: MIT */
/* digits.c: the built-in digits as a data set. Digit `index` has its own Philox stream, with the seed as key
 * and the index as counter. It therefore depends neither on the number of digits nor on the thread that draws
 * it. */
#include "data/digits.h"

#include "data/drawn.h"

enum { STREAM_SHAPE, STREAM_LABEL };

int dsc_digit_label(uint64_t seed, uint64_t index) {
    dsc_digit_random random;
    dsc_digit_random_start(&random, seed, STREAM_LABEL, index / 10);
    int order[10] = {0};
    for (int i = 0; i < 10; i++) { /* Fisher-Yates shuffle, inside-out */
        int j = (int)(dsc_digit_uniform(&random) * (float)(i + 1));
        order[i] = order[j];
        order[j] = i;
    }
    return order[index % 10];
}

void dsc_digit_draw(uint8_t *image, int digit, uint64_t seed, uint64_t index, const dsc_digit_variation *v) {
    dsc_digit_random random;
    dsc_digit_shape shape;
    dsc_digit_random_start(&random, seed, STREAM_SHAPE, index);
    dsc_digit_shape_draw(&shape, digit, v, &random);
    dsc_digit_ink(image, &shape);
    dsc_digit_scan_some(image, v, &random);
}

const dsc_digit_variation *dsc_digit_variation_of(const void *values) {
    const dsc_hands_values *how = values;
    static const dsc_digit_variation *const all[] = {
        [DSC_HANDS_USUAL] = &dsc_digit_variation_default,
        [DSC_HANDS_WORLD] = &dsc_digit_variation_world,
        [DSC_HANDS_PRINT] = &dsc_digit_variation_print,
    };
    return how ? all[how->hands] : &dsc_digit_variation_default;
}

uint8_t dsc_digit_draw_sample(uint8_t *image, uint64_t seed, uint64_t index, const void *values) {
    int digit = dsc_digit_label(seed, index);
    dsc_digit_draw(image, digit, seed, index, dsc_digit_variation_of(values));
    return (uint8_t)digit;
}

dsc_status dsc_digits_create(dsc_dataset **data, size_t count, uint64_t seed, unsigned threads,
                             dsc_error *error) {
    return dsc_drawn_create(data, &dsc_known_data_digits, NULL, count, seed, threads, error);
}
