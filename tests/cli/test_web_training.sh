# SPDX-License-Identifier: MIT
# The training library inside an exported page, run by node, gives the same bits as the portable kernels here.
# labels: slow
. "$(dirname "$0")/lib.sh"
tests=$(realpath "$(dirname "$0")/..")

_page() {
    needs_command node && needs_library WebAssembly || return 1
    [ -e "$work/page.html" ] || "$program" export "$tests/../models/digits.safetensors" --to 'web train=on' --out "$work/page" --quiet >/dev/null
}
# _same NAME RECIPE [IMAGES]: trained in the page and here, every weight, running statistic and the graph are equal.
_same() {
    _page || return
    cd "$work" || return
    printf '%s\n' "$2" >"$1.json"
    run_shell "node '$tests/exchange/train.mjs' page.html $1.json ${3:-400} $1.safetensors"
    exits 0
    run train --recipe "$1.json" --data digits --training-samples "${3:-400}" --kernels portable --out "$1" --quiet
    exits 0
    run_shell "node '$tests/exchange/same_weights.mjs' $1.safetensors $1/model.safetensors"
    exits 0
    prints "bit for bit"
}
convolutions_with_all_that_is_random_have_the_same_bits() {
    _same cnn '{"model": "conv 4 3x3, batch-norm, relu, max-pool 2, flatten, dropout 0.3, dense 32, relu, dense", "epochs": 2, "batch": 50,
        "optimiser": "adam", "augment": "affine rotate=10 shift=2 scale=0.1, elastic, noise", "seed": 3, "validation": 0.1, "normalise": "standard"}'
}
other_layers_and_losses_have_the_same_bits() {
    _same others '{
        "model": "conv 4 3x3, layer-norm, gelu, residual(conv 4 3x3 padding=1, silu), relu6, se 2, hard-swish, global-pool, dense 16, selu, dense 9, tanh, dense",
        "loss": "binary-cross-entropy", "optimiser": "rmsprop", "schedule": "one-cycle", "ema": 0.9, "mixup": 0.2, "clip-norm": 1, "batch": 64, "epochs": 2}'
}
sgd_with_rounded_weights_has_the_same_bits() {
    _same rounded '{"model": "784-30-10", "optimiser": "sgd momentum=0.9 nesterov=on", "schedule": "step every=1", "quantise": "4",
        "loss": "softmax-cross-entropy smoothing=0.1", "batch": 32, "epochs": 2, "drop-last": true}'
}
what_was_trained_in_the_page_is_read_here() {
    _page || return
    cd "$work" || return
    run evaluate cnn.safetensors --data digits --json --quiet
    exits 0
    prints '"accuracy"'
    run export cnn.safetensors --to npz --out read
    exits 0
}
training_starts_from_a_network_that_is_given() {
    _page || return
    cd "$work" || return
    echo '{"model": "784-30-10", "from": "page", "batch": 50, "epochs": 1}' >from.json
    run_shell "node '$tests/exchange/train.mjs' page.html from.json 400 from.safetensors rounded/model.safetensors"
    exits 0
    run train --recipe from.json --from rounded/model.safetensors --data digits --training-samples 400 --kernels portable --out from --quiet
    exits 0
    run_shell "node '$tests/exchange/same_weights.mjs' from.safetensors from/model.safetensors"
    exits 0
}
a_network_that_is_a_graph_of_its_own_goes_on() {
    _page || return
    cd "$work" || return
    run model join rounded/model.safetensors from/model.safetensors --out whole.safetensors --quiet
    exits 0
    run export whole.safetensors --to 'web train=on' --out whole --quiet
    exits 0
    holds "the page does not begin with it" grep -q '"from":"page"' whole.html
    echo '{"model": "ensemble of 2: 784-30-10", "from": "page", "batch": 50, "epochs": 1}' >whole.json
    run_shell "node '$tests/exchange/train.mjs' whole.html whole.json 400 whole-page.safetensors whole.safetensors"
    exits 0
    run train --recipe whole.json --from whole.safetensors --data digits --training-samples 400 --kernels portable --out whole --quiet
    exits 0
    run_shell "node '$tests/exchange/same_weights.mjs' whole-page.safetensors whole/model.safetensors"
    exits 0
}
a_page_does_not_train_whole_numbers() {
    _page || return
    cd "$work" || return
    run quantise rounded/model.safetensors --data digits --samples 300 --force --out numbers.safetensors --quiet
    exits 0
    run_shell "node '$tests/exchange/train.mjs' page.html from.json 400 none.safetensors numbers.safetensors"
    exits 1
    says "whole numbers cannot be trained"
}
what_is_wrong_is_said_as_the_program_says_it() {
    _page || return
    cd "$work" || return
    echo '{"model": "conv 4 3x3, flaten, dense"}' >wrong.json
    run_shell "node '$tests/exchange/train.mjs' page.html wrong.json 400 wrong.safetensors"
    exits 1
    says "column 13: unknown layer 'flaten'; did you mean 'flatten'?"
    echo '{"model": "784-10", "batches": 4}' >wrong.json
    run_shell "node '$tests/exchange/train.mjs' page.html wrong.json 400 wrong.safetensors"
    exits 1
    says "batches"
}
a_page_that_does_not_train_has_nothing_of_it() {
    needs_library WebAssembly || return
    cd "$work" || return
    run train --model "flatten, dense" --data digits --training-samples 200 --epochs 1 --out few --quiet
    run export few --to web --out plain --quiet
    exits 0
    holds "there is a library in it" test -z "$(grep -l 'id="train"\|startTrainer\|learning' plain.html)"
    holds "it grew" test "$(wc -c <plain.html)" -lt 120000
}

promises
