# SPDX-License-Identifier: MIT
# Training from a trained model: other classes, frozen layers, rates; a run resumes although the other model is gone.
# labels: slow
. "$(dirname "$0")/lib.sh"

_begin() {
    _few="train --data digits --training-samples 600 --threads 2 --batch 50 --offline --quiet"
    [ -d "$work/first" ] && return
    # shellcheck disable=SC2086
    run $_few --model "conv 4 5x5 stride=2, batch-norm, relu, flatten, dense 16, relu, dense" --recipe mnist-98 --epochs 12 --learning-rate 0.01 --out "$work/first"
    exits 0
}

a_model_goes_on_from_where_another_ended() {
    _begin
    # shellcheck disable=SC2086
    run $_few --recipe mnist-98 --epochs 1 --learning-rate 0.0000001 --from "$work/first" --out "$work/again" --json
    exits 0
    local again first
    again=$(sed -n 's/.*"accuracy": *\([0-9.]*\).*/\1/p' <<<"$out" | head -n 1)
    run evaluate "$work/first" --data digits --json
    first=$(sed -n 's/.*"accuracy": *\([0-9.]*\).*/\1/p' <<<"$out" | head -n 1)
    # After hardly a step the network is the same except for running statistics; an untrained network has an accuracy
    # of one in ten.
    awk -v a="$again" -v b="$first" 'BEGIN { exit !(b > 0.3 && a > b - 0.1 && a < b + 0.1) }' || complain "accuracy $again after $first"
}

other_classes_take_what_fits() {
    _begin
    small_data "$work/few" 2>/dev/null
    run train --data "$work/few" --from "$work/first" --freeze "conv*, batch_norm*" --rates "dense1* 0.5" --epochs 1 --batch 10 --out "$work/other" --offline
    exits 0
    prints "conv 4 5x5 stride=2, batch-norm, relu, flatten, dense 16, relu, dense"
    prints "112 of them frozen"
    [ -s "$work/other/start.safetensors" ] || complain "the start was not kept"
}

what_is_copied_is_told() {
    _begin
    small_data "$work/few" 2>/dev/null
    run train --data "$work/few" --from "$work/first" --epochs 1 --batch 10 --out "$work/told" --offline
    exits 0
    prints "Starts from $(realpath "$work")/first/model.safetensors: 204 of 460 numbers are copied"
    prints "afresh: dense1.weight"
    # shellcheck disable=SC2086
    run $_few --recipe mnist-98 --epochs 1 --from "$work/first" --out "$work/told-all" --json
    exits 0
    local numbers copied
    numbers=$(sed -n 's/.*"numbers": *\([0-9]*\).*/\1/p' <<<"$out")
    copied=$(sed -n 's/.*"copied": *\([0-9]*\).*/\1/p' <<<"$out")
    { [ "${numbers:-0}" -gt 9000 ] && [ "$numbers" = "$copied" ]; } || complain "$copied of $numbers"
    prints '"afresh": []'
}

all_of_few_images_are_learned_where_no_test_set_is_wanted() {
    _begin
    mkdir -p "$work/three"
    printf '\0\0\010\003\0\0\0\003\0\0\0\034\0\0\0\034' >"$work/three/train-images-idx3-ubyte"
    printf '\0\0\010\001\0\0\0\003\001\002\007' >"$work/three/train-labels-idx1-ubyte"
    head -c $((3 * 784)) "$program" >>"$work/three/train-images-idx3-ubyte"
    run train --data "$work/three" --from "$work/first" --epochs 1 --batch 3 --out "$work/untested"
    exits 2
    says "or 0 to train on all images and measure nothing"
    run train --data "$work/three" --test-share 0 --from "$work/first" --epochs 40 --batch 3 --augment none --out "$work/untested"
    exits 0
    prints "3 images to train on"
    prints "No test set: the network was trained on all images, so nothing was measured"
    says "Next: descender evaluate $work/untested --split train"
    run evaluate "$work/untested" --split train --json
    exits 0
    prints '"samples": 3'
    run train --data "$work/three" --test-share 0 --from "$work/first" --epochs 1 --batch 3 --out "$work/untested-json" --json
    exits 0
    prints '"test": null'
    run evaluate "$work/untested"
    exits 2
    says "a --test-share of 0 holds no images out as one; name other data with --data, measure on the training images with --split train"
}

a_search_takes_the_network_of_the_model() {
    _begin
    run tune --data digits --training-samples 300 --validation 0.3 --offline --quiet --recipe mnist-98 --epochs 1 --trials 2 \
        --from "$work/first" --out "$work/search" learning-rate=0.001..0.002
    exits 0
    grep -q '"model": "conv 4 5x5 stride=2' "$work/search/best.json" || complain "another network: $(cat "$work/search/best.json")"
}

a_run_goes_on_though_the_other_model_is_gone() {
    _begin
    cp -r "$work/first" "$work/gone"
    # shellcheck disable=SC2086
    run $_few --recipe mnist-98 --epochs 3 --from "$work/gone" --freeze "conv*" --out "$work/whole"
    exits 0
    # shellcheck disable=SC2086
    run $_few --recipe mnist-98 --epochs 3 --from "$work/gone" --freeze "conv*" --out "$work/parts"
    exits 0
    rm -r "$work/gone" "$work/parts/checkpoint" "$work/parts/model.safetensors"
    : >"$work/parts/log.jsonl"
    run train --resume "$work/parts" --quiet
    exits 0
    cmp -s "$work/whole/model.safetensors" "$work/parts/model.safetensors" || complain "the bits differ"
}

what_does_not_fit_is_told() {
    _begin
    # shellcheck disable=SC2086
    run $_few --from "$work/first" --freeze "convolution*" --epochs 1 --out "$work/none"
    exits 2
    says "no part is called 'convolution*'"
    says "conv1.weight"
    # shellcheck disable=SC2086
    run $_few --from "$work/first" --rates "conv*" --epochs 1 --out "$work/none"
    exits 2
    says "expected a name and a number from 0 to 1000"
    # shellcheck disable=SC2086
    run $_few --from "$work/first" --freeze "*" --epochs 1 --out "$work/none"
    exits 2
    says "no parameter to train"
    # shellcheck disable=SC2086
    run $_few --from "$work/nowhere" --epochs 1 --out "$work/none"
    exits 1
    says "nowhere"
    [ ! -e "$work/none" ] || complain "a folder was left"
}

promises
