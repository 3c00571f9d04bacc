/* SPDX-License-Identifier: MIT */
/* Matching arrays to parameters: by a map, by name, by order; what does not fit is refused by name. */
#include "weights_testing.h"

/* --- matching --- */

static void layers_of_one_shape_are_taken_in_the_order_of_their_numbers(void **state) {
    (void)state;
    static const made list[] = {{"net.2.bias", {64}, 1},       {"net.2.weight", {64, 64}, 2},
                                {"net.10.bias", {64}, 3},      {"net.10.weight", {64, 64}, 4},
                                {"net.4.weight", {64, 64}, 6}, {"net.4.bias", {64}, 5}};
    dsc_model *model = read_made(list, 6, "64-64-64-64", NULL, NULL); /* the file has an order of its own */
    check_numbers(model, "dense2.weight", 4, 5);
    dsc_model_free(model);
    static const made sorted[] = {{"net.10.bias", {64}, 3}, {"net.10.weight", {64, 64}, 4},
                                  {"net.2.bias", {64}, 1},  {"net.2.weight", {64, 64}, 2},
                                  {"net.4.bias", {64}, 5},  {"net.4.weight", {64, 64}, 6}};
    model = read_made(sorted, 6, "64-64-64-64", NULL, NULL);
    check_numbers(model, "dense1.weight", 2, 3);
    check_numbers(model, "dense2.bias", 5, 6);
    check_numbers(model, "dense3.weight", 4, 5);
    dsc_model_free(model);
}

static void names_of_ours_count_more_than_the_order_also_behind_a_wrapper(void **state) {
    (void)state;
    static const made list[] = {{"module.dense2.weight", {64, 64}, 1},
                                {"module.dense2.bias", {64}, 2},
                                {"module.dense1.weight", {64, 64}, 3},
                                {"module.dense1.bias", {64}, 4}};
    dsc_model *model = read_made(list, 4, "64-64-64", NULL, NULL);
    check_numbers(model, "dense1.weight", 3, 4);
    check_numbers(model, "dense2.bias", 2, 3);
    dsc_model_free(model);
}

static void a_map_says_what_is_what_and_what_is_left_out(void **state) {
    (void)state;
    static const made list[] = {{"head", {64, 64}, 1}, {"body", {64, 64}, 2}, {"aux", {3, 3}, 3}};
    dsc_model *model =
        read_made(list, 3, "flatten, dense 64 bias=off, dense 64 bias=off", NULL,
                  map_file("# ours are numbered\nbody dense1.weight\n\nhead\tdense2.weight # last\r\n"
                           "aux -\n"));
    check_numbers(model, "dense1.weight", 2, 3);
    check_numbers(model, "dense2.weight", 1, 2);
    dsc_model_free(model);
}

static void check_unsure(const made *list, size_t count, const char *text, bool unsure) {
    char notes[1024];
    dsc_model_free(read_noted(notes, list, count, text, NULL, 1, 8));
    if (unsure != !!strstr(notes, "names without an order")) fail_msg("%s: %s", list[0].name, notes);
}

static void layers_without_an_order_are_told(void **state) {
    (void)state;
    static const char text[] = "flatten, dense 64 bias=off, dense 64 bias=off";
    static const made roles[] = {{"body.weight", {64, 64}, 1}, {"stem.weight", {64, 64}, 2}},
                      none[] = {{"body", {64, 64}, 1}, {"stem", {64, 64}, 2}},
                      numbered[] = {{"body1", {64, 64}, 1}, {"body2", {64, 64}, 2}},
                      shapes[] = {{"stem", {8, 64}, 1}, {"body", {64, 8}, 2}};
    check_unsure(roles, 2, text, true);
    check_unsure(none, 2, text, true);
    check_unsure(numbered, 2, text, false);
    check_unsure(shapes, 2, "flatten, dense 8 bias=off, dense 64 bias=off", false);
}

static void a_role_before_the_layers_name_keeps_weight_and_bias_together(void **state) {
    (void)state;
    static const made list[] = {{"b_out", {4}, 1},    {"b_two", {8}, 2},    {"b_hidden", {8}, 3},
                                {"w_out", {4, 8}, 4}, {"w_two", {8, 8}, 5}, {"w_hidden", {8, 64}, 6}},
                      long_words[] = {{"net.bias_out", {4}, 1},      {"net.bias_two", {8}, 2},
                                      {"net.bias-hidden", {8}, 3},   {"net.weight_out", {4, 8}, 4},
                                      {"net.weight_two", {8, 8}, 5}, {"net.weight-hidden", {8, 64}, 6}};
    for (size_t i = 0; i < 2; i++) {
        char notes[1024];
        dsc_model *model = read_noted(notes, i ? long_words : list, 6, "64-8-8-4", NULL, 1, 8);
        check_numbers(model, "dense1.bias", 3, 4);
        check_numbers(model, "dense2.bias", 2, 3);
        check_numbers(model, "dense1.weight", 6, 7);
        assert_string_equal(notes, "");
        dsc_model_free(model);
    }
}

/* --- mismatches --- */

static void the_first_array_that_does_not_fit_is_named_with_both_shapes(void **state) {
    (void)state;
    static const made list[] = {{"fc1.weight", {9, 64}, 0}, {"fc1.bias", {9}, 0}};
    refuse_made(list, 2, "64-8", NULL, NULL, DSC_ERROR_MISMATCH,
                "made.npz: 'fc1.weight' has the shape (9, 64), but dense1.weight of the network has (8, 64)");
}

