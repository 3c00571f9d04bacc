/* SPDX-License-Identifier: MIT */
/* title.h: titles of data, networks and models for reports, cards, pages and pictures. Titles are published:
 * they contain no path of this machine and no recipe name. Failed appends: see dsc_text. */
#ifndef DSC_MODEL_TITLE_H
#define DSC_MODEL_TITLE_H

#include "base/text.h"

/* The publishable part of the name that a command uses for data, a model or a run: the last part of a path,
 * without "training set" or "test set" ("/home/me/letters, training set" becomes "letters"); "MNIST (/data)"
 * becomes MNIST. */
void dsc_public_name(dsc_text *text, const char *name);

/* Number of layers with weights: convolutions, and hidden dense layers (all except the last). */
void dsc_network_layers(size_t *convolutions, size_t *hidden, const dsc_model *model);

/* "2 convolutions, 118,000 parameters"; "1 hidden layer, ..." if there is no convolution. The number of
 * parameters is rounded to three digits. */
void dsc_network_title(dsc_text *text, const dsc_model *model);

/* "letters: 2 convolutions, 118,000 parameters". `data` NULL: the data recorded in the model's file; without
 * a record, only the network. */
void dsc_model_title(dsc_text *text, const dsc_model *model, const char *data);

#endif
