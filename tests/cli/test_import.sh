# SPDX-License-Identifier: MIT
# `descender import`, and every format in every command that takes a model.
. "$(dirname "$0")/lib.sh"

_weights="$golden/exchange/convolutions.safetensors"
_text="conv 3 3x3, batch-norm, relu, max-pool 2, conv 5 2x2 bias=off, batch-norm, relu, flatten, dense 7, relu, dense"
_data="$work/data"
small_data "$_data"

# The same model as an NPZ file that this program wrote.
_npz() {
    [ -e "$work/net.npz" ] && return
    run import "$_weights" --model "$_text" --data "$_data" --out "$work/for-npz.safetensors" --quiet
    run export "$work/for-npz.safetensors" --to npz --out "$work/net" --quiet
    exits 0
}

weights_of_pytorch_become_a_model() {
    run import "$_weights" --model "$_text" --size 8x8 --out "$work/net.safetensors"
    exits 0
    same "$(grep '^bn1.running_mean' <<<"$out" | tr -s ' ')" "bn1.running_mean BF16 (3) batch_norm1.running_mean by order"
    same "$(grep '^bn1.num_batches' <<<"$out" | tr -s ' ')" "bn1.num_batches_tracked I64 () - left out"
    prints "images 1 x 8 x 8, 4 classes, 285 parameters"
    says "note: 2 arrays were not used"
    says "the images' bytes are divided by 255"
    run model show "$work/net.safetensors" --no-diagram
    exits 0
    prints "$_text"
}

the_loss_says_how_outputs_become_probabilities() {
    local loss
    for loss in softmax-cross-entropy binary-cross-entropy; do
        run import "$_weights" --model "$_text" --loss $loss --data "$_data" --out "$work/$loss.safetensors" --quiet
        exits 0
        run model show "$work/$loss.safetensors" --no-diagram
        prints "loss: $loss"
        run evaluate "$work/$loss.safetensors" --data "$_data" --per-sample "$work/$loss.csv" --quiet
        exits 0
    done
    holds "the loss changes nothing" test -n "$(cmp "$work/softmax-cross-entropy.csv" "$work/binary-cross-entropy.csv")"
    run import "$_weights" --model "$_text" --size 8x8 --out "$work/unset.safetensors" --quiet
    run model show "$work/unset.safetensors" --no-diagram
    prints "loss: softmax-cross-entropy"
    run import "$_weights" --model "$_text" --loss hinge --size 8x8 --out "$work/none.safetensors"
    says "unknown loss 'hinge'"
    run import "$work/unset.safetensors" --loss squared-error --out "$work/none.safetensors"
    exits 2
    says "the file holds a whole network; omit --loss"
}

both_spellings_do_the_same() {
    run import --model "$_text" --weights "$_weights" --size 8x8 --out "$work/spelt.safetensors" --quiet
    exits 0
    run import "$_weights" --model "$_text" --size 8x8 --out "$work/spelt-2.safetensors" --quiet
    exits 0
    holds "the files differ" cmp "$work/spelt.safetensors" "$work/spelt-2.safetensors"
    run import "$_weights" --weights "$_weights" --model "$_text"
    exits 2
    says "give one of them"
}

data_that_are_given_are_answered_at_once() {
    run import "$_weights" --model "$_text" --data "$_data" --out "$work/answering.safetensors"
    exits 0
    prints "Test set of $_data: accuracy "
    run import "$_weights" --model "$_text" --data "$_data" --out "$work/answering-2.safetensors" --json
    exits 0
    needs_json || return
    same "$(json "sorted(j)")" "['arrays', 'classes', 'data', 'file', 'images', 'model', 'notes', 'parameters', 'test', 'text']"
    same "$(json "j['images'] + [j['classes'], j['test']['samples']]")" "[1, 8, 8, 4, 12]"
    same "$(json "[a['parameter'] for a in j['arrays'] if a['array'] == 'fc1.weight']")" "['dense1.weight']"
    same "$(json "len(j['notes'])")" 5
}

