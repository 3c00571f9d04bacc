/* SPDX-License-Identifier: MIT */
/* processors.c: the fastest kernel set and precision for training on this processor: the source of the table
 * in src/kernel/choose.c and of docs/processors.md.
 *
 *   bench-processors [ROUNDS]
 *
 * Prints seconds for 60,000 images of three networks, for every set that this processor supports, in f32 and
 * bf16, with all threads; interleaved, medians. The last column is the geometric mean of the three, relative
 * to the best row: `auto` should choose the row with 1.00. (bf16 with a set that only rounds is for
 * comparison: `auto` never selects it.) */
#include "networks.h"

#include "kernel/choose.h"
#include "kernel/gemm.h"

enum { ROWS_MOST = 16, NETS = sizeof nets / sizeof *nets };

typedef struct row {
    const dsc_kernels *kernels;
    bool bf16;
    double seconds[NETS][CONTEST_ROUNDS_MOST], median[NETS], mean;
} row;

int main(int count, char **arguments) {
    static row rows[ROWS_MOST];
    static const size_t images[NETS] = {30000, 12800, 1280};
    size_t n = 0, rounds = count > 1 ? (size_t)strtoul(arguments[1], NULL, 10) : 7;
    if (rounds < 1 || rounds > CONTEST_ROUNDS_MOST) rounds = 7;
    dsc_dataset *data = networks_data();
    for (size_t i = 0; dsc_kernels_at(i) && n + 2 <= ROWS_MOST; i++)
        for (int bf16 = 0; bf16 < 2; bf16++) rows[n++] = (row){.kernels = dsc_kernels_at(i), .bf16 = bf16};
    for (size_t round = 0; round < rounds; round++)
        for (size_t r = 0; r < n; r++)
            for (size_t net = 0; net < NETS; net++)
                rows[r].seconds[net][round] =
                    networks_time(&nets[net], data, rows[r].kernels->name, rows[r].bf16, false, images[net]);
    double best = INFINITY;
    for (size_t r = 0; r < n; r++) {
        double product = 1;
        for (size_t net = 0; net < NETS; net++)
            product *= rows[r].median[net] = contest_median(rows[r].seconds[net], rounds);
        rows[r].mean = cbrt(product);
        if (rows[r].mean < best) best = rows[r].mean;
    }
    dsc_kernels_choice choice;
    dsc_processor processor;
    dsc_processor_read(&processor);
    (void)dsc_kernels_choose(&choice, NULL, NULL);
    printf("%s family %u model %u; medians of %zu, seconds for 60,000 images\n\n", processor.vendor,
           processor.family, processor.model, rounds);
    printf("%-22s", "kernels, precision");
    for (size_t net = 0; net < NETS; net++) printf(" %10s", nets[net].short_name);
    printf(" %10s\n", "relative");
    for (size_t r = 0; r < n; r++) {
        char name[64];
        const bool native = rows[r].kernels->bf16->elements_per_word == 2;
        (void)snprintf(name, sizeof name, "%s, %s", rows[r].kernels->name, rows[r].bf16 ? "bf16" : "f32");
        printf("%-22s", name);
        for (size_t net = 0; net < NETS; net++) printf(" %10.3f", rows[r].median[net]);
        printf(" %10.2f%s\n", rows[r].mean / best,
               rows[r].kernels == choice.kernels && rows[r].bf16 == choice.bf16 ? "  auto"
               : rows[r].bf16 && !native                                        ? "  only rounded"
                                                                                : "");
    }
    printf("\nauto: %s, %s (%s)\n", choice.kernels->name, choice.bf16 ? "bf16" : "f32", choice.reason);
    dsc_dataset_free(data);
    return 0;
}
