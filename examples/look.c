/* SPDX-License-Identifier: MIT */
/* look.c: the smallest useful program: opens a data set and shows a digit as text.
 *
 *     cc look.c -o look $(pkg-config --cflags --libs descender)
 *     ./look              the built-in digits
 *     ./look FOLDER       the four files of MNIST in FOLDER
 */
#include <descender.h>
#include <stdio.h>

int main(int argc, char **argv) {
    dsc_error error;
    dsc_dataset *train = NULL, *test = NULL;
    dsc_status status = argc > 1 ? dsc_mnist_open(&train, &test, argv[1], &error)
                                 : dsc_digits_create(&train, 100, 1, 0, &error);
    if (status != DSC_OK) return fprintf(stderr, "look: %s\n", error.message), 1;

    size_t shape[3]; /* channels, height, width */
    dsc_dataset_shape(train, shape);
    const uint8_t *image = dsc_dataset_images(train); /* the first one */
    for (size_t y = 0; y < shape[1]; y++) {
        for (size_t x = 0; x < shape[2]; x++) {
            int shade = image[y * shape[2] + x] * 5 / 256;
            printf("%c%c", " .+#@"[shade], " .+#@"[shade]);
        }
        printf("\n");
    }
    printf("%s: image 1 of %zu, a %s\n", dsc_dataset_name(train), dsc_dataset_count(train),
           dsc_dataset_class_name(train, dsc_dataset_labels(train)[0]));
    dsc_dataset_free(train);
    dsc_dataset_free(test);
    return 0;
}
