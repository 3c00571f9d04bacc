# SPDX-License-Identifier: MIT
# The claims of docs/claims, which docs/benchmarks.md names, hold.
# labels: slow
. "$(dirname "$0")/lib.sh"

_claims=$(realpath "$(dirname "$0")/../../docs/claims")

a_benchmark_is_reproduced_from_its_claim() {
    needs_library libcrypto || return
    needs_mnist || return
    run reproduce "$_claims/mnist-98-1.json" --out "$work/again" --quiet
    exits 0
    prints "Claimed: 98.24 % of 10,000 test images right"
    prints "the claim holds"
}
# If no claim was edited by hand, the data are wrong.
every_claim_is_whole() {
    needs_library libcrypto || return
    local claim
    small_data "$work/small"
    for claim in "$_claims"/*.json; do
        run reproduce "$claim" --data "$work/small" --out "$work/nothing"
        exits 1
        says "the claim is about other data"
    done
}

promises