the_preparation_of_others_is_kept_with_the_model() {
    run import "$_weights" --model "$_text" --size 8x8 --mean 0.1307 --std 0.3081 --names 'a, b,c,d' --out "$work/given.safetensors"
    exits 0
    says_no "divided by 255"
    holds "the normalisation is not in the file" grep -aqE '\[0.01272[0-9]+\],.{1,3}offset.{1,4}\[-0.42421[0-9]+\]' "$work/given.safetensors"
    holds "the names are not in the file" grep -aqF '[\"a\",\"b\",\"c\",\"d\"]' "$work/given.safetensors"
    run import "$_weights" --model "$_text" --size 8x8 --mean 0.1,0.2 --std 0.3,0.4 --out "$work/refused.safetensors"
    exits 2
    says "expected one, or one for each of the 1 channels"
    holds "a file was written" test ! -e "$work/refused.safetensors"
}

wrong_usage_is_told() {
    local case code option text
    for case in "2|--mean 0.1|belong together" "2|--mean 0.1 --std 0|a deviation above 0" "2|--mean x --std 1|expected numbers" \
        "2|--normalise standard|needs the images" "2|--names a,b|has 4 classes" "1|--classes 5|fc2" "2|--as nope|unknown format" \
        "1|--map $work/nothing|$work/nothing: cannot be opened" "2|--mean 1 --std 1 --normalise unit|one of them" \
        "2|--data $_data --channels 1|omit --channels" "2|--data $_data --classes 4|omit --classes"; do
        IFS='|' read -r code option text <<<"$case"
        # shellcheck disable=SC2086
        run import "$_weights" --model "$_text" --size 8x8 --out "$work/wrong.safetensors" $option
        exits "$code"
        says "$text"
        holds "a file was written" test ! -e "$work/wrong.safetensors"
    done
    run import --model "$_text"
    exits 2
    says "the file to import is missing"
}

a_file_that_is_there_is_kept() {
    echo mine >"$work/mine.safetensors"
    run import "$_weights" --model "$_text" --size 8x8 --out "$work/mine.safetensors"
    exits 1
    says "already exists; give --force to replace it"
    same "$(cat "$work/mine.safetensors")" mine
    run import "$_weights" --model "$_text" --size 8x8 --out "$work/mine.safetensors" --force
    exits 0
    cp "$_weights" "$work/its-own.safetensors"
    run import "$work/its-own.safetensors" --model "$_text" --size 8x8 --out "$work/its-own.safetensors" --force
    [ "$status" != 0 ] || complain "the file that is read was replaced"
    holds "the weights are gone" cmp "$work/its-own.safetensors" "$_weights"
}

a_whole_network_refuses_what_would_say_another() {
    _npz
    local file option
    for file in net.npz for-npz.safetensors; do
        for option in "--model 64-4" "--map $work/nothing" "--channels 1" "--size 8x8" "--classes 4"; do
            # shellcheck disable=SC2086
            run import "$work/$file" $option --out "$work/whole.safetensors"
            exits 2
            says "the file holds a whole network; omit ${option%% *}"
            holds "a file was written" test ! -e "$work/whole.safetensors"
        done
    done
    run import "$work/net.npz" --out "$work/whole.safetensors"
    exits 0
    says_no "divided by 255"
    run import "$work/net.npz" --data "$_data" --size 8x8 --out "$work/whole-data.safetensors" # how pictures are prepared
    exits 0
}

a_map_is_followed() {
    printf 'fc2.bias dense1.weight\n' >"$work/map"
    run import "$_weights" --model "$_text" --size 8x8 --map "$work/map" --out "$work/mapped.safetensors"
    exits 1
    says "'fc2.bias' has the shape (4), but dense1.weight of the network has (7, 20)"
    printf 'fc2.bias dense2.bias # the last\n' >"$work/map"
    run import "$_weights" --model "$_text" --size 8x8 --map "$work/map" --out "$work/mapped.safetensors"
    exits 0
    same "$(grep '^fc2.bias' <<<"$out" | tr -s ' ')" "fc2.bias F32 (4) dense2.bias by the map"
}

