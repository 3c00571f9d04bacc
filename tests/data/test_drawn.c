/* SPDX-License-Identifier: MIT */
/* test_drawn.c: the contract of every data set that is drawn by code: an image depends only on the seed,
 * its index and the parameters, all of its pixels are written, and every class occurs. */
#include "others.h"
#include "testing.h"

#include "data/drawn.h"

enum { SIDE = 28, BYTES = SIDE * SIDE, IMAGES = 64, DRAWS = 4000 };

static const dsc_known_data *row_at(size_t i) {
    return (const void *)dsc_registry_at(&dsc_drawn_data_registry, i);
}

static void every_image_is_drawn_whole_and_depends_on_its_seed_and_number(void **state) {
    (void)state;
    const dsc_known_data *row;
    for (size_t i = 0; (row = row_at(i)); i++) {
        size_t others = 0, neighbours = 0;
        for (uint64_t index = 0; index < IMAGES; index++) {
            uint8_t one[BYTES], two[BYTES], other[BYTES], next[BYTES];
            memset(one, 0x55, sizeof one);
            memset(two, 0xaa, sizeof two);
            assert_int_equal(row->draw(one, 7, index, NULL), row->draw(two, 7, index, NULL));
            if (memcmp(one, two, sizeof one) != 0)
                fail_msg("%s: image %d keeps what lay there before it was drawn", row->name, (int)index);
            (void)row->draw(other, 8, index, NULL);
            (void)row->draw(next, 7, index + 1, NULL);
            others += memcmp(one, other, sizeof one) != 0;
            neighbours += memcmp(one, next, sizeof one) != 0;
        }
        if (others < IMAGES / 2) fail_msg("%s: another seed draws the same", row->name);
        if (neighbours < IMAGES / 2) fail_msg("%s: all images are alike", row->name);
    }
}

static void every_label_is_a_class_and_every_class_comes(void **state) {
    (void)state;
    const dsc_known_data *row;
    for (size_t i = 0; (row = row_at(i)); i++) {
        size_t seen[256] = {0}, ink = 0;
        for (uint64_t index = 0; index < DRAWS; index++) {
            uint8_t image[BYTES];
            const uint8_t label = row->draw(image, 1, index, NULL);
            if (label >= row->classes)
                fail_msg("%s: label %d of %zu classes", row->name, label, row->classes);
            seen[label]++;
            size_t bright = 0;
            for (size_t k = 0; k < BYTES; k++) bright += image[k] > 64;
            ink += bright > 0;
        }
        for (size_t c = 0; c < row->classes; c++)
            if (!seen[c]) fail_msg("%s: no image of class %zu in %d", row->name, c, DRAWS);
        if (ink < DRAWS * 9 / 10)
            fail_msg("%s: %zu of %d images show nothing", row->name, DRAWS - ink, DRAWS);
    }
}

static bool parameter_matters(const dsc_known_data *row, const dsc_param *p) {
    char other[64];
    dsc_error error;
    void *values = calloc(1, row->values_size + 1), *changed = calloc(1, row->values_size + 1);
    ASSERT_OK(dsc_params_initialise(row->params, values, &error), error);
    ASSERT_OK(dsc_params_initialise(row->params, changed, &error), error);
    bool matters = false;
    for (size_t k = 0; !matters && others_text(other, p, values, k); k++) {
        if (dsc_param_parse(p, changed, other, &error)) continue;
        for (uint64_t index = 0; !matters && index < IMAGES; index++) {
            uint8_t one[BYTES], two[BYTES];
            const int a = row->draw(one, 7, index, values), b = row->draw(two, 7, index, changed);
            matters = a != b || memcmp(one, two, sizeof one) != 0;
        }
    }
    dsc_params_free(row->params, values);
    dsc_params_free(row->params, changed);
    free(values);
    free(changed);
    return matters;
}

static void every_parameter_matters(void **state) {
    (void)state;
    const dsc_known_data *row;
    for (size_t i = 0; (row = row_at(i)); i++)
        for (const dsc_param *p = row->params; p && p->name; p++)
            if (!parameter_matters(row, p))
                fail_msg("%s: its parameter '%s' changes nothing", row->name, p->name);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_image_is_drawn_whole_and_depends_on_its_seed_and_number),
        cmocka_unit_test(every_label_is_a_class_and_every_class_comes),
        cmocka_unit_test(every_parameter_matters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
