/* SPDX-License-Identifier: MIT */
/* test_ranks.c: a batch divided into shards gives the same bits with any number of processes and threads.
 * The processes are threads here: see ranks_of_threads.h. */
#include "train/ranks_of_threads.h"

#include "base/seed.h"
#include "ranks/ranks.h"
#include "train/trainer.h"

#include <libdeflate.h>
#include <unistd.h>

#define COMMON                                                                                               \
    "\"kernels\": \"portable\", \"epochs\": 2, \"lanes\": 2, \"shards\": 8, \"seed\": 11, \"batch\": 24"

static const char *const recipes[] = {
    /* a last batch of 3 samples for 8 shards; a large weight, loaded by its columns */
    "{" COMMON ", \"model\": \"flatten, dense 70, relu, dropout 0.3, dense\", \"l2\": 0.001, "
    "\"optimiser\": \"sgd momentum=0.9\"}",
    "{" COMMON
    ", \"model\": \"conv 4 5x5 stride=4, batch-norm, silu, flatten, dense 24, layer-norm, relu, dense\", "
    "\"learning-rate\": 0.01, \"ema\": 0.9, \"clip-norm\": 1, \"validation\": 0.2, \"patience\": 2, "
    "\"augment\": \"affine shift=2\", \"mixup\": 0.2, \"schedule\": \"plateau\", \"calibrate\": \"on\"}",
    "{" COMMON ", \"model\": \"conv 8 3x3 stride=4, batch-norm, relu, global-pool, batch-norm, dense\", "
    "\"freeze\": \"conv*\", \"quantise\": \"8\"}",
};
enum { RECIPES = sizeof recipes / sizeof *recipes };

static dsc_dataset *digits;

static int make_digits(void **state) {
    (void)state;
    return dsc_digits_create(&digits, 75, 3, 1, NULL);
}

static int free_digits(void **state) {
    (void)state;
    dsc_dataset_free(digits);
    return 0;
}

typedef struct sitting {
    const char *recipe;
    const dsc_dataset *data;
    unsigned threads;
    uint64_t stop_at;    /* this process is stopped after that many steps of its session; 0: never */
    const char *restore; /* a checkpoint; only rank 0 reads it */
    const char *save;
    /* what came out */
    dsc_status status;
    dsc_error error;
    uint32_t crc;
    uint64_t steps;
    double loss;
} sitting;

static int count_steps(void *user, const dsc_event *event) {
    sitting *s = user;
    if (event->kind == DSC_EVENT_EPOCH) s->loss = event->loss;
    if (event->kind != DSC_EVENT_STEP) return 0;
    return ++s->steps == s->stop_at;
}

/* cmocka's asserts are not for threads. */
static void sit(void *context, const dsc_ranks *ranks) {
    sitting *s = context;
    dsc_recipe recipe;
    dsc_trainer *trainer = NULL;
    s->status = dsc_recipe_initialise(&recipe, &s->error);
    if (!s->status)
        s->status = dsc_recipe_from_json(&recipe, s->recipe, strlen(s->recipe), "test", &s->error);
    recipe.ranks = ranks;
    if (!s->status)
        s->status =
            dsc_trainer_create(&trainer, NULL, &recipe, s->data ? s->data : digits, s->threads, &s->error);
    if (!s->status && s->restore && dsc_ranks_own(ranks) == 0)
        s->status = dsc_trainer_restore(trainer, s->restore, false, &s->error);
    if (!s->status) s->status = dsc_trainer_run(trainer, count_steps, s, &s->error);
    if (trainer && (!s->status || s->status == DSC_ERROR_STOPPED))
        s->crc = libdeflate_crc32(0, trainer->model->values, trainer->updater.numbers * sizeof(dsc_real));
    if (s->save && dsc_ranks_own(ranks) == 0 && dsc_trainer_save(trainer, s->save, &s->error))
        s->status = s->error.code;
    dsc_trainer_free(trainer);
    dsc_recipe_clear(&recipe);
}

/* All in the same way, and to the same end. */
static sitting train(const sitting *how, unsigned count) {
    sitting all[RANKS_MOST];
    ranks_world world = {.count = count};
    for (unsigned r = 0; r < count; r++) all[r] = *how;
    ranks_run(&world, sit, all, sizeof *all);
    for (unsigned r = 0; r < count; r++) {
        if (all[r].status && all[r].status != DSC_ERROR_STOPPED) fail_msg("%s", all[r].error.message);
        assert_int_equal(all[r].crc, all[0].crc);
        assert_int_equal(all[r].steps, all[0].steps);
        assert_true(all[r].loss == all[0].loss);
    }
    return all[0];
}

