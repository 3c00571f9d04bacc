/* SPDX-License-Identifier: MIT */
/* given.c: completes a recipe from the given options and the data. */
#include "given.h"

#include "subject.h"

#include "base/file.h"
#include "data/drawn.h"
#include "model/model.h"
#include "train/build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

dsc_status command_recipe_override(dsc_recipe *recipe, command_call *call, const dsc_recipe *given,
                                   dsc_error *error) {
    for (const dsc_param *p = dsc_recipe_params; p->name; p++) {
        if (!command_given(call, p->name)) continue;
        json_t *value = dsc_param_to_json(p, given);
        if (!value) return dsc_fail_memory(error, 64, p->name);
        dsc_status status = dsc_param_from_json(p, recipe, value, error);
        json_decref(value);
        if (status) return status;
    }
    if (command_given(call, "learning-rate") && !(given->learning_rate > 0))
        return command_wrong_usage(
            call, error,
            "--learning-rate: a rate of 0 learns nothing; omit the option to use the optimiser's default");
    return DSC_OK;
}

bool command_recipe_is_auto(const char *name) { return !strcmp(name, DSC_RECIPE_AUTO); }

/* ---- the model to start from ---- */

enum { CLASSES_MOST = 256 }; /* of a data set: labels are bytes */

void command_start_clear(command_start *start) {
    dsc_model_free(start->model);
    dsc_model_free(start->teacher);
    json_decref(start->afresh);
    *start = (command_start){0};
}

/* Finds the model of a run's folder. The path is made absolute, for later use from another folder. */
static dsc_status find_model(dsc_model **model, char **text, const char *option, dsc_error *error) {
    command_subject subject;
    dsc_status status = command_subject_open(&subject, *text, error);
    if (!status) {
        char *whole = realpath(subject.model_path, NULL);
        status = dsc_text_replace(text, whole ? whole : subject.model_path, error);
        free(whole);
        *model = subject.model;
        subject.model = NULL;
    } else {
        status = dsc_error_context(error, status, "--%s", option);
    }
    command_subject_close(&subject);
    return status;
}

static dsc_status find_start(command_start *start, dsc_recipe *recipe, dsc_error *error) {
    dsc_status status = DSC_OK;
    if (recipe->from) status = find_model(&start->model, &recipe->from, "from", error);
    if (!status && recipe->teacher) status = find_model(&start->teacher, &recipe->teacher, "teacher", error);
    recipe->start = start->model;
    recipe->teacher_model = start->teacher;
    return status;
}

dsc_status command_start_again(command_start *start, dsc_recipe *recipe, dsc_error *error) {
    *start = (command_start){0};
    dsc_status status = find_start(start, recipe, error);
    const bool gone = (recipe->from && access(recipe->from, F_OK) != 0) ||
                      (recipe->teacher && access(recipe->teacher, F_OK) != 0);
    return status && gone ? DSC_OK : status;
}

static void count_copied(void *user, const dsc_node *to, const dsc_node *from, size_t numbers) {
    command_start *start = user;
    const size_t all = dsc_shape_count(&to->shape);
    (void)from;
    start->numbers += all;
    start->copied += numbers;
    if (numbers < all && start->afresh)
        (void)json_array_append_new(start->afresh, dsc_json_text(dsc_node_name(to)));
}

/* Sets the network to the start model's, or keeps the recipe's own, for the classes and images of `data`, and
 * finds what is copied. */
static dsc_status adapt_start(command_start *start, dsc_recipe *recipe, bool own_network,
                              const dsc_dataset *data, dsc_error *error) {
    const char *names[CLASSES_MOST];
    dsc_model *adapted = NULL;
    dsc_adapt_options how = dsc_adapt_options_defaults();
    how.text = own_network ? NULL : recipe->model;
    how.classes = dsc_dataset_classes(data);
    how.class_names = names;
    for (size_t k = 0; k < how.classes; k++) names[k] = dsc_dataset_class_name(data, k);
    dsc_dataset_shape(data, how.shape);
    how.on_copied = count_copied;
    how.user = start;
    start->afresh = json_array();
    if (!start->afresh) return dsc_fail_memory(error, 64, "the names of what begins afresh");
    dsc_status status = dsc_model_adapt(&adapted, start->model, &how, error);
    if (!status) status = dsc_text_replace(&recipe->model, dsc_model_text(adapted), error);
    dsc_model_free(adapted);
    return status ? dsc_error_context(error, status, "--from %s", recipe->from) : DSC_OK;
}

static void tell_start(const command_start *start, const dsc_recipe *recipe, const command_call *call) {
    char shown[DSC_VISIBLE];
    if (call->json || call->quiet) return;
    dsc_text text = {0};
    dsc_text_append(&text, "Starts from %s: %zu of %zu numbers are copied\n",
                    dsc_visible(shown, sizeof shown, recipe->from), start->copied, start->numbers);
    for (size_t i = 0; i < json_array_size(start->afresh); i++)
        dsc_text_append(
            &text, "%s%s", i ? ", " : "  afresh: ",
            dsc_visible(shown, sizeof shown, json_string_value(json_array_get(start->afresh, i))));
    if (json_array_size(start->afresh)) dsc_text_append(&text, "\n");
    (void)command_print_text(&text, NULL); /* without memory nothing is printed; later work reports it */
    (void)fflush(stdout);
}

