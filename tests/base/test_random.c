/* SPDX-License-Identifier: MIT */
/* Compares random numbers with NumPy's: the vectors of golden/numpy-rng.json always, and new vectors with
 * random seeds, sizes and intervals if NumPy is installed. */
#include "testing.h"

#include "base/random.h"

#include <jansson.h>
#include <time.h>

/* --- numbers as text --- */

static const char *text_of(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    if (!text) fail_msg("no text '%s'", key);
    return text;
}

/* An integer as a JSON number or a decimal text, over the whole range of int64 and uint64. */
static uint64_t integer_of(const json_t *value) {
    if (json_is_integer(value)) return (uint64_t)json_integer_value(value);
    const char *text = json_string_value(value);
    assert_non_null(text);
    return text[0] == '-' ? (uint64_t)strtoll(text, NULL, 10) : strtoull(text, NULL, 10);
}

static void check_reals(const json_t *expected, const double *found) {
    for (size_t i = 0; i < json_array_size(expected); i++) {
        double value = strtod(json_string_value(json_array_get(expected, i)), NULL);
        if (memcmp(&value, &found[i], sizeof value))
            fail_msg("value %zu is %a, NumPy's is %a", i, found[i], value);
    }
}

static void check_integers(const json_t *expected, const uint64_t *found) {
    for (size_t i = 0; i < json_array_size(expected); i++)
        if (integer_of(json_array_get(expected, i)) != found[i])
            fail_msg("value %zu is %lld, NumPy's is %lld", i, (long long)found[i],
                     (long long)integer_of(json_array_get(expected, i)));
}

/* Converts a decimal text of any length to 32-bit words, the lowest first. */
static size_t words_of(uint32_t words[40], const char *decimal) {
    size_t count = 1;
    words[0] = 0;
    for (; *decimal; decimal++) {
        uint64_t carry = (uint64_t)(*decimal - '0');
        for (size_t i = 0; i < count; i++) {
            carry += (uint64_t)words[i] * 10;
            words[i] = (uint32_t)carry;
            carry >>= 32;
        }
        if (carry) words[count++] = (uint32_t)carry;
    }
    return count;
}

static void seed_with(dsc_rng *rng, const char *decimal) {
    uint32_t words[40];
    size_t count = words_of(words, decimal);
    dsc_rng_seed_sequence(rng, &(dsc_seed_sequence){.entropy = words, .entropy_words = count});
}

/* --- one call of any kind, with its result widened --- */

#define MOST 1000

#define DRAW(type, function, low, high)                                                                      \
    do {                                                                                                     \
        type narrow[MOST];                                                                                   \
        function(rng, narrow, count, low, high);                                                             \
        for (size_t i_ = 0; i_ < count; i_++) out[i_] = (uint64_t)(int64_t)narrow[i_];                       \
    } while (0)

static void draw_integers(uint64_t *out, dsc_rng *rng, size_t count, const char *type, uint64_t low,
                          uint64_t last) {
    int64_t signed_low = (int64_t)low, signed_high = (int64_t)(last + 1);
    if (!strcmp(type, "uint64") || (!strcmp(type, "int64") && signed_high <= signed_low)) {
        dsc_rng_integers_u64(rng, out, count, 0, last - low);
        for (size_t i = 0; i < count; i++) out[i] += low;
    } else if (!strcmp(type, "int64"))
        DRAW(int64_t, dsc_rng_integers_i64, signed_low, signed_high);
    else if (!strcmp(type, "int32"))
        DRAW(int32_t, dsc_rng_integers_i32, (int32_t)signed_low, signed_high);
    else if (!strcmp(type, "uint32"))
        DRAW(uint32_t, dsc_rng_integers_u32, (uint32_t)low, last + 1);
    else if (!strcmp(type, "int16"))
        DRAW(int16_t, dsc_rng_integers_i16, (int32_t)signed_low, (int32_t)signed_high);
    else if (!strcmp(type, "uint16"))
        DRAW(uint16_t, dsc_rng_integers_u16, (uint32_t)low, (uint32_t)last + 1);
    else if (!strcmp(type, "int8"))
        DRAW(int8_t, dsc_rng_integers_i8, (int32_t)signed_low, (int32_t)signed_high);
    else if (!strcmp(type, "uint8"))
        DRAW(uint8_t, dsc_rng_integers_u8, (uint32_t)low, (uint32_t)last + 1);
    else if (!strcmp(type, "bool"))
        DRAW(bool, dsc_rng_integers_bool, (uint32_t)low, (uint32_t)last + 1);
    else
        fail_msg("unknown type %s", type);
}

