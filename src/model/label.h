/* SPDX-License-Identifier: MIT */
/* label.h: the name of a run in its folder's name, from its data and its network. */
#ifndef DSC_MODEL_LABEL_H
#define DSC_MODEL_LABEL_H

#include "model/model.h"

enum { DSC_LABEL = 64 };

/* "mnist-784-100-10", "fashion-mnist-cnn-299k", "photos-mlp-52k": the last part of the path `data` without
 * its extension, then the layer sizes if the network's text consists of them, otherwise "cnn" or "mlp" (with
 * or without convolutions) and the number of parameters. Contains only letters, digits, '.', '_' and '-'.
 * `model` NULL: only the data. */
void dsc_label_run(char out[DSC_LABEL], const char *data, const dsc_model *model);

#endif
