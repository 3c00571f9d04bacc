/* SPDX-License-Identifier: MIT */
/* test_augment.c: chains from text and their effect on images; erase, noise, blur and invert. Warps:
 * test_warp.c; flip, crop, zoom and colour: test_augment_more.c. */
#include "others.h"
#include "pictures.h"

#include "base/threads.h"
#include "kernel/choose.h"

static const size_t usual[3] = {1, 28, 28};
enum { SIZE = 28 * 28, SAMPLES = 60 };

/* Each augmentation of the registry in turn, applied to most of the images. */
static const char *everything(void) {
    static char text[1024];
    size_t length = 0;
    for (const dsc_augmentation *const *kind = dsc_augmentations; *kind; kind++)
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%s %s p=0.75", length ? ", " : "",
                                   (*kind)->name, (*kind)->examples->values);
    return text;
}

static dsc_augment_chain *chain_of(const char *text) {
    dsc_augment_chain *chain;
    dsc_error error;
    ASSERT_OK(dsc_augment_chain_create(&chain, text, &error), error);
    return chain;
}

static void sample_image(uint8_t image[SIZE], size_t sample) {
    for (size_t i = 0; i < SIZE; i++) image[i] = (uint8_t)picture_value(i + SIZE * sample);
}

static void augment(uint8_t out[SIZE], const dsc_augment_chain *chain, uint64_t seed, uint64_t epoch,
                    size_t sample) {
    uint8_t in[SIZE];
    sample_image(in, sample);
    void *scratch = malloc(dsc_augment_scratch(chain, usual) + 1);
    assert_non_null(scratch);
    const long before = testing_allocations();
    dsc_augment_image(chain, out, in, usual, seed, epoch, sample, scratch);
    assert_int_equal(testing_allocations(), before);
    free(scratch);
}

static void augment_text(uint8_t out[SIZE], const char *text, uint64_t seed, uint64_t epoch, size_t sample) {
    dsc_augment_chain *chain = chain_of(text);
    augment(out, chain, seed, epoch, sample);
    dsc_augment_chain_free(chain);
}

static bool same(const uint8_t a[SIZE], const uint8_t b[SIZE]) { return !memcmp(a, b, SIZE); }

static void the_empty_chain_copies_and_needs_no_scratch(void **unused) {
    (void)unused;
    static const char *const texts[] = {"", "none", "  ", " none ", NULL};
    uint8_t in[SIZE], out[SIZE];
    sample_image(in, 4);
    for (size_t k = 0; k < 5; k++) {
        dsc_augment_chain *chain = chain_of(texts[k]);
        assert_int_equal(dsc_augment_scratch(chain, usual), 0);
        dsc_augment_image(chain, out, in, usual, 1, 1, 4, NULL);
        assert_true(same(in, out));
        dsc_augment_chain_free(chain);
    }
    dsc_augment_image(NULL, out, in, usual, 1, 1, 4, NULL);
    assert_true(same(in, out));
    dsc_augment_chain_free(NULL);
}

static void an_image_depends_on_seed_epoch_and_sample_and_on_nothing_else(void **unused) {
    (void)unused;
    static uint8_t forward[SAMPLES][SIZE], again[SIZE];
    dsc_augment_chain *chain = chain_of(everything()), *other = chain_of(everything());
    for (size_t i = 0; i < SAMPLES; i++) augment(forward[i], chain, 7, 3, i);
    for (size_t i = SAMPLES; i-- > 0;) {
        augment(again, other, 7, 3, i);
        assert_true(same(again, forward[i]));
    }
    size_t changed_seed = 0, changed_epoch = 0;
    for (size_t i = 0; i < SAMPLES; i++) {
        augment(again, chain, 8, 3, i);
        changed_seed += !same(again, forward[i]);
        augment(again, chain, 7, 4, i);
        changed_epoch += !same(again, forward[i]);
    }
    assert_int_equal(changed_seed, SAMPLES);
    assert_int_equal(changed_epoch, SAMPLES);
    dsc_augment_chain_free(chain);
    dsc_augment_chain_free(other);
}

typedef struct job {
    const dsc_augment_chain *chain;
    uint8_t (*out)[SIZE];
    unsigned char *scratch[4];
} job;
static void augment_one(void *context, size_t index, unsigned worker) {
    job *j = context;
    uint8_t in[SIZE];
    sample_image(in, index);
    dsc_augment_image(j->chain, j->out[index], in, usual, 7, 3, index, j->scratch[worker]);
}

