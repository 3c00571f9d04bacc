/* SPDX-License-Identifier: MIT */
/* title.h: what data, a network and a model are called where people read of them: on reports, cards, pages
 * and pictures. A title is handed on: it holds no path of this machine, and no name of a recipe. */
#ifndef DSC_MODEL_TITLE_H
#define DSC_MODEL_TITLE_H

#include "base/text.h"

/* What is handed on of the name that a command has for data, a model or a run: of a path its last name alone,
 * without the word for one of two sets ("/home/me/letters, training set" is "letters"); "MNIST (/data)" is
 * MNIST. */
void dsc_public_name(dsc_text *text, const char *name);

/* The layers of a network that have weights: convolutions, and hidden dense layers, which are all but the
 * last. */
void dsc_network_layers(size_t *convolutions, size_t *hidden, const dsc_model *model);

/* "2 convolutions, 118,000 parameters"; "1 hidden layer, ..." where there is no convolution. The number of
 * parameters is rounded to three digits. */
void dsc_network_title(dsc_text *text, const dsc_model *model);

/* "letters: 2 convolutions, 118,000 parameters". `data` NULL: what the model's file tells of its data; where
 * it tells nothing, the network alone. */
void dsc_model_title(dsc_text *text, const dsc_model *model, const char *data);

#endif