static void any_number_of_processes_and_threads_gives_the_same_bits(void **state) {
    (void)state;
    for (size_t i = 0; i < RECIPES; i++) {
        const sitting alone = train(&(sitting){.recipe = recipes[i], .threads = 1}, 1);
        assert_true(alone.crc != 0);
        for (unsigned count = 1; count <= RANKS_MOST; count *= 2) {
            const sitting together =
                train(&(sitting){.recipe = recipes[i], .threads = count > 2 ? 1 : 3}, count);
            if (together.crc != alone.crc) fail_msg("recipe %zu: %u processes: other bits", i, count);
            assert_true(together.loss == alone.loss);
        }
    }
}

/* Different shards give different bits: otherwise the test above could not fail. */
static void the_number_of_shards_is_a_part_of_the_recipe(void **state) {
    (void)state;
    char other[1024];
    (void)snprintf(other, sizeof other, "{\"shards\": 2%s", strstr(recipes[1], ", \"seed\""));
    const sitting two = train(&(sitting){.recipe = other, .threads = 1}, 1),
                  eight = train(&(sitting){.recipe = recipes[1], .threads = 1}, 1);
    assert_true(two.crc != eight.crc);
}

static void a_run_goes_on_with_another_number_of_processes(void **state) {
    (void)state;
    char path[] = "/tmp/descender-ranks-XXXXXX";
    const int file = mkstemp(path);
    assert_true(file >= 0 && !close(file));
    const sitting whole = train(&(sitting){.recipe = recipes[1], .threads = 1}, 1);
    const unsigned sizes[][2] = {{4, 1}, {1, 8}, {2, 4}};
    for (size_t i = 0; i < 3; i++) {
        const sitting first =
            train(&(sitting){.recipe = recipes[1], .threads = 1, .stop_at = 2, .save = path}, sizes[i][0]);
        assert_int_equal(first.status, DSC_ERROR_STOPPED);
        const sitting second =
            train(&(sitting){.recipe = recipes[1], .threads = 1, .restore = path}, sizes[i][1]);
        assert_int_equal(second.status, DSC_OK);
        assert_int_equal(second.crc, whole.crc);
        assert_int_equal(first.steps + second.steps, whole.steps);
    }
    assert_int_equal(unlink(path), 0);
}

static void all_stop_after_the_same_step_if_one_is_asked_to(void **state) {
    (void)state;
    sitting all[4];
    ranks_world world = {.count = 4};
    for (unsigned r = 0; r < 4; r++)
        all[r] = (sitting){.recipe = recipes[0], .threads = 1, .stop_at = r == 2 ? 3 : 0};
    ranks_run(&world, sit, all, sizeof *all);
    for (unsigned r = 0; r < 4; r++) {
        assert_int_equal(all[r].status, DSC_ERROR_STOPPED);
        assert_int_equal(all[r].steps, 4);
        assert_int_equal(all[r].crc, all[0].crc);
    }
}

static void processes_that_do_not_train_the_same_are_told_apart(void **state) {
    (void)state;
    dsc_dataset *others;
    dsc_error error;
    ASSERT_OK(dsc_digits_create(&others, 75, 4, 1, &error), error);
    char longer[1024];
    (void)snprintf(longer, sizeof longer, "%s", recipes[0]);
    memcpy(strstr(longer, "\"seed\": 11"), "\"seed\": 12", 10);
    for (unsigned i = 0; i < 2; i++) {
        sitting all[4];
        ranks_world world = {.count = 4};
        for (unsigned r = 0; r < 4; r++) all[r] = (sitting){.recipe = recipes[0], .threads = 1};
        if (i == 0) all[2].data = others;
        if (i == 1) all[2].recipe = longer;
        ranks_run(&world, sit, all, sizeof *all);
        for (unsigned r = 0; r < 4; r++) {
            assert_int_equal(all[r].status, DSC_ERROR_MISMATCH);
            assert_string_equal(
                all[r].error.message,
                i == 0
                    ? "process 2 of 4 has other data than process 0: give the same data to all machines"
                    : "process 2 of 4 has another recipe than process 0: start all processes with the same "
                      "options and files");
            assert_int_equal(all[r].steps, 0);
        }
    }
    dsc_dataset_free(others);
}

static void an_exchange_that_fails_ends_training(void **state) {
    (void)state;
    sitting all[2];
    for (size_t at = 1; at < 40; at += 6) {
        ranks_world world = {.count = 2, .fail_at = at};
        for (unsigned r = 0; r < 2; r++) all[r] = (sitting){.recipe = recipes[1], .threads = 1};
        ranks_run(&world, sit, all, sizeof *all);
        for (unsigned r = 0; r < 2; r++) {
            assert_int_equal(all[r].status, DSC_ERROR_IO);
            assert_string_equal(all[r].error.message, "the cable is cut");
        }
    }
}