static void any_number_of_threads_gives_the_same_images(void **unused) {
    (void)unused;
    static uint8_t one[SAMPLES][SIZE], many[SAMPLES][SIZE];
    job j = {.chain = chain_of(everything())};
    for (int k = 0; k < 4; k++) j.scratch[k] = malloc(dsc_augment_scratch(j.chain, usual));
    for (unsigned threads = 1; threads <= 4; threads++) {
        dsc_threads *pool;
        dsc_error error;
        ASSERT_OK(dsc_threads_create(&pool, threads, &error), error);
        j.out = threads == 1 ? one : many;
        dsc_threads_run(pool, SAMPLES, augment_one, &j);
        dsc_threads_free(pool);
        if (threads > 1) assert_memory_equal(many, one, sizeof one);
    }
    for (int k = 0; k < 4; k++) free(j.scratch[k]);
    dsc_augment_chain_free((dsc_augment_chain *)(uintptr_t)j.chain);
}

/* --- every augmentation of the registry, by its examples --- */

/* FNV-1a of 60 images; 0: the text is refused. */
static uint64_t hash_of(const char *text) {
    uint64_t hash = 0xcbf29ce484222325u;
    dsc_augment_chain *chain;
    dsc_error error;
    if (dsc_augment_chain_create(&chain, text, &error)) return 0;
    for (size_t i = 0; i < SAMPLES; i++) {
        uint8_t out[SIZE];
        augment(out, chain, 1, 2, i);
        for (size_t k = 0; k < SIZE; k++) hash = (hash ^ out[k]) * 0x100000001b3u;
    }
    dsc_augment_chain_free(chain);
    return hash;
}

static void example_text(char text[256], const dsc_augmentation *kind, const dsc_augment_example *e,
                         const char *more) {
    (void)snprintf(text, 256, "%s %s %s", kind->name, e->values, more);
}

/* Calls `check` for each example of each augmentation. */
static void for_all_examples(void (*check)(const dsc_augmentation *kind, const dsc_augment_example *e,
                                           const char *text)) {
    for (const dsc_augmentation *const *kind = dsc_augmentations; *kind; kind++) {
        if (!(*kind)->examples || !(*kind)->examples->images) fail_msg("%s has no examples", (*kind)->name);
        for (const dsc_augment_example *e = (*kind)->examples; e->images; e++) {
            char text[256];
            example_text(text, *kind, e, "");
            check(*kind, e, text);
        }
    }
}

static void check_images(const dsc_augmentation *kind, const dsc_augment_example *e, const char *text) {
    (void)kind;
    const uint64_t found = hash_of(text);
    if (found != e->images)
        fail_msg("%s: expected 0x%016llx, found 0x%016llx", text, (unsigned long long)e->images,
                 (unsigned long long)found);
    if (found == hash_of("none")) fail_msg("%s: changes nothing", text);
}

static void images_are_those_of_every_other_machine(void **unused) {
    (void)unused;
    for_all_examples(check_images);
}

