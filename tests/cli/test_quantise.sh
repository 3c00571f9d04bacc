# SPDX-License-Identifier: MIT
# `descender quantise`, and training that knows of it: on the built-in digits, so that it runs anywhere.
. "$(dirname "$0")/lib.sh"

_train() { # RUN OPTIONS...
    "$program" train --data digits --model 'conv 4 5x5 stride=2 bias=off, batch-norm, relu, flatten, dense' \
        --epochs 1 --training-samples 1500 --batch 50 --learning-rate 0.01 --quiet --out "$work/$1" "${@:2}" >/dev/null 2>&1
}
_train plain
_train four --quantise 4

a_quantised_network_is_a_model_like_any_other() {
    run quantise "$work/plain" --data digits --out "$work/q.safetensors"
    exits 0
    says "Saved the quantised network"
    same "$(grep '^conv1 ' <<<"$out" | tr -s ' ' | cut -d' ' -f2-4)" "100 8 100"
    prints "points lost"
    run evaluate "$work/q.safetensors" --data digits --json
    exits 0
    run model show "$work/q.safetensors"
    exits 0
    run quantise "$work/q.safetensors" --data digits
    exits 1
    says "whole numbers already"
}
bits_are_those_of_the_training() {
    run quantise "$work/four" --data digits --json
    exits 0
    same "$(grep -c '"bits": 4' <<<"$out")" 2
    prints '"answers_differ"'
    run quantise "$work/plain" --data digits --bits 4 --force
    exits 0
    same "$(grep '^conv1 ' <<<"$out" | tr -s ' ' | cut -d' ' -f2-4)" "100 4 50"
}
a_network_that_loses_too_much_is_not_written_unless_it_is_forced() {
    run quantise "$work/plain" --data digits --bits ternary --out "$work/three.safetensors"
    exits 1
    says "points of accuracy are lost, more than 0.05"
    holds "no file" test ! -e "$work/three.safetensors"
    run quantise "$work/plain" --data digits --bits ternary --out "$work/three.safetensors" --force
    exits 0
    holds "a file" test -s "$work/three.safetensors"
}
what_cannot_be_quantised_is_named() {
    "$program" train --data digits --model 'flatten, dense 8, gelu, dense' --epochs 1 --training-samples 200 --quiet \
        --out "$work/gelu" >/dev/null 2>&1
    run quantise "$work/gelu" --data digits
    exits 1
    says "gelu1: gelu has no form in whole numbers"
}

promises
