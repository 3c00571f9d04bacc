/* SPDX-License-Identifier: MIT */
/* test_registry.c: the contract of registries, for rows made here; and the contract of every row of every
 * registry of the library: a name, help, and values that survive conversion to text and to JSON. */
#include "others.h"
#include "testing.h"

#include "augment/augment.h"
#include "base/spec.h"
#include "data/form.h"
#include "data/known.h"
#include "exchange/exchange.h"
#include "forms/forms.h"
#include "layer/layer.h"
#include "op/op.h"
#include "optim/optimiser.h"
#include "optim/schedule.h"
#include "picture/picture.h"

#include <ctype.h>

static const dsc_registry *const all[] = {
    &dsc_op_registry,         &dsc_loss_registry,       &dsc_layer_registry,
    &dsc_optimiser_registry,  &dsc_schedule_registry,   &dsc_augmentation_registry,
    &dsc_known_data_registry, &dsc_drawn_data_registry, &dsc_data_form_registry,
    &forms_registry,          &exchange_registry,       &picture_formats};
enum { REGISTRIES = sizeof all / sizeof *all };

/* --- rows made here --- */

enum { MANY = 300 };
static char names[MANY][16];
static dsc_row many[MANY];
static const void *rows[MANY + 1];
static bool is_odd(const void *row) { return ((const dsc_row *)row)->values_size % 2; }

static dsc_registry make_many(void) {
    for (size_t i = 0; i < MANY; i++) {
        (void)snprintf(names[i], sizeof names[i], "thing-%zu", i);
        many[i] = (dsc_row){.name = names[i], .help = "a thing", .values_size = i};
        rows[i] = &many[i];
    }
    rows[MANY] = NULL;
    return (dsc_registry){.thing = "thing", .things = "things", .rows = rows};
}

static void an_unknown_name_survives_every_failed_allocation(void **state) {
    (void)state;
    bool failed = true;
    for (long n = 0; failed; n++) {
        dsc_error error = {0};
        testing_fail_allocation(n);
        const dsc_status status = dsc_registry_unknown(&dsc_layer_registry, "qqqqqqqqqqqq", &error);
        failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_ERROR_ARGUMENT);
        ASSERT_MESSAGE(error, failed ? "memory" : "there are: ");
        assert_true(n < 100);
    }
}