static const size_t shapes[][3] = {{1, 28, 28}, {3, 5, 31}, {2, 1, 1}, {1, 17, 80}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static void check_kernels(const dsc_augmentation *kind, const dsc_augment_example *e, const char *text) {
    static float in[PICTURE_MOST], first[PICTURE_MOST], out[PICTURE_MOST];
    (void)kind, (void)e;
    picture_fill(in, PICTURE_MOST);
    for (size_t s = 0; s < SHAPES; s++)
        for (uint64_t sample = 0; sample < 5; sample++) {
            const size_t count = shapes[s][0] * shapes[s][1] * shapes[s][2];
            picture_augment(first, in, shapes[s], text, 5, sample, dsc_kernels_at(0));
            for (size_t k = 1; dsc_kernels_at(k); k++) {
                picture_augment(out, in, shapes[s], text, 5, sample, dsc_kernels_at(k));
                assert_memory_equal(out, first, count * sizeof *out);
            }
        }
}

static void every_kernel_set_gives_the_same_bits(void **unused) {
    (void)unused;
    for_all_examples(check_kernels);
}

/* The whole output is written, whatever was in it before, and all values are valid pixels. */
static void check_written(const dsc_augmentation *kind, const dsc_augment_example *e, const char *text) {
    static float in[PICTURE_MOST], out[2][PICTURE_MOST];
    (void)kind, (void)e;
    picture_fill(in, PICTURE_MOST);
    for (size_t s = 0; s < SHAPES; s++)
        for (uint64_t sample = 0; sample < 10; sample++) {
            const size_t count = shapes[s][0] * shapes[s][1] * shapes[s][2];
            for (size_t i = 0; i < count; i++) out[0][i] = (float)NAN, out[1][i] = 77;
            for (int k = 0; k < 2; k++)
                picture_augment(out[k], in, shapes[s], text, 5, sample, dsc_kernels_auto());
            for (size_t i = 0; i < count; i++)
                if (!(out[0][i] >= 0 && out[0][i] <= 255.01f && out[0][i] == out[1][i]))
                    fail_msg("%s: pixel %zu of (%zu, %zu, %zu) is %g, and %g over 77", text, i, shapes[s][0],
                             shapes[s][1], shapes[s][2], (double)out[0][i], (double)out[1][i]);
        }
}

static void every_augmentation_writes_all_of_its_output(void **unused) {
    (void)unused;
    for_all_examples(check_written);
}

/* Returns whether two texts change colour images in the same way. Some parameters have no effect on grey
 * images. */
static bool same_in_colour(const char *one, const char *other) {
    static float in[PICTURE_MOST], out[2][PICTURE_MOST];
    const size_t shape[3] = {3, 20, 20}, count = 3 * 20 * 20;
    picture_fill(in, count);
    for (uint64_t sample = 0; sample < 5; sample++) {
        picture_augment(out[0], in, shape, one, 5, sample, dsc_kernels_auto());
        picture_augment(out[1], in, shape, other, 5, sample, dsc_kernels_auto());
        for (size_t i = 0; i < count; i++)
            if (out[0][i] != out[1][i]) return false;
    }
    return true;
}

static bool parameter_matters(const dsc_augmentation *kind, const dsc_param *p) {
    for (const dsc_augment_example *e = kind->examples; e->images; e++) {
        const char *name = "";
        char own[256], text[256], other[64], more[128];
        example_text(own, kind, e, "");
        void *values = picture_values(&name, own);
        bool matters = false;
        for (size_t i = 0; !matters && others_text(other, p, values, i); i++) {
            (void)snprintf(more, sizeof more, "%s=%s", p->name, other);
            example_text(text, kind, e, more);
            const uint64_t found = hash_of(text);
            matters = found && (found != e->images || !same_in_colour(own, text));
        }
        free(values);
        if (matters) return true;
    }
    return false;
}

static void every_parameter_of_every_augmentation_matters(void **unused) {
    (void)unused;
    for (const dsc_augmentation *const *kind = dsc_augmentations; *kind; kind++)
        for (const dsc_param *p = (*kind)->params; p && p->name; p++)
            if (!parameter_matters(*kind, p))
                fail_msg("%s: its parameter '%s' changes nothing", (*kind)->name, p->name);
}

static void p_is_the_share_of_images_that_are_changed(void **unused) {
    (void)unused;
    enum { IMAGES = 4000 };
    static const char *const texts[] = {"invert p=0", "invert p=0.3", "invert"};
    static const double shares[] = {0, 0.3, 1};
    for (size_t k = 0; k < 3; k++) {
        dsc_augment_chain *chain = chain_of(texts[k]);
        size_t changed = 0;
        for (size_t i = 0; i < IMAGES; i++) {
            uint8_t in[SIZE], out[SIZE];
            sample_image(in, i);
            augment(out, chain, 1, 1, i);
            changed += out[0] != in[0];
        }
        dsc_augment_chain_free(chain);
        assert_true(fabs((double)changed / IMAGES - shares[k]) <= (k == 1 ? 0.03 : 0));
    }
}

static void a_link_of_the_chain_draws_what_it_draws_whatever_comes_before_it(void **unused) {
    (void)unused;
    uint8_t first[SIZE], second[SIZE];
    for (size_t i = 0; i < SAMPLES; i++) { /* the first links change nothing */
        augment_text(first, "noise p=0, erase value=99", 1, 1, i);
        augment_text(second, "elastic alpha=0, erase value=99", 1, 1, i);
        assert_true(same(first, second));
    }
}

/* --- the others --- */

static void erase_wipes_out_one_rectangle_of_the_size_asked_for(void **unused) {
    (void)unused;
    dsc_augment_chain *chain = chain_of("erase least=0.05 most=0.3 value=7");
    double least = 1, most = 0;
    size_t corners = 0;
    for (size_t sample = 0; sample < 1000; sample++) {
        uint8_t in[SIZE], out[SIZE];
        memset(in, 200, SIZE);
        void *scratch = malloc(dsc_augment_scratch(chain, usual));
        dsc_augment_image(chain, out, in, usual, 1, 1, sample, scratch);
        free(scratch);
        size_t left = 28, right = 0, top = 28, bottom = 0, wiped = 0;
        for (size_t i = 0; i < SIZE; i++) {
            assert_true(out[i] == 7 || out[i] == 200);
            if (out[i] == 200) continue;
            const size_t x = i % 28, y = i / 28;
            wiped++;
            left = x < left ? x : left, right = x > right ? x : right;
            top = y < top ? y : top, bottom = y > bottom ? y : bottom;
        }
        assert_int_equal(wiped, (right - left + 1) * (bottom - top + 1));
        least = fmin(least, (double)wiped / SIZE);
        most = fmax(most, (double)wiped / SIZE);
        corners += left == 0 || top == 0 || right == 27 || bottom == 27;
    }
    assert_true(least > 0.04 && least < 0.06 && most > 0.28 &&
                most < 0.33); /* sides are rounded to whole pixels */
    assert_true(corners > 50);
    dsc_augment_chain_free(chain);
}

static void noise_is_normal_and_stays_within_bytes(void **unused) {
    (void)unused;
    enum { SIDE = 80, COUNT = SIDE * SIDE, DRAWS = 20 };
    static float in[COUNT], out[COUNT];
    const size_t shape[3] = {1, SIDE, SIDE};
    double moment[5] = {0}, neighbours = 0;
    for (size_t i = 0; i < COUNT; i++) in[i] = 128;
    for (uint64_t sample = 0; sample < DRAWS; sample++) {
        picture_augment(out, in, shape, "noise sigma=10", 1, sample, dsc_kernels_auto());
        for (size_t i = 0; i < COUNT; i++) {
            const double z = ((double)out[i] - 128) / 10;
            for (int k = 1; k < 5; k++) moment[k] += pow(z, k) / (COUNT * DRAWS);
            if (i) neighbours += z * ((double)out[i - 1] - 128) / 10 / (COUNT * DRAWS);
        }
    }
    assert_true(fabs(moment[1]) < 0.015 && fabs(moment[2] - 1) < 0.02 && fabs(moment[3]) < 0.04);
    assert_true(fabs(moment[4] - 3) < 0.12 && fabs(neighbours) < 0.015);
    picture_augment(out, in, shape, "noise sigma=1000", 1, 1, dsc_kernels_auto());
    for (size_t i = 0; i < COUNT; i++) assert_true(out[i] >= 0 && out[i] <= 255);
}

static void blur_is_a_gaussian_that_keeps_level_ground_level(void **unused) {
    (void)unused;
    enum { SIDE = 41, COUNT = SIDE * SIDE };
    static float in[COUNT], out[COUNT];
    const size_t shape[3] = {1, SIDE, SIDE};
    double widest = 0;
    for (uint64_t sample = 0; sample < 200; sample++) {
        for (size_t i = 0; i < COUNT; i++) in[i] = 200;
        picture_augment(out, in, shape, "blur sigma=2", 1, sample, dsc_kernels_auto());
        for (size_t i = 0; i < COUNT; i++) assert_true(fabs((double)out[i] - 200) < 1e-3);
        memset(in, 0, sizeof in);
        in[COUNT / 2] = 255;
        picture_augment(out, in, shape, "blur sigma=2", 1, sample, dsc_kernels_auto());
        double sum = 0, across = 0, down = 0;
        for (size_t i = 0; i < COUNT; i++) {
            const double x = (double)(i % SIDE) - 20, y = (double)(i / SIDE) - 20;
            sum += (double)out[i];
            across += (double)out[i] * x * x;
            down += (double)out[i] * y * y;
        }
        assert_true(fabs(sum - 255) < 1e-2 && fabs(across - down) < 1e-2 * (1 + across));
        widest = fmax(widest, sqrt(across / sum));
    }
    assert_true(widest > 1.9 && widest < 2.0); /* slightly narrower, because it is cut off at three sigma */
    assert_true(out[COUNT / 2 + 1] == out[COUNT / 2 + SIDE] && out[COUNT / 2 + 1] == out[COUNT / 2 - 1]);
}

static void inverting_twice_gives_the_image_back(void **unused) {
    (void)unused;
    uint8_t in[SIZE], out[SIZE];
    sample_image(in, 1);
    augment_text(out, "invert, invert", 1, 1, 1);
    assert_true(same(in, out));
    augment_text(out, "invert", 1, 1, 1);
    for (size_t i = 0; i < SIZE; i++) assert_int_equal(out[i], 255 - in[i]);
}

/* --- texts --- */

static void check_error(const char *text, const char *part) {
    dsc_augment_chain *chain = (void *)&chain;
    dsc_error error;
    assert_int_equal(dsc_augment_chain_create(&chain, text, &error), DSC_ERROR_ARGUMENT);
    assert_null(chain);
    ASSERT_MESSAGE(error, part);
}

static void wrong_texts_are_refused_at_their_column_with_a_suggestion(void **unused) {
    (void)unused;
    check_error("afine rotate=10", "column 1: unknown augmentation 'afine'; did you mean 'affine'?");
    check_error("xyzzyplugh", "unknown augmentation 'xyzzyplugh'; there are: ");
    for (const dsc_augmentation *const *kind = dsc_augmentations; *kind; kind++)
        check_error("xyzzyplugh", (*kind)->name);
    check_error("invert, affine rotat=10",
                "column 16: augmentation affine: unknown parameter 'rotat'; did you mean 'rotate'?");
    check_error("affine rotate=1000",
                "column 8: augmentation affine: rotate: expected a number 0 to 180, found '1000'");
    check_error("affine",
                "column 1: augmentation affine: these settings change nothing; set at least one of rotate");
    check_error("invert, erase least=0.5 most=0.4",
                "column 9: augmentation erase: least is larger than most");
    check_error("elastic p=2", "column 9: augmentation elastic: p: expected a number 0 to 1");
    check_error("elastic 34", "column 9");
    check_error("invert,", "column 8: expected a name, found the end");
    check_error(", invert", "column 1");
    check_error("none, invert", "column 1: unknown augmentation 'none'");
    check_error(
        "invert,invert,invert,invert,invert,invert,invert,invert,invert,invert,invert,invert,invert,invert,"
        "invert,invert,invert",
        "column 113: more than 16 augmentations");
}

static void every_failed_allocation_is_survived(void **unused) {
    (void)unused;
    for (long n = 0;; n++) {
        dsc_augment_chain *chain;
        dsc_error error;
        testing_fail_allocation(n);
        const dsc_status status = dsc_augment_chain_create(&chain, everything(), &error);
        const bool failed = testing_allocation_failed();
        if (status) assert_null(chain);
        dsc_augment_chain_free(chain);
        if (failed) continue;
        ASSERT_OK(status, error);
        assert_true(n > 5);
        return;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_empty_chain_copies_and_needs_no_scratch),
        cmocka_unit_test(an_image_depends_on_seed_epoch_and_sample_and_on_nothing_else),
        cmocka_unit_test(any_number_of_threads_gives_the_same_images),
        cmocka_unit_test(images_are_those_of_every_other_machine),
        cmocka_unit_test(every_augmentation_writes_all_of_its_output),
        cmocka_unit_test(every_parameter_of_every_augmentation_matters),
        cmocka_unit_test(every_kernel_set_gives_the_same_bits),
        cmocka_unit_test(p_is_the_share_of_images_that_are_changed),
        cmocka_unit_test(a_link_of_the_chain_draws_what_it_draws_whatever_comes_before_it),
        cmocka_unit_test(erase_wipes_out_one_rectangle_of_the_size_asked_for),
        cmocka_unit_test(noise_is_normal_and_stays_within_bytes),
        cmocka_unit_test(blur_is_a_gaussian_that_keeps_level_ground_level),
        cmocka_unit_test(inverting_twice_gives_the_image_back),
        cmocka_unit_test(wrong_texts_are_refused_at_their_column_with_a_suggestion),
        cmocka_unit_test(every_failed_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
