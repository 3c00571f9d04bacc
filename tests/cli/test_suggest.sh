# SPDX-License-Identifier: MIT
# Without a recipe, `descender train` picks one for the data and reports it; `recipe suggest` prints it.
. "$(dirname "$0")/lib.sh"

_small="$work/small"
small_data "$_small"

train_alone_learns_images_that_are_no_digits() {
    # Only the data are given; in an emulator, where 200 epochs take two minutes, also the epochs.
    local epochs=200 given=()
    [ -z "${TESTS_EMULATED:-}" ] || epochs=20 given=(--epochs 20)
    run train --data "$_small" "${given[@]}" --out "$work/alone"
    exits 0
    prints "Picked for these images:"
    prints "68 of 4 classes, 1 x 8 x 8, not prepared as digits"
    prints "narrow convolutions"
    prints "$epochs/$epochs"
    run evaluate "$work/alone" --json
    exits 0
    needs_json || return
    same "$(json "j['accuracy'] > 0.9")" True
}
what_is_suggested_is_what_train_follows() {
    run recipe suggest --data "$_small"
    exits 0
    says "epochs: 200"
    prints '"format": 1'
    cp "$work/.out" "$work/mine.json"
    run train --recipe "$work/mine.json" --epochs 2 --quiet --out "$work/by-file"
    exits 0
    run train --data "$_small" --epochs 2 --quiet --out "$work/by-itself"
    exits 0
    same "$(grep -v '"name"' "$work/by-file/recipe.json")" "$(grep -v '"name"' "$work/by-itself/recipe.json")"
    # Everything but the recipe's name, which is in the model file.
    same "$(grep -h '"event":"epoch"' "$work/by-file/log.jsonl" | sed 's/"seconds.*//')" \
        "$(grep -h '"event":"epoch"' "$work/by-itself/log.jsonl" | sed 's/"seconds.*//')"
}
what_the_user_gives_goes_before_what_is_suggested() {
    run train --data "$_small" --model "flatten, dense 4" --augment none --epochs 3 --clean-epochs 2 --out "$work/given"
    exits 0
    prints "3/3"
    prints_no "convolutions"
    prints_no "few images"
    holds "another network" grep -q '"model": "flatten, dense 4"' "$work/given/recipe.json"
    holds "another augmentation" grep -q '"augment": "none"' "$work/given/recipe.json"
}
a_wrong_option_is_known_before_the_data_are_looked_for() {
    run train --data "$work/none-there" --model "flatten, dens 4" --epochs 3 --clean-epochs 4
    exits 2
    says "clean-epochs, 4, is more than epochs, 3"
}
mnist_gets_the_recipe_that_is_made_for_it() {
    needs_mnist || return
    run recipe suggest --data "$mnist"
    exits 0
    says "the recipe mnist-99 is made for such images"
    cp "$work/.out" "$work/mnist.json"
    run recipe show mnist-99
    # The same but for the data, and two epochs instead of one.
    same "$(grep -v '"data"' "$work/mnist.json")" "$(sed '/"data"/d; s/"epochs": 1,/"epochs": 2,/' "$work/.out")"
}

promises