static void draw_and_check(dsc_rng *rng, const json_t *call) {
    const char *kind = text_of(call, "call");
    const json_t *expected = json_object_get(call, "values");
    size_t count = json_array_size(expected);
    double reals[MOST];
    uint64_t integers[MOST];
    int64_t order[MOST];
    dsc_error error;
    assert_true(count <= MOST);
    if (!strcmp(kind, "integers")) {
        draw_integers(integers, rng, count, text_of(call, "type"), integer_of(json_object_get(call, "low")),
                      integer_of(json_object_get(call, "last")));
        check_integers(expected, integers);
    } else if (!strcmp(kind, "choice")) {
        int64_t population = (int64_t)integer_of(json_object_get(call, "population"));
        ASSERT_OK(dsc_rng_choice(rng, order, count, population, &error), error);
    } else if (!strcmp(kind, "permutation")) {
        dsc_rng_permutation(rng, order, count);
    } else if (!strcmp(kind, "shuffle")) {
        for (size_t i = 0; i < count; i++) order[i] = (int64_t)i;
        dsc_rng_shuffle(rng, order, count);
    } else {
        for (size_t i = 0; i < count; i++)
            reals[i] = !strcmp(kind, "random")     ? dsc_rng_random(rng)
                       : !strcmp(kind, "random32") ? (double)dsc_rng_random_f32(rng)
                                                   : dsc_rng_normal(rng);
        check_reals(expected, reals);
        return;
    }
    if (strcmp(kind, "integers") != 0) {
        for (size_t i = 0; i < count; i++) integers[i] = (uint64_t)order[i];
        check_integers(expected, integers);
    }
}

/* --- the golden vectors --- */

static json_t *golden;

static int load(void **state) {
    (void)state;
    golden = json_load_file(testing_golden("numpy-rng.json"), 0, NULL);
    return golden ? 0 : -1;
}

static int unload(void **state) {
    (void)state;
    json_decref(golden);
    return 0;
}

/* Repeats `call` (its JSON, without values) for every entry of a section of {seed, values}. */
static void check_section(const char *section, const char *call_text) {
    json_t *entries = json_object_get(golden, section), *entry;
    size_t i;
    assert_int_equal(json_array_size(entries), 6);
    json_array_foreach(entries, i, entry) {
        dsc_rng rng;
        seed_with(&rng, text_of(entry, "seed"));
        json_t *call = json_loads(call_text, 0, NULL);
        json_object_set(call, "values", json_object_get(entry, "values"));
        draw_and_check(&rng, call);
        json_decref(call);
    }
}

static void doubles_and_floats_are_numpys(void **state) {
    (void)state;
    check_section("random_float64", "{\"call\": \"random\"}");
    check_section("random_float32", "{\"call\": \"random32\"}");
}

static void integers_are_numpys(void **state) {
    (void)state;
    check_section("integers_0_2_int64_size100",
                  "{\"call\": \"integers\", \"type\": \"int64\", \"low\": 0, \"last\": 1}");
    check_section("integers_0_10_size20",
                  "{\"call\": \"integers\", \"type\": \"int64\", \"low\": 0, \"last\": 9}");
    check_section("integers_0_2pow40_size8",
                  "{\"call\": \"integers\", \"type\": \"int64\", \"low\": 0, \"last\": 1099511627775}");
}

static void choices_and_permutations_are_numpys(void **state) {
    (void)state;
    check_section("choice_60000_size5_no_replace", "{\"call\": \"choice\", \"population\": 60000}");
    check_section("choice_20_size15_no_replace", "{\"call\": \"choice\", \"population\": 20}");
    check_section("permutation_10", "{\"call\": \"permutation\"}");
    json_t *entries = json_object_get(golden, "permutation_1000_head16"), *entry;
    size_t i;
    json_array_foreach(entries, i, entry) {
        dsc_rng rng;
        int64_t order[1000];
        seed_with(&rng, text_of(entry, "seed"));
        dsc_rng_permutation(&rng, order, 1000);
        check_integers(json_object_get(entry, "values"), (const uint64_t *)order);
    }
}

