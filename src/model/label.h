/* SPDX-License-Identifier: MIT */
/* label.h: what a run is called in the name of its folder: after its data and its network. */
#ifndef DSC_MODEL_LABEL_H
#define DSC_MODEL_LABEL_H

#include "model/model.h"

enum { DSC_LABEL = 64 };

/* "mnist-784-100-10", "fashion-mnist-cnn-299k", "photos-mlp-52k": the last part of the path `data` without
 * its ending, then the sizes of the layers where the network's text is these, or else "cnn" or "mlp" (with or
 * without convolutions) and how many parameters it has. Letters, digits, '.', '_' and '-' alone. `model`
 * NULL: the data alone. */
void dsc_label_run(char out[DSC_LABEL], const char *data, const dsc_model *model);

#endif
