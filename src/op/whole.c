/* SPDX-License-Identifier: MIT */
/* whole.c: bounds of integer values, shared by several ops.
 *
 *   sum of w x + b, x from low to high:   least = b + sum of (w > 0 ? w low : w high), most likewise
 *   exact as a float, in any order, if    |b| + sum of |w| max(-low, high) < 2^24 */
#include "op/op.h"
#include "op/tables.h"

#include <math.h>

bool dsc_whole_same(double *low, double *high, const dsc_whole_rule *rule) {
    *low = rule->low[0];
    *high = rule->high[0];
    return true;
}

bool dsc_whole_linear(double *low, double *high, const dsc_whole_rule *rule) {
    const size_t rows = rule->in[1].size[0], each = dsc_shape_count(&rule->in[1]) / rows;
    const dsc_real *w = rule->numbers[1], *bias = rule->input_count > 2 ? rule->numbers[2] : NULL;
    /* padding contributes zeros */
    const double x_low = fmin(rule->low[0], 0), x_high = fmax(rule->high[0], 0),
                 x_size = fmax(-x_low, x_high);
    if (!w || (rule->input_count > 2 && !bias)) return false;
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t k = 0; k < rows; k++) {
        double least = bias ? (double)bias[k] : 0, most = least, size = fabs(least);
        for (size_t i = 0; i < each; i++) {
            const double v = (double)w[k * each + i];
            least += v > 0 ? v * x_low : v * x_high;
            most += v > 0 ? v * x_high : v * x_low;
            size += fabs(v) * x_size;
        }
        if (!(size < DSC_WHOLE_MOST)) return false;
        if (least < *low) *low = least;
        if (most > *high) *high = most;
    }
    return true;
}
