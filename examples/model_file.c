/* SPDX-License-Identifier: MIT */
/* model_file.c: describes a model, saves and loads it, and copies values from one model to another.
 *
 *     cc model_file.c -o model_file $(pkg-config --cflags --libs descender)
 *     ./model_file                       makes a network and writes a file
 *     ./model_file model.safetensors     shows the contents of your file
 *  */
#include <descender.h>
#include <stdio.h>
#include <stdlib.h>

static void tell(const dsc_model *model) {
    size_t shape[3];
    dsc_images like;
    dsc_model_shape(model, shape);
    dsc_model_describe(&like, model);
    printf("%s\n  images of %zu x %zu x %zu%s, %zu classes from '%s' to '%s'\n", dsc_model_text(model),
           shape[0], shape[1], shape[2],
           like.preparation == DSC_PREPARATION_DIGITS ? ", prepared digits" : "", dsc_model_classes(model),
           dsc_model_class_name(model, 0), dsc_model_class_name(model, dsc_model_classes(model) - 1));
    printf("  %s, %zu parameters, %.0f multiply-adds an image\n", dsc_model_loss(model),
           dsc_model_parameters(model), dsc_model_multiply_adds(model));
    if (dsc_model_refuse_below(model) > 0)
        printf("  no answer below a probability of %.2f\n", dsc_model_refuse_below(model));
    const char *made = dsc_model_about(model, "note");
    if (made) printf("  note: %s\n", made);
}

static void on_copied(void *user, const dsc_node *to, const dsc_node *from, size_t numbers) {
    (void)user;
    printf("  %s: %zu of %zu numbers%s\n", dsc_node_name(to), numbers, dsc_shape_count(dsc_node_shape(to)),
           from ? "" : ", for the other has no such array");
}

/* A model with its layers, images, classes and loss. */
static dsc_status make(dsc_model **model, const char *text, const dsc_dataset *data, dsc_error *error) {
    static const char *const names[] = {"zero", "one", "two",   "three", "four",
                                        "five", "six", "seven", "eight", "nine"};
    dsc_model_options how = dsc_model_options_defaults();
    how.text = text;
    how.loss = "softmax-cross-entropy smoothing=0.1";
    how.class_names = names;
    dsc_status status = dsc_model_create(model, &how, error);
    if (status) return status;

    /* Its images: how bytes become numbers, and how pictures are prepared. */
    dsc_images like;
    dsc_dataset_describe(&like, data);
    status = dsc_model_normalise(*model, "standard", data, error);
    if (!status) status = dsc_model_expect(*model, &like, error);

    /* Any texts to save with the model. */
    char note[80];
    (void)snprintf(note, sizeof note, "made by descender %s", dsc_version());
    if (!status) status = dsc_model_set_about(*model, "note", note, error);
    if (!status) status = dsc_model_set_refuse_below(*model, 0.4, error);

    /* Reads and changes a parameter, found by its name. */
    if (!status) {
        const dsc_node *bias = dsc_graph_find(dsc_model_graph(*model), "dense1.bias");
        dsc_real *numbers = bias ? dsc_model_value(*model, bias) : NULL;
        for (size_t i = 0; numbers && i < dsc_shape_count(dsc_node_shape(bias)); i++)
            numbers[i] = (dsc_real)0.01;
    }
    return status;
}

/* The same from bytes, for example from a database or from a resource in the program. */
static dsc_status parse(dsc_model **model, const char *path, dsc_error *error) {
    FILE *file = fopen(path, "rb");
    const size_t most = 1 << 20;
    char *bytes = malloc(most);
    const size_t size = file && bytes ? fread(bytes, 1, most, file) : 0;
    if (file) (void)fclose(file);
    dsc_status status = dsc_model_parse(model, bytes, size, "the bytes", NULL, error);
    free(bytes);
    return status;
}

int main(int argc, char **argv) {
    dsc_error error;
    dsc_dataset *digits = NULL;
    dsc_model *model = NULL, *wider = NULL, *again = NULL;
    dsc_status status = DSC_OK;
    if (argc > 1) {
        status = dsc_model_load(&model, argv[1], &error);
        if (!status) tell(model);
    } else {
        status = dsc_digits_create(&digits, 500, 1, 0, &error);
        if (!status) status = make(&model, "flatten, dense 32, relu, dense", digits, &error);
        if (!status) status = dsc_model_save(model, "small.safetensors", &error);
        if (!status) status = parse(&again, "small.safetensors", &error);
        if (!status) tell(again);
        if (!status) status = make(&wider, "flatten, dense 32, relu, dense 64, relu, dense", digits, &error);
        if (!status) printf("copied to a deeper one:\n");
        if (!status) printf("  in all %zu\n", dsc_model_copy_values(wider, again, on_copied, NULL));
    }
    if (status) (void)fprintf(stderr, "model_file: %s\n", error.message);
    dsc_model_free(again);
    dsc_model_free(wider);
    dsc_model_free(model);
    dsc_dataset_free(digits);
    return status != DSC_OK;
}
