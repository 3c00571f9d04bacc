# SPDX-License-Identifier: MIT
# `descender model show`.
. "$(dirname "$0")/lib.sh"

model_show_tells_each_layers_shape_parameters_and_work() {
    run model show 784-100-10
    exits 0
    says_nothing
    same "$(grep '^dense1 .*,' <<<"$out" | tr -s ' ')" "dense1 100 78,500 78,400 400"
    same "$(grep '^total' <<<"$out" | tr -s ' ')" "total 79,510 79,400 3,976"
}
the_diagram_has_the_branches() {
    run model show 'flatten, parallel(dense 3 | dense 4, relu), dense'
    exits 0
    prints "dense2"
    prints "├"
    run model show --no-diagram 'flatten, parallel(dense 3 | dense 4, relu), dense'
    exits 0
    prints_no "├"
}
model_show_gives_json() {
    run model show --json --size 8x9 --channels 3 --classes 4 'conv 2 3x3, flatten, dense'
    exits 0
    prints '"parameters": 396'
    prints '"classes": 4'
    prints '"name": "conv1"'
    same "$(tr -d ' \n' <<<"$out" | grep -c '"name":"conv1","inputs":\["image"\],"output":\[2,6,7\],"parameters":56')" 1
}
model_show_draws_the_diagram() {
    run model show 784-100-10 --quiet -o "$work/net.svg"
    if [ "$status" = 1 ] && [[ $err == *cairo* ]]; then return; fi
    exits 0
    says_nothing
    holds "an SVG with the text of the model" grep -q 784-100-10 "$work/net.svg"
    run model show 784-100-10 -o "$work/net.gif"
    exits 2
    prints_nothing
    says ".svg"
}
the_plan_shows_what_lies_in_which_form_and_what_is_converted() {
    run model show --plan --precision bf16 'conv 16 3x3, relu, max-pool 2, flatten, dense'
    exits 0
    prints "A step of training: bf16, kernels "
    same "$(grep '^forward *max-pool' <<<"$out" | tr -s ' ')" "forward max-pool of max_pool1 bf16 pixels 5408 samples"
    same "$(grep -c '^convert' <<<"$out")" 2
    run model show --plan --precision f32 'conv 16 3x3, relu, max-pool 2, flatten, dense'
    exits 0
    same "$(grep -c '^convert' <<<"$out")" 0
    prints_no "bf16 pixels"
    run model show --plan --json --precision f32 --batch 3 784-100-10
    exits 0
    prints '"batch": 3'
    prints '"pass": "backward"'
    run model show --plan --json --precision f32 'flatten, batch-norm, dense' --batch 1
    exits 2
    says "one value per channel has no variance"
}
a_wrong_text_is_named_with_its_column() {
    run model show 'flatten, dens'
    exits 2
    says "column 10: unknown layer 'dens'; did you mean 'dense'?"
}
the_folder_of_a_run_and_its_model_are_shown() {
    run train --data digits --training-samples 100 --epochs 1 --model 784-7-10 --out "$work/run" --quiet
    exits 0
    run model show "$work/run"
    exits 0
    prints "dense1"
    cp "$work/.out" "$work/of-the-folder"
    run model show "$work/run/model.safetensors"
    exits 0
    holds "the folder and the file differ" cmp "$work/.out" "$work/of-the-folder"
    rm "$work/run/model.safetensors"
    run model show "$work/run"
    exits 1
    says "has no model yet"
}
a_file_that_is_no_model_is_refused() {
    echo "not a model at all" >"$work/a.safetensors"
    run model show "$work/a.safetensors"
    exits 1
    says "a.safetensors: expected a model of Descender (safetensors), found text; name the folder of a run"
    run model show "$work/nothing.safetensors"
    exits 1
    says "nothing.safetensors"
}

promises