weights_alone_say_what_to_do() {
    run model show "$_weights"
    exits 1
    says "is no model of Descender, but weights from PyTorch"
    says "descender import"
    run evaluate "$golden/exchange/dense-numpy.npz" --data "$_data"
    exits 1
    says "is no model of Descender, but NumPy arrays"
}

# For every saved file, runs the printed command as a shell reads it, all in one process because PyTorch takes seconds
# to start, and imports the result.
the_command_for_files_of_pytorch_takes_their_weights_out() {
    needs_torch || return
    local folder
    mkdir "$work/torch"
    said="the commands for files of PyTorch"
    /usr/bin/python3 - "$program" "$work/torch" >"$work/.out" 2>"$work/.err" <<'END'
import os, shlex, subprocess, sys, torch
program, folder = sys.argv[1:]
net = torch.nn.Linear(64, 4)
state = net.state_dict()
saved = {"state": state, "module's own": net, "checkpoint": {"epoch": 3, "model_state_dict": state},
         "lightning": {"hyper_parameters": {}, "state_dict": {**state, "version": "1"}},
         "learning": dict(net.named_parameters()), "half": {name: value.half() for name, value in state.items()}}
for name, what in saved.items():
    os.makedirs(os.path.join(folder, name))
    os.chdir(os.path.join(folder, name))
    torch.save(what, name + ".pt", _use_new_zipfile_serialization=name != "half")
    found = subprocess.run([program, "import", name + ".pt", "--model", "64-4"], stderr=subprocess.PIPE, text=True)
    words = shlex.split(found.stderr.split("extract its weights: ")[1].split("; then: ")[0])
    assert found.returncode == 1 and words[:2] == ["python3", "-c"], found
    sys.argv = ["-c"] + words[3:]
    exec(words[2], {})
END
    status=$?
    _keep
    exits 0
    for folder in "$work/torch"/*; do
        run import "$folder/weights.npz" --model 64-4 --size 8x8 --out "$folder/net.safetensors"
        exits 0
        same "$(grep -c '^\(weight\|bias\) .*float32 .* dense1[.]' <<<"$out")" 2
    done
    same "$(echo "$work/torch"/*/net.safetensors | wc -w)" 7 # one name has two words
}

