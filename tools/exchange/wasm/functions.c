/* SPDX-License-Identifier: MIT */
/* functions.c: the functions of exported models for WebAssembly, each of them exported: CMakeLists.txt makes
 * the list of files, as for functions.c beside this folder. */
#include <stdint.h>
#include <string.h>

/* In the files they are static, and stand behind what they call. */
#define static
float sum_of(const float *x, int n);
float exponential(float x);
float logistic(float x);
float error_function(float x);
double square_root(double x);
void softmax(float *y, const float *x, int rows, int n);
void sigmoid(float *y, const float *x, int n);
int32_t whole_at(const void *x, int wide, int from, int i);
void put_whole(void *y, int wide, int from, int i, int32_t number);
int32_t whole_of(float x, int32_t low, int32_t high);
int32_t requantised(int32_t x, int32_t multiplier, int32_t shift, int32_t low, int32_t high);
void take_weights(signed char *to, const unsigned char *weights, int at, int some, int bits);

#include "exchange_functions_all.h"
