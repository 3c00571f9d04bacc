/* SPDX-License-Identifier: MIT */
/* Seeds of any size give NumPy's random numbers, from text, from JSON, in recipes and in the library's
 * calls. The golden figures are from NumPy 1.24: default_rng(seed).bit_generator.random_raw(2); and for
 * the key of a seed of 2^64 or more, SeedSequence(seed).generate_state(1, uint64), which is
 * Philox(seed).state["state"]["key"][0]. */
#include "testing.h"

#include "base/json.h"
#include "base/param.h"
#include "base/seed.h"
#include "model/model.h"
#include "train/recipe.h"

static char of_400[402], of_1000[1001]; /* 10^400 + 7 and 10^1000 - 1 */

static const struct golden {
    const char *digits;
    uint64_t raw[2], key;
} golden[] = {
    {"0", {0xa30febcfd9c2825f, 0x4510bdf882d9d721}, 0x0000000000000000},
    {"1", {0x8306bdf37922e4ff, 0xf35196bbc152a866}, 0x0000000000000001},
    {"4294967295", {0x407f5fa930d8fd9f, 0x3814b22eb9684802}, 0x00000000ffffffff},           /* 2^32 - 1 */
    {"4294967296", {0xe3c5ebe285ac1625, 0x8ea09968fe31dbcc}, 0x0000000100000000},           /* 2^32 */
    {"9223372036854775807", {0x2ceb59116fb27514, 0x784d3e7d390dc57c}, 0x7fffffffffffffff},  /* 2^63 - 1 */
    {"9223372036854775808", {0xcfb443e389167cfd, 0x98b11eb7647f71b8}, 0x8000000000000000},  /* 2^63 */
    {"18446744073709551615", {0xae163a7a8c47568f, 0xd86659f5f3382359}, 0xffffffffffffffff}, /* 2^64 - 1 */
    {"18446744073709551616", {0x730150b2e3c8c450, 0x641b4e08066ad287}, 0x78082392e45b7fc2}, /* 2^64 */
    {"18446744073709551629", {0xb29ee3c16713cd74, 0x4fb6af3f0982d47b}, 0x7d30ab07641e6aec}, /* 2^64 + 13 */
    {"79228162514264337593543950336", {0x4c5b44eb64dc3e89, 0xadb15598ce82c0cd}, 0xe95a7047c5b8fe55},
    {"10000000000000000000000000000000000000000", /* 10^40 */
     {0x69a2c7b75849ba46, 0x32bcc37e301922ed},
     0x559e1dad5b8446ad},
    {"340282366920938463463374607431768211456", /* 2^128, of five words */
     {0xad5cc5f1a97c42b5, 0x3e34612a5a50a3c0},
     0x43bfff7a2820a7af},
    {"340282366920938463463374607431768211457", {0x79cbb417f0f216fa, 0x99c0296124ccf668}, 0x381a7dbd56ac383b},
    {"1461501637330902918203684832716283019655932542975", /* 2^160 - 1 */
     {0x9cd144cd74d9d227, 0x1b860f7b6e8c4d08},
     0x20dedfba6981bca9},
    {of_400, {0xb3c7d91e08f0cd47, 0x442c40f86e86ea44}, 0x35565ebec0178b59},
    {of_1000, {0x89a08b603c053118, 0xb4a35bfe9c63caec}, 0xb7cf7ea5933b8b89},
};
enum { GOLDEN = sizeof golden / sizeof *golden };

static int make_long(void **state) {
    (void)state;
    memset(of_400, '0', 401);
    of_400[0] = '1';
    of_400[400] = '7';
    memset(of_1000, '9', 1000);
    return 0;
}

static const char *const refused[] = {"",    " ",    "-1",       "-0",   "+5",    " 5",    "5 ",
                                      "1e3", "1.0",  "1.",       "0x10", "1_000", "1,000", "nan",
                                      "inf", "five", "\xd9\xa5", "5\n",  "0b1",   "--"};
enum { REFUSED = sizeof refused / sizeof *refused };

static dsc_seed parse(const char *digits) {
    dsc_seed seed;
    if (!dsc_seed_parse(&seed, digits)) fail_msg("'%s' is refused", digits);
    return seed;
}

static void seeds_of_any_size_draw_what_numpy_draws(void **state) {
    (void)state;
    for (size_t i = 0; i < GOLDEN; i++) {
        const dsc_seed seed = parse(golden[i].digits);
        dsc_rng rng;
        uint64_t number;
        dsc_rng_seed_with(&rng, &seed);
        for (size_t k = 0; k < 2; k++) assert_true(dsc_rng_next64(&rng) == golden[i].raw[k]);
        assert_true(dsc_seed_key(&seed) == golden[i].key);
        if (!dsc_seed_number(&number, &seed)) continue;
        assert_true(number == golden[i].key); /* a small seed is the key of Philox itself */
        dsc_rng_seed(&rng, number);
        assert_true(dsc_rng_next64(&rng) == golden[i].raw[0]);
    }
}