/* ---- recipes ---- */

dsc_status command_recipe_begin(dsc_recipe *recipe, command_start *start, const char *name,
                                command_call *call, const dsc_recipe *given, dsc_error *error) {
    *start = (command_start){0};
    dsc_status status = command_recipe_is_auto(name) ? dsc_recipe_initialise(recipe, error)
                                                     : dsc_recipe_open(recipe, name, error);
    /* The epochs are not known yet: checks against them must not fail. */
    if (!status && command_recipe_is_auto(name)) recipe->epochs = INT32_MAX;
    if (!status) status = command_recipe_override(recipe, call, given, error);
    return status ? status : find_start(start, recipe, error);
}

/* Prints the reasons of the suggestion, except for what the user gave. */
static void tell_suggestion(const dsc_suggestion *s, const command_call *call) {
    if (call->json || call->quiet) return;
    dsc_text text = {0};
    dsc_text_append(&text, "Picked for these images:\n");
    for (size_t i = 0; i < s->count; i++)
        if (!dsc_param_find(dsc_recipe_params, s->reason[i].what) || !command_given(call, s->reason[i].what))
            dsc_text_append(&text, "  %-8s  %s\n", s->reason[i].what, s->reason[i].why);
    (void)command_print_text(&text, NULL); /* without memory nothing is printed; later work reports it */
    (void)fflush(stdout);
}

/* Replaces the recipe by the suggestion, with the user's options over it. */
static dsc_status take_suggestion(dsc_recipe *recipe, command_call *call, const dsc_recipe *given,
                                  const dsc_dataset *train, unsigned threads, dsc_error *error) {
    const bool own_network = recipe->from && !command_given(call, "model");
    const bool network = command_given(call, "model") && !strchr(given->model, '{');
    const dsc_suggest_given known = {.model = own_network ? recipe->model
                                              : network   ? given->model
                                                          : NULL,
                                     .kernels = command_given(call, "kernels") ? given->kernels : NULL,
                                     .training_samples = (size_t)given->training_samples,
                                     .threads = threads};
    dsc_suggestion suggestion;
    dsc_status status = dsc_recipe_suggest(&suggestion, train, &known, error);
    if (status) return status;
    tell_suggestion(&suggestion, call);
    status = command_recipe_override(&suggestion.recipe, call, given, error);
    if (!status) status = dsc_text_replace(&suggestion.recipe.data, recipe->data, error);
    if (!status && own_network) status = dsc_text_replace(&suggestion.recipe.model, recipe->model, error);
    if (!status && recipe->from) status = dsc_text_replace(&suggestion.recipe.from, recipe->from, error);
    if (!status && recipe->teacher)
        status = dsc_text_replace(&suggestion.recipe.teacher, recipe->teacher, error);
    dsc_recipe_borrow(&suggestion.recipe, recipe);
    dsc_recipe_clear(recipe);
    *recipe = suggestion.recipe;
    return status;
}

/* A model with its own graph keeps its loss, unless the user asks for another, which is refused. */
static dsc_status keep_loss(const command_start *start, dsc_recipe *recipe, const command_call *call,
                            dsc_error *error) {
    if (!start->model || !start->model->own_graph || command_given(call, "loss") ||
        strcmp(recipe->model, dsc_model_text(start->model)) != 0)
        return DSC_OK;
    return dsc_text_replace(&recipe->loss, dsc_model_loss(start->model), error);
}

dsc_status command_recipe_complete(dsc_recipe *recipe, command_start *start, const char *name,
                                   command_call *call, const dsc_recipe *given, const dsc_dataset *train,
                                   unsigned threads, dsc_error *error) {
    dsc_status status = DSC_OK;
    if (start->model && !strchr(recipe->model, '{'))
        status = adapt_start(start, recipe, !command_given(call, "model"), train, error);
    if (!status && command_recipe_is_auto(name))
        status = take_suggestion(recipe, call, given, train, threads, error);
    if (!status && start->afresh) tell_start(start, recipe, call);
    return status ? status : keep_loss(start, recipe, call, error);
}

dsc_status command_recipe_settle(dsc_recipe *recipe, const char *asked, const char *found, dsc_error *error) {
    if (dsc_registry_find(&dsc_known_data_registry, asked) || dsc_is_drawn(asked))
        return dsc_text_replace(&recipe->data, asked, error);
    if (!strcmp(asked, "auto")) {
        const dsc_known_data *known = dsc_known_called(found);
        if (!known) known = dsc_known_standard(&dsc_known_data_registry);
        return dsc_text_replace(&recipe->data, known->name, error);
    }
    char *whole = realpath(asked, NULL);
    if (!whole) { /* FOLDER/emnist-letters: resolves the folder and keeps the beginning of the files' names */
        const char *slash = strrchr(asked, '/');
        char *folder = dsc_path_folder(asked);
        char *real = folder ? realpath(folder, NULL) : NULL;
        whole = real ? dsc_path_join(real, slash ? slash + 1 : asked) : NULL;
        free(real);
        free(folder);
    }
    if (!whole) return DSC_OK; /* keeps the name by which it was opened */
    free(recipe->data);
    recipe->data = whole;
    return DSC_OK;
}