# _as_the_model ARGUMENTS...: with the NPZ file in place of @, the command answers as with the original model.
_as_the_model() {
    local own
    run "${@//@/$work/for-npz.safetensors}"
    exits 0
    own=${out//for-npz.safetensors/net.npz}
    run "${@//@/$work/net.npz}"
    exits 0
    [ -n "$own" ] || complain "nothing was answered"
    same "$out" "$own"
}
every_command_takes_what_is_read() {
    _npz
    _as_the_model model show @ --no-diagram
    prints "$_text"
    _as_the_model evaluate @ --data "$_data" --json
    _as_the_model predict --model @ "$_data/t10k-images-idx3-ubyte" --json
    run report "$work/net.npz" "$work/for-npz.safetensors" --data "$_data" --json
    exits 0
    needs_json || return
    same "$(json "[j['pairs'][0]['only_a'], j['pairs'][0]['only_b'], j['runs'][0]['loss'] - j['runs'][1]['loss']]")" "[0, 0, 0.0]"
    run model show "$work/nothing.npz"
    exits 1
    says "nothing.npz"
}

training_starts_from_what_is_read_which_is_opened_once() {
    _npz
    run_shell "'$program' train --from <(cat '$work/net.npz') --data '$_data' --epochs 1 --batch 10 --out '$work/run' --offline --quiet"
    exits 0
    holds "the start was not kept" test -s "$work/run/start.safetensors"
    prints "Model: $work/run/model.safetensors"
}

# _goes_on RUN ARGUMENTS...: the resumed run trains until it is interrupted, and saves a checkpoint.
_goes_on() {
    local folder=$1
    shift
    touch "$work/before"
    in_background "$program" train --resume "$folder" --offline "$@"
    wait_for test "$folder/checkpoint" -nt "$work/before"
    kill -INT $job
    ended
    exits 130
}
a_run_goes_on_though_the_file_is_gone() {
    _npz
    cp "$work/net.npz" "$work/gone.npz"
    interrupted_run "$work/interrupted" train --from "$work/gone.npz" --data "$_data" --epochs 20000 --batch 10 --offline --recipe mnist-98 --checkpoint-seconds 0.05
    rm "$work/gone.npz"
    _goes_on "$work/interrupted" --data "$_data"
}

searches_and_studies_start_from_what_is_read() {
    _npz
    local starts="Starts from $work/start.npz: 301 of 301 numbers are copied" folds
    cp "$work/net.npz" "$work/start.npz"
    run tune --data "$_data" --recipe mnist-98 --epochs 1 --batch 10 --trials 2 --from "$work/start.npz" --out "$work/search" learning-rate=0.001..0.002 \
        --validation 0.3 --offline
    exits 0
    prints "$starts"
    run cross-validate --data "$_data" --recipe mnist-98 --epochs 1 --batch 10 --folds 2 --from "$work/start.npz" --out "$work/study" --offline
    exits 0
    prints "$starts"
    folds=$(cat "$work/study/results"/* | grep '"loss"')
    # As if it had been interrupted: it continues from the same file to the same result.
    rm -r "$work/study/results"
    run cross-validate --resume "$work/study" --quiet --offline
    exits 0
    same "$(cat "$work/study/results"/* | grep '"loss"')" "$folds"
}

a_study_that_goes_on_says_what_is_wrong_with_its_start() {
    _npz
    cp "$work/net.npz" "$work/spoilt.npz"
    run cross-validate --data "$_data" --recipe mnist-98 --epochs 1 --batch 10 --folds 2 --from "$work/spoilt.npz" --out "$work/spoilt" --offline --quiet
    exits 0
    rm "$work/spoilt/results"/*2.json
    printf '\377\377\377\377\377\377\377\377' | dd of="$work/spoilt.npz" bs=1 seek=192 conv=notrunc status=none
    run cross-validate --resume "$work/spoilt" --offline
    exits 1
    says "--from: $work/spoilt.npz: "
    says "damaged"
    rm "$work/spoilt.npz"
    run cross-validate --resume "$work/spoilt" --offline
    exits 1
    says "$work/spoilt.npz: cannot be opened"
    cp "$work/net.npz" "$work/spoilt.npz"
    run cross-validate --resume "$work/spoilt" --offline --quiet
    exits 0
}

a_network_of_an_onnx_file_goes_on_learning() {
    needs_library protobuf || return
    _npz
    run export "$work/net.npz" --to onnx --out "$work/net" --quiet
    exits 0
    run import "$work/net.onnx" --out "$work/onnx.safetensors" --quiet
    exits 0
    interrupted_run "$work/of-onnx" train --from "$work/net.onnx" --data "$_data" --epochs 20000 --batch 10 --offline --recipe mnist-98 --checkpoint-seconds 0.05
    rm "$work/net.onnx"
    _goes_on "$work/of-onnx"
    run train --from "$work/onnx.safetensors" --data "$_data" --epochs 1 --batch 10 --out "$work/picked" --offline --quiet
    exits 0
    run evaluate "$work/picked" --data "$_data"
    exits 0
}

a_truncated_archive_is_named_with_its_offset() {
    _npz
    run export "$work/for-npz.safetensors" --to npz --out "$work/cut" --quiet
    truncate -s -100 "$work/cut.npz"
    local size
    size=$(stat -c %s "$work/cut.npz")
    run import "$work/cut.npz" --out "$work/never.safetensors"
    exits 1
    says "cut.npz: offset $size: expected the end of a ZIP archive; the archive is cut short or damaged: copy it again"
}

promises