static void numbers_that_cannot_be_shared_out_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *recipe, *message;
        unsigned processes;
    } cases[] = {
        {"{\"shards\": 6}", "shards: expected 1, 2, 4, 8, ..., found 6", 1},
        {"{\"shards\": 8, \"batch\": 4}", "shards, 8, is more than batch, 4", 1},
        {"{}",
         "4 processes share each batch, but the recipe cuts it into only 1 part; write \"shards\": 4 into "
         "the recipe, or give --shards 4; 1 to 4 processes then give the same bits",
         4},
        {"{\"shards\": 8}", "3 processes cannot share a batch; start 1, 2, 4, 8, ... processes, at most 256",
         3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const dsc_ranks ranks = {.count = cases[i].processes};
        sitting s = {.recipe = cases[i].recipe, .threads = 1};
        sit(&s, cases[i].processes > 1 ? &ranks : NULL);
        assert_int_equal(s.status, DSC_ERROR_ARGUMENT);
        assert_string_equal(s.error.message, cases[i].message);
    }
}

/* --- the public interface --- */

typedef struct call {
    dsc_status status;
    uint32_t crc;
} call;

static void call_train(void *context, const dsc_ranks *ranks) {
    call *c = context;
    dsc_model *model = NULL;
    dsc_model_options options = dsc_model_options_defaults();
    dsc_training_options how = dsc_training_options_defaults();
    options.text = "784-20-10";
    options.seed = 5 + dsc_ranks_own(ranks); /* training starts from rank 0's model */
    how.epochs = 1;
    how.shards = 4;
    how.threads = 1;
    how.ranks = ranks;
    c->status = dsc_model_create(&model, &options, NULL);
    if (!c->status) c->status = dsc_train(model, digits, &how, NULL);
    if (!c->status)
        c->crc = libdeflate_crc32(0, model->values, dsc_graph_value_numbers(model->graph) * sizeof(dsc_real));
    dsc_model_free(model);
}

static void dsc_train_shares_batches(void **state) {
    (void)state;
    uint32_t alone = 0;
    for (unsigned count = 1; count <= 4; count *= 2) {
        call calls[4];
        ranks_world world = {.count = count};
        ranks_run(&world, call_train, calls, sizeof *calls);
        if (count == 1) alone = calls[0].crc;
        for (unsigned r = 0; r < count; r++) {
            assert_int_equal(calls[r].status, DSC_OK);
            assert_int_equal(calls[r].crc, alone);
        }
    }
}

/* --- messages --- */

enum { NUMBERS = 1000 };

typedef struct sums {
    dsc_real numbers[NUMBERS];
    double values[3];
} sums;

static void add(dsc_real *to, const dsc_real *a, const dsc_real *b, size_t n) {
    for (size_t i = 0; i < n; i++) to[i] = a[i] + b[i];
}

static void sum_all(void *context, const dsc_ranks *ranks) {
    sums *s = context;
    dsc_real received[NUMBERS / 2 + 1];
    double others[3];
    (void)dsc_ranks_sum(ranks, s->numbers, NUMBERS, received, add, NULL);
    (void)dsc_ranks_sum_doubles(ranks, s->values, 3, others, NULL);
}

static void sums_go_along_the_tree_by_halving_and_doubling(void **state) {
    (void)state;
    static sums all[RANKS_MOST];
    for (unsigned r = 0; r < RANKS_MOST; r++) {
        for (size_t i = 0; i < NUMBERS; i++) /* numbers of all magnitudes, whose sum depends on the order */
            all[r].numbers[i] =
                (dsc_real)((i * 31 + r * 17) % 101 + 1) * (r % 3 ? (dsc_real)1e-7 : (dsc_real)1e3);
        for (size_t i = 0; i < 3; i++) all[r].values[i] = r;
    }
    static dsc_real expected[NUMBERS];
    for (size_t i = 0; i < NUMBERS; i++) {
        dsc_real s[RANKS_MOST];
        for (unsigned r = 0; r < RANKS_MOST; r++) s[r] = all[r].numbers[i];
        expected[i] = ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
    }
    ranks_world world = {.count = RANKS_MOST};
    ranks_run(&world, sum_all, all, sizeof *all);
    for (unsigned r = 0; r < RANKS_MOST; r++) {
        assert_memory_equal(all[r].numbers, expected, sizeof expected);
        assert_true(all[r].values[2] == 28);
    }
    assert_int_equal(world.messages, 6 + 3); /* 2 log2 8, and log2 8 */
    assert_int_equal(world.bytes, 2 * NUMBERS * 7 / 8 * sizeof(dsc_real) + 3 * 3 * sizeof(double));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_go_along_the_tree_by_halving_and_doubling),
        cmocka_unit_test(any_number_of_processes_and_threads_gives_the_same_bits),
        cmocka_unit_test(the_number_of_shards_is_a_part_of_the_recipe),
        cmocka_unit_test(a_run_goes_on_with_another_number_of_processes),
        cmocka_unit_test(all_stop_after_the_same_step_if_one_is_asked_to),
        cmocka_unit_test(processes_that_do_not_train_the_same_are_told_apart),
        cmocka_unit_test(an_exchange_that_fails_ends_training),
        cmocka_unit_test(numbers_that_cannot_be_shared_out_are_refused),
        cmocka_unit_test(dsc_train_shares_batches),
    };
    return cmocka_run_group_tests(tests, make_digits, free_digits);
}
