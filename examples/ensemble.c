/* SPDX-License-Identifier: MIT */
/* ensemble.c: trains three networks, joins them to an ensemble, shows where they disagree, and trains one
 * network on their answers.
 *
 *     cc ensemble.c -o ensemble $(pkg-config --cflags --libs descender) */
#include <descender.h>
#include <stdio.h>

enum { MEMBERS = 3, CLASSES = 10 };

static double accuracy(const dsc_model *model, const dsc_dataset *test, dsc_status *status,
                       dsc_error *error) {
    dsc_score score = {0};
    if (!*status) *status = dsc_evaluate(&score, model, test, error);
    return 100 * score.accuracy;
}

/* Prints the answer to the first image on which the members disagree. */
static dsc_status find_doubt(const dsc_model *ensemble, const dsc_dataset *test, dsc_error *error) {
    dsc_predictor *predictor;
    dsc_workspace *workspace = NULL;
    size_t members, shape[3];
    float said[MEMBERS * CLASSES];
    uint32_t best;
    dsc_predictor_options how = dsc_predictor_options_defaults();
    how.batch = 1;
    how.embedding = dsc_model_members(ensemble, &members); /* return each member's logits with the answer */
    dsc_status status = dsc_predictor_create(&predictor, ensemble, &how, error);
    if (!status) status = dsc_workspace_create(&workspace, predictor, 1, error);
    dsc_dataset_shape(test, shape);
    for (size_t i = 0; !status && i < dsc_dataset_count(test); i++) {
        dsc_prediction wanted = dsc_prediction_defaults();
        double information;
        wanted.count = 1;
        wanted.images = (const uint8_t *)dsc_dataset_images(test) + i * shape[1] * shape[2];
        wanted.embeddings = said;
        wanted.top = 1;
        wanted.top_classes = &best;
        status = dsc_predict_all(predictor, workspace, &wanted, error);
        const size_t agree = status ? members : dsc_members_agree(&information, best, said, members, CLASSES);
        if (agree == members) continue;
        printf("a %d: %zu of %zu say %s; the members' doubt is %.2f bits\n", dsc_dataset_labels(test)[i],
               agree, members, dsc_predictor_class_name(predictor, best), information);
        break;
    }
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
    return status;
}

int main(void) {
    dsc_error error;
    dsc_dataset *digits = NULL, *test = NULL;
    dsc_model *members[MEMBERS] = {NULL}, *ensemble = NULL, *shifted = NULL, *student = NULL;
    dsc_training_options how = dsc_training_options_defaults();
    how.epochs = 4;
    dsc_status status = dsc_digits_create(&digits, 2000, 1, 0, &error);
    if (!status) status = dsc_digits_create(&test, 500, 2, 0, &error);
    for (size_t i = 0; i < MEMBERS && !status; i++) {
        dsc_model_options options = dsc_model_options_defaults();
        options.text = "784-32-10";
        options.seed = how.seed = i + 1;
        status = dsc_model_create(&members[i], &options, &error);
        if (!status) status = dsc_train(members[i], digits, &how, &error);
        printf("member %zu: %.1f %%\n", i + 1, accuracy(members[i], test, &status, &error));
    }
    if (!status) status = dsc_model_join(&ensemble, (const dsc_model *const *)members, MEMBERS, &error);
    printf("together: %.1f %%\n", accuracy(ensemble, test, &status, &error));
    if (!status) status = find_doubt(ensemble, test, &error);

    /* Nine shifted copies of each image, with three answers each. */
    if (!status) status = dsc_model_shift(&shifted, ensemble, 1, &error);
    printf("with shifted copies: %.1f %%\n", accuracy(shifted, test, &status, &error));

    /* One network that learns from the answers of the ensemble. */
    how.teacher = ensemble;
    if (!status) status = dsc_model_create_for(&student, "784-32-10", digits, &error);
    if (!status) status = dsc_train(student, digits, &how, &error);
    printf("taught by them: %.1f %%\n", accuracy(student, test, &status, &error));

    if (status) fprintf(stderr, "%s\n", error.message);
    for (size_t i = 0; i < MEMBERS; i++) dsc_model_free(members[i]);
    dsc_model_free(ensemble);
    dsc_model_free(shifted);
    dsc_model_free(student);
    dsc_dataset_free(digits);
    dsc_dataset_free(test);
    return status ? 1 : 0;
}
