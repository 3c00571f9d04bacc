# SPDX-License-Identifier: MIT
# `descender tutorial`: prints the tutorial's lines byte for byte; its files, its errors.
. "$(dirname "$0")/lib.sh"

_epochs() { grep -E '^Epoch: |^  (Training|Test) set ' <<<"$out"; }
# The data of most promises: real MNIST if available, otherwise small data of 64 pixels and 4 classes.
_small="$work/small-data"
small_data "$_small"
_on_small() { run tutorial --data "$_small" --training-sample 68 --test-sample 12 "$@"; }

the_default_run_equals_the_tutorial() {
    needs_mnist || return
    run tutorial --data "$mnist"
    exits 0
    holds "the epochs differ from the golden transcript" cmp <(_epochs) "$golden/tutorial-1000x1000x20.txt"
    prints "The shape of training images: (60000, 784) and training labels: (60000,)
The shape of test images: (10000, 784) and test labels: (10000,)
8
The data type of training images: uint8
The data type of test images: uint8
The data type of training images: float64
The data type of test images: float64
"
    prints "[0. 0. 0. 0. 0. 1. 0. 0. 0. 0.]
[1. 0. 0. 0. 0. 0. 0. 0. 0. 0.]
[0. 0. 0. 0. 1. 0. 0. 0. 0. 0.]
5
0
4
Epoch: 0
"
}
the_corrected_run_equals_the_corrected_tutorial() {
    needs_mnist || return
    run tutorial --data "$mnist" --corrected
    exits 0
    holds "the epochs differ from the golden transcript" cmp <(_epochs) "$golden/tutorial-corrected-1000x1000x20.txt"
}
the_plain_loop_prints_the_same() {
    needs_mnist || return
    run tutorial --data "$mnist" --epochs 3
    local fast=$out
    run tutorial --data "$mnist" --epochs 3 --plain
    exits 0
    same "$out" "$fast"
}
mnist_by_name_is_found_in_the_environment() {
    needs_mnist || return
    DESCENDER_DATA=$mnist run tutorial --data mnist --offline --epochs 1
    exits 0
    prints "Data: MNIST"
}
the_data_and_the_slips_are_named() {
    _on_small --epochs 2
    exits 0
    prints "Data: $_small"
    prints "Kept as in the tutorial"
    prints "relu2deriv"
    _on_small --epochs 2 --corrected
    prints_no "Kept as in the tutorial"
    prints "exact gradient"
}
the_last_epochs_come_last() {
    _on_small --epochs 3
    same "$(_epochs | grep -c .)" 15
    same "$(_epochs | sed -n '11p')" "Epoch: 2"
}
the_end_says_what_to_type_next() {
    local i
    _on_small --epochs 1
    says "Next: descender train --data $_small"
    run tutorial --data digits --training-sample 10 --test-sample 10 --epochs 1
    same "$(tail -n 1 <<<"$err")" "Next: descender train --data digits"
    # Data that are read in the same way are the same data.
    mkdir -p "$work/my scans/a" "$work/my scans/b"
    for i in 1 2 3 4; do pgm "$work/my scans/a/$i.pgm" 9 9 $i && pgm "$work/my scans/b/$i.pgm" 8 8 $((200 + i)); done
    run tutorial --data "$work/my scans" --size 8 --fit stretch --test-share 0.5 --offline --training-sample 4 --test-sample 4 --epochs 1
    exits 0
    same "$(tail -n 1 <<<"$err")" "Next: descender train --data '$work/my scans' --test-share 0.5 --size 8 --fit stretch --offline"
}
mnist_that_cannot_be_had_is_replaced_by_the_digits_and_told() {
    (
        unset DESCENDER_DATA
        cd "$work" && run tutorial --offline --epochs 1
        echo "$status" >"$work/.status"
    )
    said="descender tutorial --offline --epochs 1, without MNIST" status=$(cat "$work/.status")
    _keep
    exits 0
    prints "Data: built-in digits"
    same "$(head -n 1 <<<"$err")" "descender: using the built-in digits instead of MNIST: MNIST is not on disk (--offline)"
    same "$(grep -c 'built-in digits' <<<"$err")" 1
    same "$(tail -n 1 <<<"$err")" "Next: descender train --offline"
}
mnist_asked_for_by_name_is_never_replaced() {
    (
        unset DESCENDER_DATA
        cd "$work" && run tutorial --offline --epochs 1 --data mnist --quiet
        echo "$status" >"$work/.status"
    )
    said="descender tutorial --offline --data mnist, without MNIST" status=$(cat "$work/.status")
    _keep
    exits 1
    prints_nothing
    same "$err" "descender: MNIST is not on disk (--offline); put its files into ./data"
}
without_a_network_one_short_line_says_that_mnist_is_missing() {
    needs_library libcurl || return
    local command
    for command in "tutorial --data mnist" "train --data mnist" "data fetch"; do
        # No server listens on port 1 of this machine.
        run_shell "cd '$work' && unset DESCENDER_DATA && DESCENDER_MIRRORS='http://127.0.0.1:1/a http://127.0.0.1:1/b' '$program' $command"
        exits 1
        prints_nothing
        same "$err" "descender: no mirror of MNIST can be reached; check the network connection, or put its files into ./data"
    done
}
a_missing_incomplete_or_damaged_folder_is_an_error() {
    run tutorial --data "$work/nowhere"
    exits 1
    prints_nothing
    says "nowhere"
    cp -r "$_small" "$work/incomplete"
    rm "$work/incomplete/t10k-labels-idx1-ubyte"
    run tutorial --data "$work/incomplete"
    exits 1
    prints_nothing
    says "t10k-labels-idx1-ubyte"
    cp -r "$_small" "$work/damaged"
    truncate -s 1000 "$work/damaged/train-images-idx3-ubyte"
    run tutorial --data "$work/damaged"
    exits 1
    says "damaged/train-images-idx3-ubyte"
    says "found 984"
}
asking_for_more_images_than_there_are_is_wrong_usage() {
    _on_small --test-sample 13
    exits 2
    prints_nothing
    says "--test-sample"
    says "12"
}
wrong_values_are_wrong_usage() {
    run tutorial --epochs 0
    exits 2
    says "--epochs: expected a whole number 1 to"
    run tutorial --learning-rate fast
    exits 2
    says "found 'fast'"
    run tutorial --epohcs 3
    exits 2
    says "unknown option '--epohcs'; did you mean '--epochs'?"
    run tutorial --s 3
    exits 2
    says "could be"
    run tutorial extra
    exits 2
    says "'extra' is one argument too many"
}
the_curves_begin_with_epoch_1() {
    needs_command script || return
    local ticks
    run_terminal tutorial --data "$_small" --training-sample 68 --test-sample 12 --epochs 3
    ticks=$(grep -oE '^ *1( +[0-9]+)* +3( .*)?$' <<<"${out//$'\r'/}" | head -n 1)
    holds "no axis goes from 1 to 3" test -n "$ticks"
}
pictures_are_written() {
    needs_library cairo || return
    _on_small --epochs 3 --out "$work/pictures/deep"
    exits 0
    local name
    for name in image-67 random-images network curves; do
        holds "$name.svg is no SVG" grep -q '<svg' "$work/pictures/deep/$name.svg"
        same "$(bytes "$work/pictures/deep/$name.png" 0 | head -4 | tr '\n' ' ')" "137 80 78 71 "
    done
    holds "no picture names the data" grep -q "small-data" "$work/pictures/deep/curves.svg"
}
# An empty file in the place of a library that is loaded when it is needed.
libraries_that_cannot_be_loaded_are_told_before_any_work() {
    needs_library cairo || return
    mkdir -p "$work/broken"
    : >"$work/broken/libcairo.so.2"
    : >"$work/broken/libcrypto.so.3"
    LD_LIBRARY_PATH=$work/broken run tutorial --epochs 1 --out "$work/undrawn"
    exits 1
    says "libcairo.so.2, which is required here, cannot be loaded"
    prints_nothing
    [ ! -e "$work/undrawn" ] || complain "expected no folder"
    small_data "$work/small"
    LD_LIBRARY_PATH=$work/broken run train --data "$work/small" --model "flatten, dense" --epochs 1 --out "$work/unhashed"
    exits 0
    says "warning: the curves were not drawn"
    LD_LIBRARY_PATH=$work/broken run card "$work/unhashed" --data "$work/small"
    exits 0
}
without_cairo_pictures_are_refused_before_any_work() {
    "$program" --version | grep -q '^with .*cairo' && { because "needs a build without cairo"; return; }
    _on_small --epochs 3 --out "$work/pictures"
    exits 1
    prints_nothing
    says "--out: this build lacks cairo"
}
a_folder_that_cannot_be_made_is_told_before_the_work() {
    needs_library cairo || return
    touch "$work/file"
    _on_small --epochs 3 --out "$work/file/pictures"
    exits 1
    prints_nothing
    says "file"
}
weights_are_saved_for_numpy() {
    needs_numpy || return
    _on_small --epochs 2 --hidden-size 7 --save "$work/weights.npz"
    exits 0
    same "$(/usr/bin/python3 -c '
import numpy, sys
w = numpy.load(sys.argv[1])
print(sorted(w.files), w["weights_1"].shape, w["weights_2"].shape, w["weights_1"].dtype, numpy.isfinite(w["weights_1"]).all())' "$work/weights.npz")" \
        "['weights_1', 'weights_2'] (64, 7) (7, 4) float64 True"
}
json_is_valid_and_complete() {
    needs_json || return
    _on_small --epochs 3 --json
    exits 0
    same "$(json "[len(j['epochs']), j['epochs'][2]['epoch'], j['training_images'], j['test_images'], j['options']['epochs']]")" "[3, 2, 68, 12, 3]"
    same "$(json "all(0 <= e['test_accuracy'] <= 1 and e['training_error'] > 0 for e in j['epochs'])")" True
    same "$(json "j['data'].endswith('small-data')")" True
}
json_agrees_with_the_lines() {
    needs_json || return
    _on_small --epochs 4
    local lines
    lines=$(_epochs)
    _on_small --epochs 4 --json
    same "$(json "'\n'.join(f'''Epoch: {e['epoch']}
  Training set error: {e['training_error']:.3f}
  Training set accuracy: {e['training_accuracy']}
  Test set error: {e['test_error']:.3f}
  Test set accuracy: {e['test_accuracy']}''' for e in j['epochs'])")" "$lines"
}
quiet_says_nothing_but_results() {
    _on_small --epochs 2
    says "microseconds an image"
    _on_small --epochs 2 --quiet
    exits 0
    says_nothing
    prints "Epoch: 1"
}
a_terminal_shows_pictures() {
    needs_command script || return
    run_terminal tutorial --data "$_small" --training-sample 68 --test-sample 12 --epochs 8
    exits 0
    prints "image 67: "
    prints "accuracy"
    prints "Epoch: 7"
    NO_COLOR=1 run_terminal tutorial --data "$_small" --training-sample 68 --test-sample 12 --epochs 8 --quiet
    prints_no $'\033'
    prints_no "image 67"
}
an_error_that_grows_beyond_bounds_is_told() {
    _on_small --learning-rate 1000
    exits 1
    says "lower --learning-rate"
}
an_interruption_ends_cleanly() {
    : >"$work/interrupted"
    # After the first epoch, however long a busy machine takes for it. Job control: otherwise a background process
    # ignores the signal.
    run_shell "set -m; timeout 60 '$program' tutorial --data '$_small' --training-sample 68 --test-sample 12 --epochs 1000000 --hidden-size 500 --save '$work/interrupted.npz' >'$work/interrupted' & until grep -q 'Epoch: 0' '$work/interrupted' || ! kill -0 \$!; do sleep 0.1; done; kill -INT \$!; wait \$!"
    exits 130
    says "descender: interrupted"
    holds "nothing was printed before" grep -q "Epoch: 0" "$work/interrupted"
    holds "weights of a broken run were saved" test ! -e "$work/interrupted.npz"
}
a_reader_that_leaves_ends_the_training() {
    run_shell "set -o pipefail; timeout 20 '$program' tutorial --data '$_small' --training-sample 68 --test-sample 12 --epochs 1000000 --hidden-size 500 | head -3"
    exits 1
    same "$(wc -l <<<"$out")" 3
    says_no "descender:"
}
a_full_disk_ends_the_training() {
    [ -w /dev/full ] || because "needs /dev/full" || return
    run_shell "timeout 20 '$program' tutorial --data '$_small' --training-sample 68 --test-sample 12 --epochs 1000000 --hidden-size 500 >/dev/full"
    exits 1
    says "descender: standard output cannot be written: No space left on device"
}

promises
