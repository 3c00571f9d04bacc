/* SPDX-License-Identifier: MIT */
/* recipes.c: the recipes that ship with the library. docs/benchmarks.md lists their results. */
#include "train/recipe.h"

#define TWO_CONVOLUTIONS                                                                                     \
    "conv 24 5x5, relu, max-pool 2, conv 48 5x5, relu, max-pool 2, flatten, dropout 0.3, dense 256, relu,"   \
    " dropout 0.3, dense"

#define NORM "batch-norm, relu"
/* docs/training.md, "Fewer steps to the same accuracy", has what was tried. */
#define SMOOTHED "\"loss\": \"softmax-cross-entropy smoothing=0.05\""
#define RISING   "\"schedule\": \"linear warmup=0.15\""

#define CONV(channels) "conv " #channels " 3x3 bias=off, " NORM
#define SAME(channels) "conv " #channels " 3x3 padding=1 bias=off, " NORM
#define SIX_CONVOLUTIONS                                                                                     \
    SAME(32) ", " SAME(32) ", max-pool 2, " SAME(64) ", " SAME(64) ", max-pool 2, " SAME(128) ", " SAME(128)
/* For microcontrollers: 4-bit weights, two per byte. */
#define MCU(a, b, c, d, e, epochs)                                                                           \
    "{\"model\": \"" CONV(a) ", " CONV(b) ", max-pool 2, " SAME(c) ", " CONV(d) ", max-pool 2, " SAME(       \
        e) ", global-pool avg, dense\", \"optimiser\": \"adamw\", \"learning-rate\": 0.008, "                \
           "\"weight-decay\": "                                                                              \
           "0.01, \"batch\": 64, \"schedule\": \"one-cycle\", \"epochs\": " #epochs ", \"augment\": "        \
           "\"affine rotate=10 shift=2 scale=0.1 shear=5\", \"clean-epochs\": 1, \"ema\": 0.998, "           \
           "\"precision\": \"f32\", \"quantise\": \"4\"}"