static void normals_are_numpys_up_to_the_hundred_thousandth(void **state) {
    (void)state;
    check_section("standard_normal_float64", "{\"call\": \"normal\"}");
    json_t *entries = json_object_get(golden, "standard_normal_100000_last"), *entry;
    size_t i;
    assert_int_equal(json_array_size(entries), 6);
    json_array_foreach(entries, i, entry) {
        dsc_rng rng;
        double last = 0;
        seed_with(&rng, text_of(entry, "seed"));
        for (int n = 0; n < 100000; n++) last = dsc_rng_normal(&rng);
        check_reals(json_object_get(entry, "values"), &last);
    }
}

/* The kept half of a 64-bit draw survives calls that draw doubles. */
static void interleaved_calls_are_numpys(void **state) {
    (void)state;
    static const struct step {
        const char *name, *call;
    } steps[] = {
        {"random3", "{\"call\": \"random\"}"},
        {"int5", "{\"call\": \"integers\", \"type\": \"int64\", \"low\": 0, \"last\": 1}"},
        {"random2", "{\"call\": \"random\"}"},
        {"int4", "{\"call\": \"integers\", \"type\": \"int64\", \"low\": 0, \"last\": 1}"},
        {"random1", "{\"call\": \"random\"}"},
    };
    json_t *entries = json_object_get(golden, "interleaved"), *entry;
    size_t i;
    assert_int_equal(json_array_size(entries), 6);
    json_array_foreach(entries, i, entry) {
        dsc_rng rng;
        seed_with(&rng, text_of(entry, "seed"));
        for (size_t s = 0; s < sizeof steps / sizeof *steps; s++) {
            json_t *call = json_loads(steps[s].call, 0, NULL);
            json_object_set(call, "values", json_object_get(json_object_get(entry, "values"), steps[s].name));
            draw_and_check(&rng, call);
            json_decref(call);
        }
    }
}

static void small_types_share_draws_and_drop_the_rest(void **state) {
    (void)state;
    json_t *entries = json_object_get(golden, "integers_small_dtypes"), *entry;
    size_t i;
    assert_int_equal(json_array_size(entries), 10);
    json_array_foreach(entries, i, entry) {
        dsc_rng rng;
        uint64_t out[21];
        seed_with(&rng, text_of(entry, "seed"));
        uint64_t high = integer_of(json_object_get(entry, "high"));
        draw_integers(out, &rng, 21, text_of(entry, "dtype"), 0, high - 1);
        check_integers(json_object_get(entry, "values"), out);
        double then = dsc_rng_random(&rng);
        check_reals(json_object_get(entry, "then_random1"), &then);
    }
}

static void check_states(const json_t *expected, const uint32_t *found) {
    for (size_t i = 0; i < json_array_size(expected); i++)
        assert_int_equal(integer_of(json_array_get(expected, i)), found[i]);
}

static void seed_sequences_of_any_size_and_their_children_are_numpys(void **state) {
    (void)state;
    uint32_t out[8], entropy[40], keys[40];
    json_t *entry, *key;
    size_t i, k;
    json_array_foreach(json_object_get(golden, "seed_sequence_generate_state_uint32_4"), i, entry) {
        size_t count = words_of(entropy, text_of(entry, "seed"));
        dsc_seed_sequence_generate(out, 4, &(dsc_seed_sequence){.entropy = entropy, .entropy_words = count});
        check_states(json_object_get(entry, "values"), out);
    }
    assert_int_equal(i, 6);
    json_array_foreach(json_object_get(golden, "seed_sequence_spawn"), i, entry) {
        dsc_seed_sequence sequence = {.entropy = entropy, .spawn_key = keys};
        sequence.entropy_words = words_of(entropy, text_of(entry, "entropy"));
        json_array_foreach(json_object_get(entry, "spawn_key"), k, key) {
            uint64_t value = integer_of(key);
            keys[sequence.spawn_words++] = (uint32_t)value;
            if (value >> 32) keys[sequence.spawn_words++] = (uint32_t)(value >> 32);
        }
        dsc_seed_sequence_generate(out, 8, &sequence);
        check_states(json_object_get(entry, "generate_state_uint32_8"), out);
        dsc_rng rng;
        dsc_rng_seed_sequence(&rng, &sequence);
        double reals[3];
        for (int n = 0; n < 3; n++) reals[n] = dsc_rng_random(&rng);
        check_reals(json_object_get(entry, "pcg64_random3"), reals);
    }
    assert_int_equal(i, 12);
}

