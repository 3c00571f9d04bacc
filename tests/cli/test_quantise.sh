# SPDX-License-Identifier: MIT
# `descender quantise`, and training with rounded weights.
. "$(dirname "$0")/lib.sh"

_data=$work/data
small_data "$_data"
_train() { # RUN OPTIONS...
    "$program" train --data "$_data" --model 'conv 4 5x5 stride=2 bias=off, batch-norm, relu, flatten, dense 8 bias=off, batch-norm, relu, dense' \
        --epochs 40 --batch 8 --optimiser adam --learning-rate 0.01 --quiet --out "$work/$1" "${@:2}" >/dev/null 2>&1
}
_train plain
_train four --quantise 4

a_quantised_network_is_a_model_like_any_other() {
    run quantise "$work/plain" --data "$_data" --out "$work/q.safetensors"
    exits 0
    says "Saved the quantised network"
    same "$(grep '^conv1 ' <<<"$out" | tr -s ' ' | cut -d' ' -f2-4)" "100 8 100"
    prints "points lost"
    run evaluate "$work/q.safetensors" --data "$_data" --json
    exits 0
    run model show "$work/q.safetensors"
    exits 0
    run train --data "$_data" --from "$work/q.safetensors" --epochs 1 --batch 8 --out "$work/never"
    exits 2
    says "whole numbers cannot be trained"
    run quantise "$work/q.safetensors" --data "$_data"
    exits 1
    says "is quantised already"
}
bits_are_those_of_the_training() {
    run quantise "$work/four" --data "$_data" --json
    exits 0
    same "$(grep -c '"bits": 4' <<<"$out")" 3
    prints '"answers_differ"'
    run quantise "$work/plain" --data "$_data" --bits 4
    exits 0
    same "$(grep '^conv1 ' <<<"$out" | tr -s ' ' | cut -d' ' -f2-4)" "100 4 50"
}
a_network_that_loses_too_much_is_not_written_unless_it_is_forced() {
    "$program" train --data digits --model 784-24-10 --epochs 1 --training-samples 2000 --quiet --out "$work/digits" >/dev/null 2>&1
    run quantise "$work/digits" --bits ternary
    exits 0
    prints "points lost"
    run quantise "$work/digits" --bits ternary --out "$work/three.safetensors"
    exits 1
    says "points of accuracy are lost, more than 0.05"
    holds "no file" test ! -e "$work/three.safetensors"
    run quantise "$work/digits" --bits ternary --out "$work/three.safetensors" --force
    exits 0
    holds "a file" test -s "$work/three.safetensors"
}
what_cannot_be_quantised_is_named() {
    "$program" train --data "$_data" --model 'flatten, dense 8, gelu, dense' --epochs 1 --quiet \
        --out "$work/gelu" >/dev/null 2>&1
    run quantise "$work/gelu" --data "$_data"
    exits 1
    says "gelu1: gelu has no integer form"
}

promises