const dsc_named_recipe dsc_named_recipes[] = {
    {"tutorial", "the tutorial's network with biases, softmax and cross-entropy, on all samples",
     "{\"model\": \"784-100-10\", \"optimiser\": \"sgd momentum=0.9\", \"learning-rate\": 0.1, \"batch\": 64,"
     " \"schedule\": \"cosine\", \"epochs\": 12}"},
    {"mlp", "a classic two-layer perceptron with dropout and batch normalisation, no augmentation",
     "{\"model\": \"flatten, dropout 0.1, dense 512 bias=off, batch-norm, relu, dropout 0.3, dense 512 "
     "bias=off,"
     " batch-norm, relu, dropout 0.3, dense\", \"loss\": \"softmax-cross-entropy smoothing=0.05\","
     " \"optimiser\": \"adamw\", \"learning-rate\": 0.004, \"weight-decay\": 0.01, \"batch\": 128,"
     " \"schedule\": \"cosine warmup=0.1\", \"epochs\": 30}"},
    {"lenet-5", "LeCun's network of 1998, with ReLU and maximum pooling",
     "{\"model\": \"conv 6 5x5 padding=2, relu, max-pool 2, conv 16 5x5, relu, max-pool 2, flatten, dense "
     "120, "
     "relu,"
     " dense 84, relu, dense\", \"normalise\": \"standard\", \"optimiser\": \"adam\", \"learning-rate\": "
     "0.002,"
     " \"batch\": 64, \"schedule\": \"cosine warmup=0.1\", \"epochs\": 10}"},
    {"cnn", "two convolutions, 228,906 parameters, no augmentation",
     "{\"model\": \"" TWO_CONVOLUTIONS "\", \"normalise\": \"standard\", \"optimiser\": \"adam\","
     " \"learning-rate\": 0.003, \"batch\": 64, \"schedule\": \"one-cycle\", \"epochs\": 8}"},
    {"cnn-augmented", "the same with augmentation and averaged weights, ten epochs",
     "{\"model\": \"" TWO_CONVOLUTIONS "\", \"normalise\": \"standard\", \"optimiser\": \"adam\","
     " \"learning-rate\": 0.003, \"batch\": 64, \"schedule\": \"cosine warmup=0.1\", \"epochs\": 10,"
     " \"augment\": \"affine rotate=10 shift=2 scale=0.1\", \"clean-epochs\": 1, \"ema\": 0.999}"},
    {"mlp-augmented", "the best perceptron here: elastic and affine deformations, a hundred epochs",
     "{\"model\": \"flatten, dense 1536 bias=off, batch-norm, relu, dropout 0.2, dense 1024 bias=off, "
     "batch-norm, relu,"
     " dropout 0.2, dense\", \"optimiser\": \"adamw\", \"learning-rate\": 0.004, \"weight-decay\": 0.02, "
     "\"batch\": 256,"
     " \"schedule\": \"one-cycle\", \"epochs\": 100, \"augment\": \"affine rotate=12 shift=2 scale=0.15 "
     "shear=10,"
     " elastic p=0.7\", \"clean-epochs\": 2, \"ema\": 0.999, \"precision\": \"auto\"}"},
    {"shipped",
     "the network inside the program: 77,000 numbers, augmentation; also learns to refuse non-digits",
     "{\"model\": \"conv 24 3x3 padding=1 bias=off, " NORM
     ", max-pool 2, conv 48 3x3 padding=1 bias=off, " NORM
     ", max-pool 2, conv 64 3x3 padding=1 bias=off, " NORM ", conv 64 3x3 padding=1 bias=off, " NORM
     ", parallel(global-pool avg | global-pool max), dense\","
     " \"others\": \"non-digits\", \"normalise\": \"standard\", \"optimiser\": \"adamw\","
     " \"learning-rate\": 0.006, \"weight-decay\": 0.02, \"batch\": 64, \"schedule\": \"one-cycle\","
     " \"epochs\": 14, \"augment\": \"affine rotate=12 shift=2 scale=0.12 shear=10\", \"clean-epochs\": 2,"
     " \"ema\": 0.998, \"precision\": \"auto\"}"},
    {"mnist-98", "98 percent in less than a second",
     "{\"model\": \"784-256-10\", " SMOOTHED ", \"optimiser\": \"adam beta1=0.7 beta2=0.99\","
     " \"learning-rate\": 0.008, \"batch\": 128, " RISING ", \"epochs\": 2, \"precision\": \"auto\"}"},
    {"mnist-99", "99 percent in two seconds: two convolutions, one epoch",
     "{\"model\": \"conv 16 5x5 bias=off, max-pool 2, " NORM ", conv 32 3x3 bias=off, max-pool 2, " NORM
     ", flatten, dense 128 bias=off, " NORM ", dense\", " SMOOTHED ", \"normalise\": \"standard\","
     " \"optimiser\": \"adam beta1=0.7 beta2=0.9\", \"learning-rate\": 0.015, \"batch\": 128, " RISING
     ", \"epochs\": 1, \"precision\": \"auto\"}"},
    {"mnist-99.5", "99.5 percent in fifteen seconds: three convolutions, four epochs, augmentation",
     "{\"model\": \"conv 24 5x5 bias=off, max-pool 2, " NORM ", conv 48 3x3 bias=off, " NORM
     ", conv 48 3x3 bias=off, max-pool 2, " NORM ", flatten, dropout 0.3, dense 128 bias=off, " NORM
     ", dropout 0.3, dense\", " SMOOTHED ", \"normalise\": \"standard\","
     " \"optimiser\": \"adamw beta1=0.8 beta2=0.99\", \"learning-rate\": 0.008,"
     " \"weight-decay\": 0.02, \"batch\": 64, " RISING ", \"epochs\": 4, \"augment\": "
     "\"affine rotate=10 shift=2 scale=0.1 shear=5\", \"clean-epochs\": 1, \"ema\": 0.995,"
     " \"precision\": \"auto\"}"},
    {"mnist-99.7", "99.7 percent in a quarter of an hour: six convolutions, 34 epochs, augmentation",
     "{\"model\": \"conv 32 3x3 bias=off, " NORM ", conv 48 3x3 bias=off, max-pool 2, " NORM
     ", conv 64 3x3 padding=1 bias=off, " NORM ", conv 96 3x3 padding=1 bias=off, max-pool 2, " NORM
     ", conv 128 3x3 padding=1 bias=off, " NORM ", conv 160 3x3 bias=off, " NORM
     ", parallel(global-pool avg | global-pool max), dropout 0.2, dense\", \"loss\": \"softmax-cross-entropy "
     "smoothing=0.1\", \"normalise\": \"standard\","
     " \"optimiser\": \"adamw beta1=0.8 beta2=0.99\", \"learning-rate\": 0.005,"
     " \"weight-decay\": 0.02, \"batch\": 128, " RISING ", \"epochs\": 34, \"augment\": "
     "\"affine rotate=15 shift=2.5 scale=0.15 shear=10\", \"clean-epochs\": 2, \"ema\": 0.999,"
     " \"precision\": \"auto\"}"},
    {"fashion-94.5",
     "Fashion-MNIST, 94.5 percent in about a quarter of an hour: six convolutions, 22 epochs, augmentation",
     "{\"data\": \"fashion-mnist\", \"model\": \"" SIX_CONVOLUTIONS
     ", flatten, dropout 0.4, dense 128 bias=off, " NORM
     ", dropout 0.3, dense\", \"loss\": \"softmax-cross-entropy smoothing=0.05\", \"normalise\": "
     "\"standard\","
     " \"optimiser\": \"adamw\", \"learning-rate\": 0.003, \"weight-decay\": 0.02, \"batch\": 128,"
     " \"schedule\": \"one-cycle\", \"epochs\": 22, \"augment\": \"flip p=0.5, affine shift=1 p=0.5,"
     " erase p=0.5\", \"ema\": 0.995, \"precision\": \"auto\"}"},
    {"mcu-3k", "for microcontrollers: 6,320 weights of 4 bits, 3.2 kB; for `descender quantise`",
     MCU(8, 8, 12, 16, 20, 24)},
    {"mcu-11k", "the same with 21,324 weights, 10.7 kB", MCU(12, 16, 24, 24, 48, 24)},
    {"mcu-13k", "the same with 25,500 weights, 12.8 kB", MCU(12, 16, 28, 28, 48, 24)},
    {0},
};
