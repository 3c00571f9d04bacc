# SPDX-License-Identifier: MIT
# `descender train --resume`: continues on the data that the run began with, compared to the last pixel, or not at all.
. "$(dirname "$0")/lib.sh"

_small="$work/data"

# A stopped run in $work/run, on its own data.
_stopped() {
    rm -rf "$_small" "$work/run"
    small_data "$_small"
    interrupted_run "$work/run" train --data "$_small" --model "flatten, dense 6, relu, dense" --epochs 100000 \
        --batch 8 --threads 1 --validation 0.2
}
# set_byte FILE OFFSET: changes the byte.
_change_byte() {
    local byte
    byte=$(bytes "$1" "$2" | head -1)
    printf -v byte '\\%03o' $(((byte + 1) % 4 + byte / 4 * 4))
    # shellcheck disable=SC2059  # the byte, as an escape
    printf "$byte" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
_refuses() {
    cp "$work/run/log.jsonl" "$work/log"
    run train --resume "$work/run" --threads 1 --quiet "${@:2}"
    exits 1
    says "$1"
    holds "the log is as it was" cmp "$work/run/log.jsonl" "$work/log"
}

one_byte_of_any_file_is_noticed() {
    local file
    _stopped
    for file in train-images-idx3-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte t10k-labels-idx1-ubyte labels.txt; do
        cp "$_small/$file" "$work/kept"
        case $file in
        *images*) _change_byte "$_small/$file" $((16 + 64 * 5 + 9)) ;;
        *labels-*) _change_byte "$_small/$file" $((8 + 3)) ;;
        *) printf 'zero\none\ntwo\nthree\n' >"$_small/$file" ;;
        esac
        case $file in
        t10k*)
            _refuses "was made with other test data: the test set differs in the"
            says "--force"
            ;;
        labels.txt) _refuses "zero" ;;
        *)
            _refuses "use the data that the run began with, or start a new run"
            _refuses "use the data that the run began with, or start a new run" --force
            ;;
        esac
        cp "$work/kept" "$_small/$file"
    done
    cp -r "$_small" "$work/other"
    _change_byte "$work/other/train-images-idx3-ubyte" $((16 + 64 * 67 + 63)) # the last pixel
    _refuses "other" --data "$work/other"
    # with the same bytes in another folder it continues
    cp -r "$_small" "$work/moved"
    said="descender train --resume, on the same data elsewhere"
    env --default-signal=INT timeout -s INT 1 "$program" train --resume "$work/run" --data "$work/moved" --threads 1 \
        --quiet >/dev/null 2>"$work/.err"
    holds "it went on" grep -q '"event":"resume"' "$work/run/log.jsonl"
}

a_recipe_that_was_edited_is_noticed_with_both_values() {
    _stopped
    sed -i 's/"epochs": 100000/"epochs": 5/' "$work/run/recipe.json"
    _refuses "was made with another recipe: 'epochs' was 100000 and is now 5; change it back in recipe.json, or start a new run"
    sed -i 's/"epochs": 5/"epochs": 100000/; s/"optimiser": "[a-z]*"/"optimiser": "sgd"/' "$work/run/recipe.json"
    _refuses "'optimiser' was \""
}

promises