static void digits_are_read_and_written_without_loss(void **state) {
    (void)state;
    char zeros[DSC_SEED_DIGITS + 2];
    for (size_t i = 0; i < GOLDEN; i++) {
        dsc_text text = {0};
        dsc_seed seed = parse(golden[i].digits);
        dsc_seed_format(&text, &seed);
        assert_string_equal(text.data, golden[i].digits);
        dsc_text_free(&text);
        if (i == GOLDEN - 1) continue;
        (void)snprintf(zeros, sizeof zeros, "00%s", golden[i].digits); /* as in Python's int() */
        const dsc_seed again = parse(zeros);
        assert_memory_equal(&again, &seed, sizeof seed);
    }
    memset(zeros, '1', DSC_SEED_DIGITS + 1);
    zeros[DSC_SEED_DIGITS + 1] = '\0';
    dsc_seed seed;
    assert_false(dsc_seed_parse(&seed, zeros)); /* one digit too many */
    assert_true(dsc_seed_parse(&seed, zeros + 1));
    for (size_t i = 0; i < REFUSED; i++) assert_false(dsc_seed_parse(&seed, refused[i]));
}

static void a_seed_has_no_more_words_than_it_needs(void **state) {
    (void)state;
    for (size_t i = 0; i < GOLDEN; i++) {
        dsc_seed seed = parse(golden[i].digits);
        assert_true(dsc_seed_is_whole(&seed));
        if (seed.count == sizeof seed.words / sizeof *seed.words) continue;
        seed.words[seed.count++] = 0;
        assert_false(dsc_seed_is_whole(&seed)); /* a leading zero would give other random numbers */
    }
    assert_false(dsc_seed_is_whole(&(dsc_seed){.count = 0}));
    assert_false(dsc_seed_is_whole(&(dsc_seed){.count = 105}));
}

/* --- recipes --- */

static dsc_status read_recipe(dsc_recipe *recipe, const char *json, dsc_error *error) {
    ASSERT_OK(dsc_recipe_initialise(recipe, error), *error);
    const dsc_status status = dsc_recipe_from_json(recipe, json, strlen(json), "test.json", error);
    if (status) dsc_recipe_clear(recipe);
    return status;
}

static void recipes_keep_every_digit_as_number_or_text(void **state) {
    (void)state;
    for (size_t i = 0; i < GOLDEN; i++)
        for (int quoted = 0; quoted < 2; quoted++) {
            char json[1100];
            dsc_text text = {0};
            dsc_error error;
            dsc_recipe recipe, again;
            (void)snprintf(json, sizeof json,
                           "{\"comment\": \"12345678901234567890123 \\\" 1\", \"seed\": %s%s%s}",
                           quoted ? "\"" : "", golden[i].digits, quoted ? "\"" : "");
            ASSERT_OK(read_recipe(&recipe, json, &error), error);
            const dsc_seed seed = parse(golden[i].digits);
            assert_memory_equal(&recipe.seed, &seed, sizeof seed);
            ASSERT_OK(dsc_recipe_to_json(&text, &recipe, &error), error);
            /* JSON has a number up to 64 bits, as before, and a text beyond */
            (void)snprintf(json, sizeof json, i < 5 ? "\"seed\": %s\n" : "\"seed\": \"%s\"\n",
                           golden[i].digits);
            assert_non_null(strstr(text.data, json));
            ASSERT_OK(read_recipe(&again, text.data, &error), error);
            assert_memory_equal(&again.seed, &seed, sizeof seed);
            dsc_text_free(&text);
            dsc_recipe_clear(&recipe);
            dsc_recipe_clear(&again);
        }
}

