# SPDX-License-Identifier: MIT
# Data of any form, in training and in later commands: the recipe of a run records how its data were read.
. "$(dirname "$0")/lib.sh"

# A table of two classes, dark and light, which a network learns at once.
_table() {
    local i
    echo "label,a,b,c,d" >"$work/train.csv"
    for ((i = 0; i < 40; i++)); do echo "$((i % 2 ? 7 : 3)),$((i % 2 * 200 + i)),$((i % 2 * 200 + i)),0,9" >>"$work/train.csv"; done
}

a_table_is_trained_on_evaluated_and_resumed_with_the_same_split() {
    _table
    run train --data "$work/train.csv" --test-share 0.25 --split-seed 5 --model "flatten, dense" --epochs 3 --batch 4 --out "$work/run" --quiet
    exits 0
    says "has no test set; 10 of 40 images are held out as one (25 % of each class"
    holds "the recipe keeps the share" grep -q '"test-share": 0.25' "$work/run/recipe.json"
    run evaluate "$work/run"
    exits 0
    prints "10"
    says "10 of 40 images are held out"
    run train --resume "$work/run" --quiet
    says_no "was begun with other"
    run evaluate "$work/run" --test-share 0.5
    exits 0
    says "20 of 40 images are held out"
}
data_without_a_test_set_are_described_checked_and_studied() {
    _table
    run data info --data "$work/train.csv" --test-share 0
    exits 0
    holds "the counts" grep -qE '^images +40 +-$' <<<"$out"
    holds "a class" grep -qE '^7 +20 +-$' <<<"$out"
    run data info --data "$work/train.csv" --test-share 0 --json
    exits 0
    prints '"test": null'
    run data show --data "$work/train.csv" --test-share 0
    exits 0
    run data check "$work/train.csv" --test-share 0
    exits 0
    run data show --data "$work/train.csv" --test-share 0 --set test
    exits 2
    says "a --test-share of 0 holds no images out as one"
    local command
    for command in "cross-validate --folds 2" "learn-curve --samples 10" "tune --trials 2 --validation 0.2 batch=4|8"; do
        # shellcheck disable=SC2086  # a command and its options
        run $command --data "$work/train.csv" --test-share 0 --model "flatten, dense" --recipe tutorial --epochs 1 --batch 4 \
            --out "$work/untested-${command%% *}" --quiet
        exits 0
    done
    run cross-validate --resume "$work/untested-cross-validate"
    says "2 folds of 40 images"
}
a_run_on_all_images_is_not_measured_on_some_of_them() {
    _table
    run train --data "$work/train.csv" --test-share 0 --model "flatten, dense" --epochs 1 --batch 4 --out "$work/all"
    exits 0
    says "Next: descender evaluate $work/all --split train"
    run evaluate "$work/all" --split train
    exits 0
    run evaluate "$work/all"
    exits 2
    says "--split train"
    run report "$work/all"
    exits 2
    says "a --test-share of 0 holds no images out as one; name other data with --data, or hold some out"
}
images_of_one_class_are_told() {
    mkdir -p "$work/one/only"
    local i
    for ((i = 0; i < 10; i++)); do pgm "$work/one/only/$i.pgm" 8 8 $i; done
    run train --data "$work/one" --model "flatten, dense" --epochs 1 --batch 4 --out "$work/one-run" --quiet
    exits 0
    says "all labels are of one class, only; a network needs at least two classes"
}
a_column_too_many_is_told() {
    { echo "writer,label,a,b,c,d,e,f,g,h,i"; echo "1,3,1,2,3,4,5,6,7,8,9"; } >"$work/column.csv"
    run data info --data "$work/column.csv"
    exits 1
    says "10 numbers, which is no square of grey pixels; if a column is neither label nor pixel"
}
a_recipe_for_other_images_is_named() {
    _table
    run train --data "$work/train.csv" --recipe mnist-98 --epochs 1 --out "$work/never"
    exits 2
    says "784 inputs, but an image is (1, 2, 2): 4 numbers; begin with 4; the network of the recipe mnist-98 does not fit these images: omit --recipe"
    run train --data "$work/train.csv" --recipe mnist-98 --model 5-2 --epochs 1 --out "$work/never"
    exits 2
    says_no "does not fit these images"
}
a_models_file_does_not_know_how_its_data_were_split() {
    _table
    run train --data "$work/train.csv" --split-seed 7 --model "flatten, dense" --epochs 1 --batch 4 --out "$work/seventh" --quiet
    exits 0
    run evaluate "$work/seventh/model.safetensors" --data "$work/train.csv"
    says "The model's file does not record how its data were split."
    run evaluate "$work/seventh/model.safetensors" --data "$work/train.csv" --split-seed 7
    says_no "does not record"
    run evaluate "$work/seventh"
    says_no "does not record"
    run quantise "$work/seventh/model.safetensors" --data "$work/train.csv"
    says "does not record how its data were split"
}
info_says_how_data_were_understood() {
    _table
    run data info --data "$work/train.csv"
    exits 0
    prints "csv: table"
    prints 'column 1, "label" of 5, named by the header'
    prints "drawn with seed 1"
    needs_json || return
    run data info --data "$work/train.csv" --json
    same "$(json "j['understood']['training set'], len(j['remarks'])")" "('train.csv (40 rows)', 1)"
}
pictures_of_phones_and_pages_are_data_and_further_pages_are_told_of() {
    needs_library libheif && needs_library poppler || return
    local corpus
    corpus=$(dirname "$0")/../fuzz/corpus
    mkdir -p "$work/phone/a" "$work/phone/b"
    cp "$corpus/heif/hevc" "$work/phone/a/1.HEIC"
    cp "$corpus/heif/av1" "$work/phone/a/2.avif"
    cp "$corpus/pdf/one" "$work/phone/b/1.pdf"
    cp "$corpus/pdf/two" "$work/phone/b/2.pdf"
    run data pack "$work/phone" "$work/phone-packed" --size 8x8 --fit stretch --test-share 0
    exits 0
    says "files with several pages, of which the first was taken: 1"
    run data info --data "$work/phone" --size 8x8 --fit stretch --test-share 0.5
    exits 0
    prints "4 pictures in folders by class"
    prints "the first page of each file, 1 of which have several"
}
pictures_are_trained_on_without_packing() {
    local class i
    for class in cat dog; do
        mkdir -p "$work/photos/$class"
        for ((i = 0; i < 10; i++)); do pgm "$work/photos/$class/$i.pgm" $((6 + i)) 8 $((i * 5 + (${#class} + i) % 2)); done
    done
    run data info --data "$work/photos"
    exits 1
    says "--size 64x64 --fit crop"
    run train --data "$work/photos" --size 8x8 --fit stretch --model "flatten, dense" --epochs 1 --batch 4 --out "$work/pictures" --quiet
    exits 0
    run model show "$work/pictures/model.safetensors"
    prints "stretched to size"
    run data pack "$work/photos" "$work/packed" --size 8x8 --fit stretch --quiet
    exits 0
    run evaluate "$work/pictures" --data "$work/packed"
    exits 0
}
data_of_any_form_are_checked() {
    local i
    { echo "label,a,b,c,d"; for ((i = 0; i < 40; i++)); do echo "$((i % 2)),$((i / 4)),1,2,3"; done; echo "2,250,1,2,4"; } >"$work/doubtful.csv"
    run data check "$work/doubtful.csv" --test-share 0.25
    exits 0
    prints "warning: training set: fewer than 10 images of 1 of 3 classes: 2 (1)"
    prints "images repeat an earlier image under another label"
    prints "test images are also in the training set"
    run data check "$work/doubtful.csv" --json
    exits 0
    prints '"sound": true'
    run train --data "$work/doubtful.csv" --model "flatten, dense" --epochs 1 --batch 4 --out "$work/doubtful" --quiet
    exits 0
    says "test images are also in the training set"
}
what_is_none_of_the_forms_is_told() {
    mkdir -p "$work/none"
    echo hello >"$work/none/readme.txt"
    run data info --data "$work/none"
    exits 1
    says "expected images with labels in one of the forms idx, cifar, csv, arrays, safetensors, libsvm, folder"
    says "found: readme.txt"
    run help forms
    exits 0
    prints "csv"
    prints "folder"
}

arrays_are_not_brought_to_another_size_nor_prepared() {
    small_data "$work/arrays"
    run data info --data "$work/arrays" --size 4x4
    exits 1
    says "its images are arrays of 8 x 8 pixels, but size scales only pictures, here to 4 x 4"
    run data info --data "$work/arrays" --size 8x8
    exits 0
    run data info --data "$work/arrays" --prepare
    exits 1
    says "its images are arrays of 8 x 8 pixels that are not prepared, but prepare works only on pictures; omit prepare"
}

promises
