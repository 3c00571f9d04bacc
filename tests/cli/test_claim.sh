# SPDX-License-Identifier: MIT
# `descender claim` and `descender reproduce`: a run is recorded, trained again, and compared.
. "$(dirname "$0")/lib.sh"

_small="$work/small-data"
small_data "$_small"
_claim="$work/claim.json"

a_claim_is_a_small_file_without_paths_of_this_machine() {
    needs_library libcrypto || return
    run train --data "$_small" --model "flatten, dense 24, relu, dense" --batch 8 --epochs 20 --normalise standard \
        --learning-rate 0.03 --validation 0.1 --out "$work/run" --quiet
    exits 0
    run claim "$work/run" --out "$_claim"
    exits 0
    prints "Claim: "
    prints "of 12 test images right"
    holds "it has a path" test -z "$(grep -F "$work" "$_claim")"
    holds "it is large" test "$(wc -c <"$_claim")" -lt 5000
    same "$(grep -c '"sha256": "[0-9a-f]\{64\}"' "$_claim")" 6
}
the_same_machine_gives_the_same_bits() {
    needs_library libcrypto || return
    run reproduce "$_claim" --data "$_small" --out "$work/again" --threads 1 --quiet
    exits 0
    prints "The same bits: the claim holds"
    needs_json || return
    run reproduce "$_claim" --data "$_small" --out "$work/again-json" --json
    exits 0
    same "$(json "j['verdict'], j['p'], j['claimed'] == j['found']")" "('same bits', 1.0, True)"
}
without_a_name_it_is_in_the_runs_folder() {
    needs_library libcrypto || return
    run claim "$work/run" --quiet
    exits 0
    holds "it differs" cmp "$work/run/claim.json" "$_claim"
}
other_kernels_give_the_same_figure() {
    needs_library libcrypto || return
    _sealed "$work/portable.json" '"set": "[^"]*"' '"set": "no-such-set"'
    run reproduce "$work/portable.json" --data "$_small" --out "$work/portable" --quiet
    exits 0
    says "which this machine lacks"
    prints "the claim holds"
}
the_run_of_a_claim_is_like_any_other() {
    needs_library libcrypto || return
    run_shell "cd / && '$program' evaluate '$work/again'"
    exits 0
}
# _sealed FILE FROM TO: the claim with a change, sealed anew, as a forger would.
_sealed() {
    local hash # among the hashes, only the seal is indented by two blanks
    sed "s|$2|$3|; s/^  \"sha256\": \"[0-9a-f]*\"/  \"sha256\": \"$(printf '0%.0s' {1..64})\"/" "$_claim" >"$1"
    hash=$(sha256sum "$1" | cut -d' ' -f1)
    sed -i "s/^  \"sha256\": \"[0-9a-f]*\"/  \"sha256\": \"$hash\"/" "$1"
}
another_figure_fails_with_the_reason() {
    needs_library libcrypto || return
    needs_json || return
    # A claim that all answers were wrong is detected.
    local none
    none=$(printf 'AAA=')
    _sealed "$work/.wrong" '"right": [0-9]*' '"right": 0'
    sed "s|\"answers\": \"[^\"]*\"|\"answers\": \"$none\"|; s/^  \"sha256\": \"[0-9a-f]*\"/  \"sha256\": \"$(printf '0%.0s' {1..64})\"/; s/\"weights_sha256\": \"[0-9a-f]/\"weights_sha256\": \"$(_other_digit)/" \
        "$work/.wrong" >"$work/wrong.json"
    sed -i "s/^  \"sha256\": \"[0-9a-f]*\"/  \"sha256\": \"$(sha256sum "$work/wrong.json" | cut -d' ' -f1)\"/" "$work/wrong.json"
    run reproduce "$work/wrong.json" --data "$_small" --out "$work/wrong" --json
    exits 1
    says "was not reproduced: the claim has 0 of 12 images right"
    same "$(json "j['verdict'], j['right_in_claim_alone']")" "('another figure', 0)"
}
_other_digit() { sed -n 's/.*"weights_sha256": "\(.\).*/\1/p' "$_claim" | tr 0-9a-f 1-9a-f0; }
another_score_with_the_weights_of_the_run_is_found() {
    needs_library libcrypto || return
    needs_json || return
    _sealed "$work/.score" '"right": [0-9]*' '"right": 6'
    _claim=$work/.score _sealed "$work/score.json" '"answers": "[^"]*"' '"answers": "PwA="'
    run reproduce "$work/score.json" --data "$_small" --out "$work/score" --json
    exits 1
    says "was not reproduced: the claim has 6 of 12 images right"
    same "$(json "j['verdict']")" "other answers"
}
a_changed_byte_is_found_before_anything_is_trained() {
    needs_library libcrypto || return
    sed 's/"epochs": 20/"epochs": 21/' "$_claim" >"$work/changed.json"
    run reproduce "$work/changed.json" --data "$_small" --out "$work/nothing"
    exits 1
    says "has changed since it was written"
    holds "a folder was left behind" test ! -e "$work/nothing"
}
other_data_are_found_before_anything_is_trained() {
    needs_library libcrypto || return
    run reproduce "$_claim" --data digits --out "$work/nothing"
    exits 1
    says "the claim is about other data: the training images differ"
    holds "a folder was left behind" test ! -e "$work/nothing"
    run reproduce "$_claim" --out "$work/nothing"
    holds "it found data" test "$status" != 0
    says "name them with --data"
}
a_claim_is_of_the_data_that_the_run_learned() {
    needs_library libcrypto || return
    run claim "$work/run" --data digits --out "$work/nothing.json"
    exits 1
    says "was begun with other training data"
    holds "a claim was written" test ! -e "$work/nothing.json"
}
# Both hold for images of no class, which lie elsewhere on another machine.
images_of_no_class_are_named_without_their_folder() {
    needs_library libcrypto || return
    cp -r "$_small" "$work/no class"
    run train --data "$_small" --others "$work/no class" --model "flatten, dense 8, relu, dense" --batch 8 --epochs 2 \
        --validation 0.2 --until 100 --out "$work/others" --quiet
    exits 0
    run claim "$work/others" --out "$work/others.json"
    exits 0
    holds "it has a path" test -z "$(grep -F "$work" "$work/others.json")"
    same "$(grep -c '"others": "no class"' "$work/others.json")" 1
    run reproduce "$work/others.json" --data "$_small" --out "$work/nothing"
    exits 1
    says "name them with --others"
    run reproduce "$work/others.json" --data "$_small" --others "$work/no class" --out "$work/others-again" --quiet
    exits 0
    prints "The same bits: the claim holds"
    run reproduce "$work/others.json" --data "$_small" --others "$_small,$_small" --out "$work/nothing"
    exits 1
    says "the images of no class differ"
    run reproduce "$_claim" --data "$_small" --others "$_small" --out "$work/nothing"
    exits 1
    says "the images of no class differ"
}
what_is_no_finished_run_makes_no_claim() {
    needs_library libcrypto || return
    run claim "$work/run/model.safetensors"
    exits 2
    says "give the folder of its run"
    run reproduce "$work/run/recipe.json"
    exits 1
    says "is no claim"
    run train --data "$_small" --from "$work/run" --epochs 1 --out "$work/from" --quiet
    run claim "$work/from"
    exits 1
    says "starts from another model"
}

promises
