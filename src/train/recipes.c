/* SPDX-License-Identifier: MIT */
/* recipes.c: the recipes that ship with the library. docs/benchmarks.md has what each reaches. */
#include "train/recipe.h"

#define TWO_CONVOLUTIONS                                                                                     \
    "conv 24 5x5, relu, maxpool 2, conv 48 5x5, relu, maxpool 2, flatten, dropout 0.3, dense 256, relu,"     \
    " dropout 0.3, dense"

const dsc_named_recipe dsc_named_recipes[] = {
    {"tutorial", "the tutorial's network done properly: biases, softmax and cross-entropy, all samples",
     "{\"model\": \"784-100-10\", \"optimiser\": \"sgd momentum=0.9\", \"learning-rate\": 0.1, \"batch\": 64,"
     " \"schedule\": \"cosine\", \"epochs\": 12}"},
    {"mlp", "a classic two-layer perceptron with dropout and batch normalisation, no augmentation",
     "{\"model\": \"flatten, dropout 0.1, dense 512 bias=off, batch-norm, relu, dropout 0.3, dense 512 "
     "bias=off,"
     " batch-norm, relu, dropout 0.3, dense\", \"loss\": \"softmax-cross-entropy smoothing=0.05\","
     " \"optimiser\": \"adamw\", \"learning-rate\": 0.004, \"weight-decay\": 0.01, \"batch\": 128,"
     " \"schedule\": \"cosine warmup=0.1\", \"epochs\": 30}"},
    {"lenet-5", "LeCun's network of 1998, with ReLU and maximum pooling",
     "{\"model\": \"conv 6 5x5 padding=2, relu, maxpool 2, conv 16 5x5, relu, maxpool 2, flatten, dense 120, "
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
    {"mnist-98", "98 percent in about two seconds",
     "{\"model\": \"784-256-10\", \"optimiser\": \"adam\", \"learning-rate\": 0.004, \"batch\": 128,"
     " \"schedule\": \"one-cycle\", \"epochs\": 5}"},
    {"mnist-99", "99 percent in half a minute: two convolutions, four epochs",
     "{\"model\": \"" TWO_CONVOLUTIONS "\", \"normalise\": \"standard\", \"optimiser\": \"adam\","
     " \"learning-rate\": 0.003, \"batch\": 64, \"schedule\": \"one-cycle\", \"epochs\": 4}"},
    {"mnist-99.5", "99.5 percent in a few minutes",
     "{\"model\": \"conv 24 3x3 padding=1 bias=off, batch-norm, relu, conv 24 3x3 padding=1 bias=off, "
     "batch-norm, relu, "
     "maxpool 2,"
     " conv 48 3x3 padding=1 bias=off, batch-norm, relu, conv 48 3x3 padding=1 bias=off, batch-norm, relu, "
     "maxpool 2,"
     " conv 64 3x3 bias=off, batch-norm, relu, flatten, dense\", \"normalise\": \"standard\", \"optimiser\": "
     "\"adamw\","
     " \"learning-rate\": 0.003, \"weight-decay\": 0.02, \"batch\": 128, \"schedule\": \"one-cycle\", "
     "\"epochs\": 8,"
     " \"augment\": \"affine rotate=10 shift=2 scale=0.1\", \"clean-epochs\": 1, \"ema\": 0.998}"},
    {"mnist-99.7", "99.7 percent in a quarter of an hour",
     "{\"model\": \"conv 32 3x3 padding=1 bias=off, batch-norm, relu, conv 32 3x3 padding=1 bias=off, "
     "batch-norm, relu, "
     "maxpool 2,"
     " conv 64 3x3 padding=1 bias=off, batch-norm, relu, conv 64 3x3 padding=1 bias=off, batch-norm, relu, "
     "maxpool 2,"
     " conv 128 3x3 bias=off, batch-norm, relu, globalpool avg, dense\", \"normalise\": \"standard\", "
     "\"optimiser\": "
     "\"adamw\","
     " \"learning-rate\": 0.003, \"weight-decay\": 0.02, \"batch\": 128, \"schedule\": \"one-cycle\", "
     "\"epochs\": 16,"
     " \"augment\": \"affine rotate=12 shift=2 scale=0.15 shear=8\", \"clean-epochs\": 1, \"ema\": 0.999}"},
    {0},
};