static void recipes_refuse_what_is_no_seed(void **state) {
    (void)state;
    static const char *const bare[] = {"-1",
                                       "1e3",
                                       "1.5",
                                       "true",
                                       "null",
                                       "[1]",
                                       "-18446744073709551629",
                                       "1e400",
                                       "018446744073709551629",
                                       "18446744073709551629.5"};
    char json[80];
    dsc_error error;
    dsc_recipe recipe;
    for (size_t i = 0; i < sizeof bare / sizeof *bare; i++) {
        (void)snprintf(json, sizeof json, "{\"seed\": %s}", bare[i]);
        assert_int_not_equal(read_recipe(&recipe, json, &error), DSC_OK);
        ASSERT_MESSAGE(error, "test.json");
    }
    for (size_t i = 0; i < REFUSED; i++) {
        if (strpbrk(refused[i], "\n")) continue;
        (void)snprintf(json, sizeof json, "{\"seed\": \"%s\"}", refused[i]);
        assert_int_equal(read_recipe(&recipe, json, &error), DSC_ERROR_ARGUMENT);
        ASSERT_MESSAGE(error, "test.json: seed: expected a whole number of 0 or more");
    }
    /* a too large number for another parameter gets the usual message */
    assert_int_equal(read_recipe(&recipe, "{\"epochs\": 18446744073709551629}", &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "epochs: expected a whole number 1 to 100000, found '18446744073709551629'");
}

/* --- the library's calls --- */

static dsc_dataset *data;

static dsc_model *trained(const char *digits, uint64_t seed) {
    dsc_model *model;
    dsc_error error;
    dsc_model_options options = dsc_model_options_defaults();
    options.text = "784-6-10";
    options.seed = seed;
    options.seed_digits = digits;
    dsc_training_options how = dsc_training_options_defaults();
    how.epochs = 1;
    how.batch = 10;
    how.threads = 1;
    how.seed = seed;
    how.seed_digits = digits;
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    ASSERT_OK(dsc_train(model, data, &how, &error), error);
    return model;
}

static bool alike(const dsc_model *a, const dsc_model *b) {
    const void *x = a->values, *y = b->values;
    return !memcmp(x, y, dsc_graph_value_numbers(a->graph) * sizeof(dsc_real));
}

static void training_takes_seeds_of_any_size(void **state) {
    (void)state;
    dsc_error error;
    ASSERT_OK(dsc_digits_create(&data, 40, 1, 1, &error), error);
    dsc_model *models[GOLDEN];
    for (size_t i = 0; i < GOLDEN; i++) {
        uint64_t number;
        const dsc_seed seed = parse(golden[i].digits);
        models[i] = trained(golden[i].digits, 999);
        if (dsc_seed_number(&number, &seed)) {
            dsc_model *same = trained(NULL, number);
            assert_true(alike(models[i], same));
            dsc_model_free(same);
        }
        for (size_t k = 0; k < i; k++) assert_false(alike(models[i], models[k]));
    }
    for (size_t i = 0; i < GOLDEN; i++) dsc_model_free(models[i]);

    dsc_model *model = trained(NULL, 1), *none;
    for (size_t i = 0; i < REFUSED; i++) {
        dsc_training_options how = dsc_training_options_defaults();
        dsc_model_options options = dsc_model_options_defaults();
        options.text = "784-10";
        how.batch = 10;
        options.seed_digits = how.seed_digits = refused[i];
        assert_int_equal(dsc_train(model, data, &how, &error), DSC_ERROR_ARGUMENT);
        ASSERT_MESSAGE(error, "seed: expected a whole number of 0 or more with at most 1000 decimal digits");
        assert_int_equal(dsc_model_create(&none, &options, &error), DSC_ERROR_ARGUMENT);
        ASSERT_MESSAGE(error, "seed: expected a whole number");
    }
    dsc_model_free(model);
    dsc_dataset_free(data);
}

/* numpy.random.SeedSequence(seed).spawn(3)[m].generate_state(1, numpy.uint64)[0] */
static void children_are_those_that_numpy_spawns(void **state) {
    (void)state;
    static const struct {
        const char *seed;
        uint64_t first, third;
    } cases[] = {{"0", 8668861027912758289u, 16452687389592421897u},
                 {"5", 15658875773272509128u, 1725439304048894018u},
                 {"1180591620717411303427", 13276168764830174402u, 8170133916964517651u}};
    for (size_t i = 0; i < 3; i++) {
        dsc_seed seed, child;
        uint64_t number;
        assert_true(dsc_seed_parse(&seed, cases[i].seed));
        child = dsc_seed_spawn(&seed, 0);
        assert_true(dsc_seed_number(&number, &child) && number == cases[i].first);
        child = dsc_seed_spawn(&seed, 2);
        assert_true(dsc_seed_number(&number, &child) && number == cases[i].third);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seeds_of_any_size_draw_what_numpy_draws),
        cmocka_unit_test(digits_are_read_and_written_without_loss),
        cmocka_unit_test(a_seed_has_no_more_words_than_it_needs),
        cmocka_unit_test(recipes_keep_every_digit_as_number_or_text),
        cmocka_unit_test(recipes_refuse_what_is_no_seed),
        cmocka_unit_test(training_takes_seeds_of_any_size),
        cmocka_unit_test(children_are_those_that_numpy_spawns),
    };
    return cmocka_run_group_tests(tests, make_long, NULL);
}
