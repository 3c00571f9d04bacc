/* SPDX-License-Identifier: MIT */
/* fuzz_claim.c: any bytes as a claim. The seal is made right first, so that changes come past it: anybody can
 * seal what he likes. What is accepted equals itself; what is refused says why in one line. */
#include "report/claim.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Seals the text where the first seal is; leaves other texts alone. */
static void seal(char *text, size_t size) {
    static const char key[] = "\"sha256\": \"";
    char *place = strstr(text, key), hex[FETCH_SHA256_HEX];
    if (!place || strlen(place) < sizeof key - 1 + sizeof hex) return;
    place += sizeof key - 1;
    memset(place, '0', sizeof hex - 1);
    if (fetch_sha256_bytes(hex, text, size, NULL)) abort();
    memcpy(place, hex, sizeof hex - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    report_run_claim c;
    dsc_error error = {0};
    char *text = malloc(size + 1);
    if (!text) abort();
    memcpy(text, data, size);
    text[size] = '\0';
    seal(text, size);
    const dsc_status status = report_claim_parse(&c, text, size, "fuzz", &error);
    if (status && (error.code != status || !*error.message || strchr(error.message, '\n'))) abort();
    if (!status) {
        const report_claim_verdict v = report_claim_compare(&c, &c);
        if (v.verdict != REPORT_CLAIM_SAME_BITS || v.paired.both != c.right ||
            v.paired.none != c.test.count - c.right)
            abort();
    }
    report_claim_clear(&c);
    free(text);
    return 0;
}