static void a_registry_has_any_number_of_rows(void **state) {
    (void)state;
    const dsc_registry registry = make_many();
    dsc_error error;
    for (size_t i = 0; i < MANY; i++) {
        assert_ptr_equal(dsc_registry_at(&registry, i), &many[i]);
        assert_ptr_equal(dsc_registry_find(&registry, names[i]), &many[i]);
    }
    assert_null(dsc_registry_at(&registry, MANY));
    assert_null(dsc_registry_find(&registry, "thing-"));
    assert_ptr_equal(dsc_registry_find_slice(&registry, "thing-12345", 8), &many[12]);
    assert_int_equal(dsc_registry_unknown(&registry, "thin-299", &error), DSC_ERROR_ARGUMENT);
    assert_string_equal(error.message, "unknown thing 'thin-299'; did you mean 'thing-299'?");
    assert_int_equal(dsc_registry_unknown(&registry, "xyzzyplugh", &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "unknown thing 'xyzzyplugh'; there are: thing-0, thing-1, thing-2, ");
}

static void a_registry_may_hold_some_of_its_rows(void **state) {
    (void)state;
    dsc_registry registry = make_many();
    registry.holds = is_odd;
    assert_ptr_equal(dsc_registry_at(&registry, 0), &many[1]);
    assert_ptr_equal(dsc_registry_at(&registry, 1), &many[3]);
    assert_null(dsc_registry_find(&registry, "thing-2"));
    assert_null(dsc_registry_at(&registry, MANY / 2));
}

static void a_choice_may_have_any_number_of_names(void **state) {
    (void)state;
    static char choices[MANY * 16];
    typedef struct values {
        int which;
    } values;
    values v = {0};
    dsc_error error;
    dsc_text text = {0};
    for (size_t i = 0, length = 0; i < MANY; i++)
        length += (size_t)snprintf(choices + length, sizeof choices - length, "%sname-%zu", i ? "|" : "", i);
    const dsc_param param = DSC_CHOICE(values, which, "name-0", choices, "which");
    ASSERT_OK(dsc_param_parse(&param, &v, "name-299", &error), error);
    assert_int_equal(v.which, 299);
    dsc_param_format(&text, &param, &v);
    assert_string_equal(text.data, "name-299");
    dsc_text_free(&text);
    assert_int_equal(dsc_param_parse(&param, &v, "name-300", &error), DSC_ERROR_ARGUMENT);
    assert_int_equal(dsc_param_parse(&param, &v, "nam-299", &error), DSC_ERROR_ARGUMENT);
}

/* --- rows of the library --- */

static bool is_name(const char *name) {
    if (!name || !islower((unsigned char)*name)) return false;
    for (; *name; name++)
        if (!islower((unsigned char)*name) && !isdigit((unsigned char)*name) && *name != '-') return false;
    return true;
}

/* One line that continues behind a colon or in brackets: no capital except in a name, no full stop. */
static bool is_help(const char *help) {
    return help && *help && help[strlen(help) - 1] != '.' && !strchr(help, '\n') && *help != ' ';
}

static void every_row_has_a_name_of_its_own_and_help(void **state) {
    (void)state;
    const dsc_row *row;
    for (size_t r = 0; r < REGISTRIES; r++) {
        assert_true(is_help(all[r]->thing) && is_help(all[r]->things) && all[r]->about && *all[r]->about);
        for (size_t i = 0; (row = dsc_registry_at(all[r], i)); i++) {
            if (!is_name(row->name) || !is_help(row->help))
                fail_msg("%s %s: its name or help", all[r]->thing, row->name);
            if (dsc_registry_find(all[r], row->name) != row)
                fail_msg("there are two %s called '%s'", all[r]->things, row->name);
            for (const dsc_param *p = row->params; p && p->name; p++) {
                if (!is_name(p->name) || !is_help(p->help) || dsc_param_find(row->params, p->name) != p)
                    fail_msg("%s %s: the name or help of '%s'", all[r]->thing, row->name, p->name);
                if (p->offset >= row->values_size)
                    fail_msg("%s %s: '%s' lies outside of the values", all[r]->thing, row->name, p->name);
            }
        }
        assert_true(dsc_registry_at(all[r], 0) != NULL);
    }
}

/* The values of a row, with another value for parameter number `changed` if there is one. */
static void *make_values(const dsc_row *row, size_t changed, size_t which) {
    void *values = calloc(1, row->values_size + 1);
    dsc_error error;
    char other[64];
    ASSERT_OK(dsc_params_initialise(row->params, values, &error), error);
    for (size_t i = 0; row->params && row->params[i].name; i++) {
        const dsc_param *p = &row->params[i];
        const bool must = !p->initial && p->type != DSC_PARAM_TEXT;
        if (i != changed && !must) continue;
        /* A required parameter has no value yet, so other values may be out of their range. */
        for (size_t k = i == changed ? which : 0; others_text(other, p, values, k); k++)
            if (!dsc_param_parse(p, values, other, &error)) break;
    }
    return values;
}

static void check_same(const dsc_row *row, const void *a, const void *b, const char *how) {
    for (const dsc_param *p = row->params; p && p->name; p++) {
        json_t *x = dsc_param_to_json(p, a), *y = dsc_param_to_json(p, b);
        if (!x || !y || !json_equal(x, y)) fail_msg("%s: '%s' is another after %s", row->name, p->name, how);
        json_decref(x);
        json_decref(y);
    }
}

static void check_forth_and_back(const dsc_registry *registry, const dsc_row *row, const void *values) {
    dsc_error error;
    dsc_text text = {0};
    dsc_spec spec;
    const dsc_row *found;
    void *read, *copied = calloc(1, row->values_size + 1);
    dsc_spec_format(&text, row->name, row->params, values);
    const char *next = text.data;
    ASSERT_OK(dsc_spec_read(&spec, &next, text.data, ",", &error), error);
    ASSERT_OK(dsc_spec_choose(&found, &read, &spec, text.data, registry, &error), error);
    assert_ptr_equal(found, row);
    check_same(row, values, read, "text");
    dsc_row_release(row, read);
    dsc_text_free(&text);
    for (const dsc_param *p = row->params; p && p->name; p++) {
        json_t *json = dsc_param_to_json(p, values);
        ASSERT_OK(dsc_param_from_json(p, copied, json, &error), error);
        json_decref(json);
    }
    check_same(row, values, copied, "JSON");
    dsc_row_release(row, copied);
}

static void the_values_of_every_row_come_back_from_text_and_json(void **state) {
    (void)state;
    const dsc_row *row;
    size_t tried = 0;
    for (size_t r = 0; r < REGISTRIES; r++)
        for (size_t i = 0; (row = dsc_registry_at(all[r], i)); i++)
            for (size_t k = 0; k == 0 || k < dsc_param_count(row->params); k++)
                for (size_t which = 0; which < 3; which++, tried++) {
                    void *values = make_values(row, k, which);
                    check_forth_and_back(all[r], row, values);
                    dsc_row_release(row, values);
                }
    assert_true(tried > 200);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_registry_has_any_number_of_rows),
        cmocka_unit_test(an_unknown_name_survives_every_failed_allocation),
        cmocka_unit_test(a_registry_may_hold_some_of_its_rows),
        cmocka_unit_test(a_choice_may_have_any_number_of_names),
        cmocka_unit_test(every_row_has_a_name_of_its_own_and_help),
        cmocka_unit_test(the_values_of_every_row_come_back_from_text_and_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