static void philox_is_numpys(void **state) {
    (void)state;
    json_t *entries = json_object_get(golden, "philox"), *entry;
    size_t i;
    assert_int_equal(json_array_size(entries), 12);
    json_array_foreach(entries, i, entry) {
        uint32_t words[40] = {0};
        uint64_t key[2], counter[4], raw[9], integers[9];
        double reals[3];
        (void)words_of(words, text_of(entry, "key"));
        for (int n = 0; n < 2; n++) key[n] = words[2 * n] | (uint64_t)words[2 * n + 1] << 32;
        memset(words, 0, sizeof words);
        (void)words_of(words, text_of(entry, "counter"));
        for (int n = 0; n < 4; n++) counter[n] = words[2 * n] | (uint64_t)words[2 * n + 1] << 32;
        dsc_rng rng;
        dsc_rng_philox(&rng, key, counter);
        for (int n = 0; n < 9; n++) raw[n] = dsc_rng_next64(&rng);
        check_integers(json_object_get(entry, "raw_uint64_9"), raw);
        dsc_rng_philox(&rng, key, counter);
        for (int n = 0; n < 3; n++) reals[n] = dsc_rng_random(&rng);
        check_reals(json_object_get(entry, "random3"), reals);
        draw_integers(integers, &rng, 9, "int64", 0, 1);
        check_integers(json_object_get(entry, "integers_0_2_size9"), integers);
        for (int n = 0; n < 3; n++) reals[n] = (double)dsc_rng_random_f32(&rng);
        check_reals(json_object_get(entry, "random_f32_3"), reals);
    }
}

/* --- without vectors --- */

static void a_seed_of_64_bits_is_its_words(void **state) {
    (void)state;
    static const uint64_t seeds[] = {0, 1, UINT32_MAX, (uint64_t)UINT32_MAX + 1, UINT64_MAX};
    for (size_t i = 0; i < 5; i++) {
        char text[32];
        (void)snprintf(text, sizeof text, "%llu", (unsigned long long)seeds[i]);
        dsc_rng a, b;
        dsc_rng_seed(&a, seeds[i]);
        seed_with(&b, text);
        assert_true(dsc_rng_next64(&a) == dsc_rng_next64(&b));
    }
}

static void one_block_is_the_generators_next(void **state) {
    (void)state;
    const uint64_t key[2] = {3, 5}, start[4] = {UINT64_MAX, 7, 0, 9}, next[4] = {0, 8, 0, 9};
    uint64_t block[4];
    dsc_rng rng;
    dsc_rng_philox(&rng, key, start);
    dsc_philox_block(block, next, key);
    uint64_t many[11][4];
    for (size_t count = 0; count <= 11; count++) { /* several blocks at once equal single blocks */
        dsc_philox_blocks(many, next, key, count);
        for (size_t i = 0; i < count; i++) {
            uint64_t one[4], at[4] = {next[0] + i, next[1], next[2], next[3]};
            dsc_philox_block(one, at, key);
            assert_memory_equal(many[i], one, sizeof one);
        }
    }
    for (int i = 0; i < 4; i++) assert_true(dsc_rng_next64(&rng) == block[i]);
}

static void an_interval_of_one_value_draws_nothing(void **state) {
    (void)state;
    dsc_rng rng, untouched;
    uint64_t out[5];
    dsc_rng_seed(&rng, 1);
    untouched = rng;
    static const char *const types[] = {"int64",  "uint64", "int32", "uint32", "int16",
                                        "uint16", "int8",   "uint8", "bool"};
    for (size_t i = 0; i < 9; i++) {
        draw_integers(out, &rng, 5, types[i], 1, 1);
        assert_true(out[4] == 1);
    }
    assert_true(dsc_rng_next64(&rng) == dsc_rng_next64(&untouched));
}

