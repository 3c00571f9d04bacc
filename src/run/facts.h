/* SPDX-License-Identifier: MIT */
/* facts.h: what a run's log says about the whole run; log.h lists the lines. */
#ifndef DSC_RUN_FACTS_H
#define DSC_RUN_FACTS_H

#include <descender.h>
#include <jansson.h>

typedef struct dsc_run_facts {
    json_t *start;          /* the first line: version, machine, data, ...; empty without one */
    json_t *test;           /* the last test line, or NULL */
    json_t *warnings;       /* array of the warnings' messages */
    size_t resumed;         /* number of resumptions */
    double epochs, seconds; /* of training, up to the last line that has them; 0: none */
    double kept_epoch;      /* epoch of the weights kept by early stopping; 0: none, or not ended */
    bool ended;
    bool stopped; /* stopped on request, not killed, and not resumed since */
} dsc_run_facts;

/* Reads log.jsonl of the run in `folder`. Skips lines that it cannot parse. Release with dsc_run_facts_clear,
 * also after a failure. */
dsc_status dsc_run_facts_read(dsc_run_facts *facts, const char *folder, dsc_error *error);
void dsc_run_facts_clear(dsc_run_facts *facts);

#endif
