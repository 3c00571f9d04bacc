/* SPDX-License-Identifier: MIT */
/* facts.h: what a run's log says about the run as a whole; log.h has the list of lines. */
#ifndef DSC_RUN_FACTS_H
#define DSC_RUN_FACTS_H

#include <descender.h>
#include <jansson.h>

typedef struct dsc_run_facts {
    json_t *start;    /* the first line: version, machine, data, ...; an empty object if there is none */
    json_t *test;     /* the last test line, or NULL */
    json_t *warnings; /* their messages, an array of texts */
    size_t resumed;   /* how often it went on after a stop */
    double epochs, seconds; /* of training, as far as the log goes; 0 before the first line that tells */
    double kept_epoch;      /* whose weights early stopping kept; 0: none, or not ended */
    bool ended;
    bool stopped; /* and told so, rather than killed; it has not been resumed since */
} dsc_run_facts;

/* Reads log.jsonl of the run in `folder`. Lines that cannot be understood are passed over. Release with
 * dsc_run_facts_clear, also after a failure. */
dsc_status dsc_run_facts_read(dsc_run_facts *facts, const char *folder, dsc_error *error);
void dsc_run_facts_clear(dsc_run_facts *facts);

#endif