static void a_choice_of_too_many_is_refused(void **state) {
    (void)state;
    dsc_rng rng;
    dsc_error error;
    int64_t out[6];
    dsc_rng_seed(&rng, 1);
    assert_int_equal(dsc_rng_choice(&rng, out, 6, 5, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "cannot choose 6 of 5");
    assert_int_equal(dsc_rng_choice(&rng, out, 0, -1, NULL), DSC_ERROR_ARGUMENT);
    ASSERT_OK(dsc_rng_choice(&rng, out, 0, 0, &error), error);
}

static void a_choice_survives_every_failed_allocation(void **state) {
    (void)state;
    static int64_t out[300];
    static const size_t counts[] = {5, 300}; /* one by sampling, one by the tail of a shuffle */
    for (size_t i = 0; i < 2; i++) {
        dsc_rng rng, untouched;
        dsc_error error;
        dsc_rng_seed(&rng, 1);
        untouched = rng;
        testing_fail_allocation(0);
        dsc_status status = dsc_rng_choice(&rng, out, counts[i], 11000, &error);
        assert_true(testing_allocation_failed());
        assert_int_equal(status, DSC_ERROR_MEMORY);
        assert_true(dsc_rng_next64(&rng) == dsc_rng_next64(&untouched));
    }
}

/* --- fresh seeds --- */

static void fill(uint64_t *out, size_t count, const json_t *words) {
    memset(out, 0, count * sizeof *out);
    for (size_t i = 0; i < json_array_size(words); i++)
        out[i / 2] |= integer_of(json_array_get(words, i)) << (i % 2 * 32);
}

static void fresh_seeds_sizes_and_intervals_agree_with_numpy(void **state) {
    (void)state;
    const char *python = testing_numpy();
    if (!python) TEST_SKIP("needs Python with NumPy");
    char command[1024], path[256];
    long seed = (long)time(NULL);
    (void)snprintf(path, sizeof path, "%s/fresh.json", testing_folder());
    (void)snprintf(command, sizeof command, "%s %s %ld 300 > %s", python, testing_golden("fresh-rng.py"),
                   seed, path);
    print_message("seed of the fresh vectors: %ld\n", seed);
    assert_int_equal(system(command), 0);
    json_t *entries = json_load_file(path, 0, NULL), *entry, *call;
    assert_int_equal(json_array_size(entries), 300);
    size_t i, n;
    json_array_foreach(entries, i, entry) {
        dsc_rng rng;
        const json_t *entropy = json_object_get(entry, "entropy"), *spawn = json_object_get(entry, "spawn");
        if (entropy) {
            uint32_t words[40], keys[40];
            dsc_seed_sequence sequence = {words, json_array_size(entropy), keys, json_array_size(spawn)};
            assert_true(sequence.entropy_words <= 40 && sequence.spawn_words <= 40);
            for (n = 0; n < sequence.entropy_words; n++)
                words[n] = (uint32_t)integer_of(json_array_get(entropy, n));
            for (n = 0; n < sequence.spawn_words; n++)
                keys[n] = (uint32_t)integer_of(json_array_get(spawn, n));
            dsc_rng_seed_sequence(&rng, &sequence);
        } else {
            uint64_t key[2], counter[4];
            fill(key, 2, json_object_get(entry, "key"));
            fill(counter, 4, json_object_get(entry, "counter"));
            dsc_rng_philox(&rng, key, counter);
        }
        json_array_foreach(json_object_get(entry, "calls"), n, call) draw_and_check(&rng, call);
    }
    json_decref(entries);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubles_and_floats_are_numpys),
        cmocka_unit_test(integers_are_numpys),
        cmocka_unit_test(choices_and_permutations_are_numpys),
        cmocka_unit_test(normals_are_numpys_up_to_the_hundred_thousandth),
        cmocka_unit_test(interleaved_calls_are_numpys),
        cmocka_unit_test(small_types_share_draws_and_drop_the_rest),
        cmocka_unit_test(seed_sequences_of_any_size_and_their_children_are_numpys),
        cmocka_unit_test(philox_is_numpys),
        cmocka_unit_test(a_seed_of_64_bits_is_its_words),
        cmocka_unit_test(one_block_is_the_generators_next),
        cmocka_unit_test(an_interval_of_one_value_draws_nothing),
        cmocka_unit_test(a_choice_of_too_many_is_refused),
        cmocka_unit_test(a_choice_survives_every_failed_allocation),
        cmocka_unit_test(fresh_seeds_sizes_and_intervals_agree_with_numpy),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
