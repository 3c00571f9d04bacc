/* SPDX-License-Identifier: MIT */
/* choose.c: the kernel set that `auto` selects for a processor, and the check before use; see choose.h. */
#include "kernel/choose.h"

#include "base/error.h"
#include "kernel/check.h"
#include "kernel/gemm.h"

#include <stdio.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

/* The fastest set of each measured processor. `make bench ARGS=processors` produces the figures;
 * docs/processors.md lists them. Families and models are numbered as in /proc/cpuinfo. */
static const struct measured {
    const char *vendor;
    unsigned family, first_model, last_model;
    const char *kernels, *why;
} table[] = {
    {"AuthenticAMD", 25, 0x00, 0x0f, "avx2", "measured on AMD Zen 3"},
    {"AuthenticAMD", 25, 0x20, 0x5f, "avx2", "measured on AMD Zen 3"},
    {"AuthenticAMD", 25, 0x10, 0x1f, "avx512-bf16", "measured on AMD Zen 4"},
    {"AuthenticAMD", 25, 0x60, 0x7f, "avx512-bf16", "measured on AMD Zen 4"},
    {"AuthenticAMD", 25, 0xa0, 0xaf, "avx512-bf16", "measured on AMD Zen 4"},
    {"AuthenticAMD", 26, 0x00, 0xff, "avx512-bf16", "measured on AMD Zen 5"},
};
enum { MEASURED = sizeof table / sizeof *table };

/* For processors that are not in the table, best first. Omitted on purpose: "avx512-bf16", which was slower
 * on an Intel processor without AMX; and "amx" in its present form, "neon" and "wasm", which have run only in
 * emulators. A set that has not run on real hardware is never the default. When `make test` passes on such a
 * processor, put the set first here or add the processor to the table. */
static const char *const by_capability[] = {"avx512", "avx2", "portable"};
enum { CAPABILITIES = sizeof by_capability / sizeof *by_capability };

void dsc_processor_read(dsc_processor *p) {
    *p = (dsc_processor){.family = 0};
#if defined(__x86_64__)
    unsigned a, b, c, d;
    if (!__get_cpuid(0, &a, &b, &c, &d)) return;
    memcpy(p->vendor, &b, 4);
    memcpy(p->vendor + 4, &d, 4);
    memcpy(p->vendor + 8, &c, 4);
    if (!__get_cpuid(1, &a, &b, &c, &d)) return;
    p->family = a >> 8 & 15;
    p->model = a >> 4 & 15;
    if (p->family == 6 || p->family == 15) p->model |= a >> 12 & 0xf0;
    if (p->family == 15) p->family += a >> 20 & 0xff;
#endif
}

const char *dsc_kernels_candidate(const char **why, const dsc_processor *p, size_t index) {
    for (size_t i = 0; i < MEASURED; i++) {
        const struct measured *row = &table[i];
        if (strcmp(row->vendor, p->vendor) != 0 || row->family != p->family || p->model < row->first_model ||
            p->model > row->last_model)
            continue;
        *why = row->why;
        if (index-- == 0) return row->kernels;
    }
    *why = "this processor is not in the table of measured ones";
    return index < CAPABILITIES ? by_capability[index] : NULL;
}

/* Appends an entry such as "'avx512' (its f32 product)" unless it is already there: the table's set may be
 * tried twice. */
static void note_refused(char refused[DSC_KERNELS_LINE], const char *name, const char *wrong) {
    char entry[96];
    const size_t length = strlen(refused);
    (void)snprintf(entry, sizeof entry, "'%s' (%s)", name, wrong);
    if (!strstr(refused, entry))
        (void)snprintf(refused + length, DSC_KERNELS_LINE - length, "%s%s", length ? ", " : "", entry);
}

static void choose_auto(dsc_kernels_choice *choice) {
    dsc_processor processor;
    const char *why, *name;
    char wrong_sets[DSC_KERNELS_LINE] = "";
    dsc_processor_read(&processor);
    for (size_t i = 0; (name = dsc_kernels_candidate(&why, &processor, i)); i++) {
        const dsc_kernels *set = dsc_kernels_find(name);
        const char *wrong = set ? dsc_kernels_check(set) : NULL;
        if (wrong) note_refused(wrong_sets, name, wrong);
        if (!set || wrong) continue;
        choice->kernels = set;
        (void)snprintf(choice->reason, sizeof choice->reason, "auto: %s", why);
        if (*wrong_sets)
            (void)snprintf(
                choice->refused, sizeof choice->refused,
                "kernel sets that compute wrong results on this processor are not used: %.160s; using '%s'",
                wrong_sets, name);
        return;
    }
}

dsc_status dsc_kernels_choose(dsc_kernels_choice *choice, const char *name, dsc_error *error) {
    *choice = (dsc_kernels_choice){.reason = "asked for"};
    if (!name || !strcmp(name, "auto")) {
        choose_auto(choice);
    } else {
        choice->kernels = dsc_kernels_find(name);
        if (!choice->kernels)
            return dsc_fail(error, DSC_ERROR_ARGUMENT,
                            "no kernels '%s' here; `descender --version` lists those of this processor",
                            name);
        const char *wrong = dsc_kernels_check(choice->kernels);
        if (wrong)
            return dsc_fail(
                error, DSC_ERROR_MISMATCH,
                "kernels '%s' compute wrong results on this processor: %s is wrong; omit --kernels to use a "
                "correct set; `descender --version --check` checks all of them",
                name, wrong);
    }
    choice->bf16 = choice->kernels->bf16->elements_per_word == 2;
    return DSC_OK;
}

dsc_status dsc_precision_choose(bool *bf16, const char *precision, const dsc_kernels_choice *choice,
                                dsc_error *error) {
    const bool automatic = precision && !strcmp(precision, "auto");
    *bf16 = automatic ? choice->bf16 : precision && !strcmp(precision, "bf16");
    if (*bf16 || automatic || !precision || !strcmp(precision, "f32")) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_ARGUMENT, "precision '%s'; expected f32, bf16 or auto", precision);
}

const dsc_kernels *dsc_kernels_auto(void) {
    dsc_kernels_choice choice;
    (void)dsc_kernels_choose(&choice, NULL, NULL); /* auto never fails */
    return choice.kernels;
}