static void an_array_that_fits_in_another_layout_is_told_so(void **state) {
    (void)state;
    static const made torch[] = {{"w", {8, 64}, 0}, {"b", {8}, 0}},
                      numpy[] = {{"w", {64, 8}, 0}, {"b", {8}, 0}},
                      mixed[] = {{"w1", {8, 64}, 0}, {"b1", {8}, 0}, {"w2", {8, 4}, 0}, {"b2", {4}, 0}},
                      pixels[] = {{"c.weight", {3, 3, 1, 2}, 0}, {"d.weight", {72, 4}, 0}};
    refuse_made(torch, 2, "64-8", "npz layout=keras", NULL, DSC_ERROR_MISMATCH,
                "made.npz: 'w' of the shape (8, 64) does not fit dense1.weight (8, 64) of the network in "
                "layout=keras, but fits in layout=torch: --as 'npz layout=torch'");
    refuse_made(numpy, 2, "64-8", "npz layout=torch", NULL, DSC_ERROR_MISMATCH,
                "in layout=torch, but fits in layout=transposed: --as 'npz layout=transposed'");
    refuse_made(mixed, 4, "64-8-4", NULL, NULL, DSC_ERROR_MISMATCH,
                "'w2' of the shape (8, 4) does not fit dense2.weight (4, 8)");
    refuse_made(pixels, 2, "conv 2 3x3 bias=off, flatten, dense 4 bias=off", "npz layout=transposed", NULL,
                DSC_ERROR_MISMATCH,
                "'c.weight' of the shape (3, 3, 1, 2) does not fit conv1.weight (2, 1, 3, 3) of the network "
                "in layout=transposed, but fits in layout=keras");
}

static void a_bias_too_much_or_too_few_is_told_with_what_to_write(void **state) {
    (void)state;
    static const made none[] = {{"fc1.weight", {8, 64}, 0}};
    refuse_made(none, 1, "64-8", NULL, NULL, DSC_ERROR_MISMATCH,
                "no array for dense1.bias (8) of the network");
    refuse_made(none, 1, "64-8", NULL, NULL, DSC_ERROR_MISMATCH, "bias=off");
    static const made both[] = {{"fc1.weight", {8, 64}, 0}, {"fc1.bias", {8}, 0}};
    refuse_made(both, 2, "flatten, dense 8 bias=off", NULL, NULL, DSC_ERROR_MISMATCH,
                "'fc1.bias' of the shape (8) has no place");
}

static void an_array_that_is_left_is_refused(void **state) {
    (void)state;
    static const made list[] = {
        {"fc1.weight", {8, 64}, 0}, {"fc1.bias", {8}, 0}, {"fc2.weight", {8, 8}, 0}, {"fc2.bias", {8}, 0}};
    refuse_made(list, 4, "64-8", NULL, NULL, DSC_ERROR_MISMATCH,
                "'fc2.weight' of the shape (8, 8) is none of the network's parameters");
}

static void what_is_wrong_in_a_map_is_named_with_its_line(void **state) {
    (void)state;
    static const made list[] = {{"a", {8, 64}, 0}, {"b", {8}, 0}};
    static const struct {
        const char *map, *part;
        dsc_status status;
    } tries[] = {{"a\n", "line 1: expected the name", DSC_ERROR_ARGUMENT},
                 {"\nc dense1.weight\n", "line 2: made.npz has no array 'c'", DSC_ERROR_ARGUMENT},
                 {"a dense1.weigth", "did you mean 'dense1.weight'", DSC_ERROR_ARGUMENT},
                 {"a -\na dense1.weight", "line 2: an earlier line has this array", DSC_ERROR_ARGUMENT},
                 {"a b c d", "line 1: expected", DSC_ERROR_ARGUMENT},
                 {"b dense1.weight", "'b' has the shape (8)", DSC_ERROR_MISMATCH}};
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++)
        refuse_made(list, 2, "64-8", NULL, map_file(tries[i].map), tries[i].status, tries[i].part);
}

static void a_text_that_is_wrong_is_told_as_such(void **state) {
    (void)state;
    static const made list[] = {{"a", {8, 64}, 0}, {"b", {8}, 0}};
    refuse_made(list, 2, "flatten, dens 8", NULL, NULL, DSC_ERROR_ARGUMENT, "unknown layer 'dens'");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_of_one_shape_are_taken_in_the_order_of_their_numbers),
        cmocka_unit_test(names_of_ours_count_more_than_the_order_also_behind_a_wrapper),
        cmocka_unit_test(a_map_says_what_is_what_and_what_is_left_out),
        cmocka_unit_test(layers_without_an_order_are_told),
        cmocka_unit_test(a_role_before_the_layers_name_keeps_weight_and_bias_together),
        cmocka_unit_test(the_first_array_that_does_not_fit_is_named_with_both_shapes),
        cmocka_unit_test(an_array_that_fits_in_another_layout_is_told_so),
        cmocka_unit_test(a_bias_too_much_or_too_few_is_told_with_what_to_write),
        cmocka_unit_test(an_array_that_is_left_is_refused),
        cmocka_unit_test(what_is_wrong_in_a_map_is_named_with_its_line),
        cmocka_unit_test(a_text_that_is_wrong_is_told_as_such),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
