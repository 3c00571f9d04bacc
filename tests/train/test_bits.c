/* SPDX-License-Identifier: MIT */
/* The bits of a trained model depend only on its recipe and the kernel set: not on the compiler, its
 * options, the sanitizers, or on sizes of buffers and pieces of work (base/limits.h). So every build must
 * give the sums below, which are those of the release build. They are for x86-64: other architectures
 * round elementary functions differently. */
#include "testing.h"

#include "base/seed.h"
#include "train/trainer.h"

#include <libdeflate.h>

#define COMMON                                                                                               \
    "\"kernels\": \"portable\", \"validation\": 0.2, \"epochs\": 2, \"batch\": 50, \"lanes\": 3, \"seed\": " \
    "11"

static const struct {
    const char *recipe;
    uint32_t crc; /* of the parameters, CRC-32 */
} trained[] = {
    {"{" COMMON
     ", \"model\": \"flatten, dense 70, relu, dropout 0.3, dense\", \"optimiser\": \"sgd momentum=0.9\", "
     "\"l2\": 0.001}",
     0x40eae97b},
    {"{" COMMON
     ", \"model\": \"conv 4 5x5 stride=2, batch-norm, silu, conv 6 3x3, gelu, max-pool 2, flatten, dense 24, "
     "layer-norm, relu, dense\", \"optimiser\": \"adamw\", \"learning-rate\": 0.01, \"normalise\": "
     "\"standard\", "
     "\"ema\": 0.9, \"clip-norm\": 1, \"augment\": \"elastic\"}",
     0x5a94337d},
    {"{" COMMON
     ", \"model\": \"flatten, dense 40, tanh, dense 30, sigmoid, dense\", \"optimiser\": \"rmsprop\", "
     "\"learning-rate\": 0.002, \"augment\": \"affine rotate=10 shift=2\"}",
     0xa7f1b2d7},
    {"{" COMMON ", \"model\": \"conv 16 5x5 stride=2, batch-norm, relu, max-pool 2, conv 16 2x2 padding=1, "
     "relu, flatten, "
     "dense\", \"optimiser\": \"sgd momentum=0.9\", \"learning-rate\": 0.01}",
     0x295650be},
};

static uint32_t train(const char *json, const dsc_dataset *data) {
    dsc_recipe recipe;
    dsc_error error;
    dsc_model *model;
    dsc_trainer *trainer;
    ASSERT_OK(dsc_recipe_initialise(&recipe, &error), error);
    ASSERT_OK(dsc_recipe_from_json(&recipe, json, strlen(json), "test", &error), error);
    dsc_model_options options = dsc_model_options_defaults();
    options.text = recipe.model;
    options.loss = recipe.loss;
    options.seed = dsc_seed_key(&recipe.seed);
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    ASSERT_OK(dsc_trainer_create(&trainer, model, &recipe, data, 2, &error), error);
    ASSERT_OK(dsc_trainer_run(trainer, NULL, NULL, &error), error);
    const uint32_t crc = libdeflate_crc32(0, model->values, trainer->updater.numbers * sizeof(dsc_real));
    dsc_trainer_free(trainer);
    dsc_model_free(model);
    dsc_recipe_clear(&recipe);
    return crc;
}

static void every_build_trains_to_the_same_bits(void **state) {
    (void)state;
#if !defined(__x86_64__)
    TEST_SKIP("the sums are those of x86-64");
#endif
    dsc_dataset *digits;
    dsc_error error;
    ASSERT_OK(dsc_digits_create(&digits, 300, 3, 1, &error), error);
    size_t others = 0;
    for (size_t i = 0; i < sizeof trained / sizeof *trained; i++) {
        const uint32_t crc = train(trained[i].recipe, digits);
        if (crc == trained[i].crc) continue;
        print_message("recipe %zu: 0x%08x, expected 0x%08x\n", i, crc, trained[i].crc);
        others++;
    }
    assert_int_equal(others, 0);
    dsc_dataset_free(digits);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_build_trains_to_the_same_bits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
