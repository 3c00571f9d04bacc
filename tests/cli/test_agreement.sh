# SPDX-License-Identifier: MIT
# labels: slow
# All commands that combine a model with data compare them: classes by name, shape, preparation, ground.
. "$(dirname "$0")/lib.sh"

# _scans FOLDER INK GROUND SIDE CLASS...: writes 12 pictures of each class, with a square in one corner for each class.
_scans() {
    local folder=$1 ink=$2 ground=$3 side=$4 class place=0
    shift 4
    for class; do
        mkdir -p "$folder/$class"
        awk -v ink="$ink" -v ground="$ground" -v side="$side" -v place=$place -v to="$folder/$class" 'BEGIN {
            for (i = 0; i < 12; i++) {
                file = to "/" i ".pgm"
                printf "P2 %d %d 255\n", side, side >file
                for (y = 0; y < side; y++) for (x = 0; x < side; x++) {
                    v = int(y * 8 / side) - 1 - int(place / 2) * 3; u = int(x * 8 / side) - 1 - place % 2 * 3
                    on = v >= 0 && v < 3 && u >= 0 && u < 3
                    print on ? (ink > ground ? ink - i : ink + i) : ground >file
                }
                close(file)
            } }'
        place=$((place + 1))
    done
}
# _data FOLDER INK GROUND CLASS...: the same, packed as 8 x 8 images.
_data() {
    local folder=$1 ink=$2 ground=$3
    shift 3
    rm -rf "$work/.scans" "$folder"
    _scans "$work/.scans" "$ink" "$ground" 8 "$@"
    "$program" data pack "$work/.scans" "$folder" --test-share 0.25 --quiet >/dev/null 2>&1 || echo "  # no data"
}
# _swap FROM TO: the same data with the classes in the opposite order, names and labels.
_swap() {
    local name label
    cp -r "$1" "$2"
    tac "$1/labels.txt" >"$2/labels.txt"
    for name in train t10k; do
        head -c 8 "$1/$name-labels-idx1-ubyte" >"$2/$name-labels-idx1-ubyte"
        # shellcheck disable=SC2059  # the bytes, as escapes
        for label in $(bytes "$1/$name-labels-idx1-ubyte" 8); do printf "\\x0$((3 - label))"; done >>"$2/$name-labels-idx1-ubyte"
    done
}
_train() { # DATA RUN
    "$program" train --data "$1" --recipe tutorial --model "flatten, dense" --batch 4 --epochs 12 \
        --optimiser adam --normalise standard --learning-rate 0.02 --threads 1 --precision f32 --out "$2" --quiet >/dev/null || echo "  # no training"
}

_data "$work/dark" 255 0 ant bee cat dog
_data "$work/light" 10 245 ant bee cat dog
_swap "$work/dark" "$work/swapped"
_train "$work/dark" "$work/run"

classes_in_another_order_are_matched_by_name() {
    run evaluate "$work/run" --data "$work/dark"
    exits 0
    says_nothing
    prints "accuracy 100.00 %"
    run evaluate "$work/run" --data "$work/swapped" --per-sample "$work/answers.csv"
    exits 0
    prints "accuracy 100.00 %"
    says "has its classes in another order than the model"
    same "$(cut -d, -f2,3 "$work/answers.csv" | tail -n +2 | sort | uniq -c | tr -s ' \n' ' ')" \
        " 3 ant,ant 3 bee,bee 3 cat,cat 3 dog,dog "
    run report "$work/run" --data "$work/swapped" --seconds 0.01
    exits 0
    prints "100.00 %"
    says "matched by name"
    run card "$work/run" --data "$work/swapped" --samples 4 --seconds 0.01 --out "$work/card.md"
    exits 0
    says "matched by name"
    holds "the card tells what the model expects" grep -q "not prepared, light ink on a dark ground" "$work/card.md"
}
other_classes_are_refused_before_any_work() {
    local command
    cp -r "$work/dark" "$work/other"
    printf 'ant\nbee\nCat\ndog\n' >"$work/other/labels.txt"
    for command in "evaluate" "report" "card"; do
        run $command "$work/run" --data "$work/other"
        exits 1
        says '"Cat", which the model does not know ("cat" differs only in capital and small letters)'
        says "write the name as the model has it: in labels.txt,"
        prints_nothing
    done
    printf 'ant\nbee\neel\ndog\n' >"$work/other/labels.txt"
    run evaluate "$work/run" --data "$work/other"
    exits 1
    says "It has: ant, bee, cat, dog. The data have: ant, bee, eel, dog"
    rm "$work/other/labels.txt"
    run evaluate "$work/run" --data "$work/other"
    exits 1
    says "put a labels.txt beside the files"
    printf 'ant\nbee\ncat\ndog\neel\n' >"$work/other/labels.txt"
    run evaluate "$work/run" --data "$work/other"
    exits 1
    says '"eel"'
}
fewer_classes_are_measured_and_told() {
    local folder=$work/fewer
    _data "$folder" 255 0 ant bee
    run evaluate "$work/run" --data "$folder"
    exits 0
    prints "accuracy 100.00 %"
    says "has 2 of the 4 classes that the model knows"
}
another_shape_is_refused_with_both_shapes() {
    rm -rf "$work/wide"
    _scans "$work/wide" 255 0 16 ant bee cat dog
    run data pack "$work/wide" "$work/wide-data"
    run evaluate "$work/run" --data "$work/wide-data"
    exits 1
    says "images of 1 x 16 x 16 (channels x height x width), but the model was made for 1 x 8 x 8"
}
another_ground_is_told() {
    run evaluate "$work/run" --data "$work/light"
    exits 0
    says "the grounds differ"
    says "is dark ink on a light ground, but the model's training set light ink on a dark ground"
    _train "$work/light" "$work/light-run"
    run evaluate "$work/light-run" --data "$work/light"
    exits 0
    says_nothing
    prints "accuracy 100.00 %"
    run evaluate "$work/light-run" --data "$work/dark"
    says "is light ink on a dark ground, but the model's training set dark ink on a light ground"
}
sets_that_differ_are_told_before_training() {
    cp -r "$work/dark" "$work/mixed"
    cp "$work/light/t10k-images-idx3-ubyte" "$work/mixed/"
    run data check "$work/mixed"
    exits 0
    prints "warning: "
    prints "the test set is dark ink on a light ground, but the training set light ink on a dark ground"
    run train --data "$work/mixed" --recipe tutorial --model "flatten, dense" --batch 4 --epochs 1 \
        --threads 1 --out "$work/mixed-run" --quiet
    exits 0
    says "the test set is dark ink on a light ground"
    run tune --data "$work/mixed" --recipe tutorial --model "flatten, dense" --epochs 1 --trials 1 --threads 1 \
        --out "$work/mixed-tune" --quiet "batch=4|6"
    exits 0
    says "the test set is dark ink on a light ground"
    run data check "$work/dark"
    prints "dark: sound"
    run data check "$work/light"
    prints "note: "
    prints "the opposite of MNIST's"
    prints "light: sound"
}
data_is_checked_against_a_model() {
    run data check "$work/dark" --model "$work/run"
    exits 0
    prints "dark: sound"
    run data check "$work/light" --model "$work/run"
    exits 0
    prints "warning: $work/run: "
    prints "dark ink on a light ground, but the model's training set light ink on a dark ground"
    prints "usable, with 2 warnings"
    run data check "$work/wide-data" --model "$work/run"
    exits 1
    prints "error: $work/run: "
    prints "the model was made for 1 x 8 x 8"
    needs_json || return
    run data check "$work/wide-data" --model "$work/run" --json
    exits 1
    holds "two errors" [ "$(json 'j["errors"]')" = 2 ]
    run data check "$work/dark" --model "$work/nothing"
    exits 1
    says "$work/nothing"
}
what_is_known_of_images_is_shown() {
    run data info --data "$work/light"
    exits 0
    holds "the ground" grep -qE '^ground +light +light' <<<"$out"
    holds "the preparation" grep -qE '^preparation +none +none' <<<"$out"
    run model show "$work/run/model.safetensors"
    exits 0
    prints "images: 1 x 8 x 8, not prepared, light ink on a dark ground"
    run model show
    prints "images: 1 x 28 x 28, prepared as MNIST's digits are, light ink on a dark ground"
    needs_json || return
    run data info --data digits --json
    same "$(json "j['train']['ground'], j['test']['preparation']")" "('dark', 'digits')"
    run model show "$work/run/model.safetensors" --json
    same "$(json "j['images']")" "{'shape': [1, 8, 8], 'preparation': 'none', 'ground': 'dark', 'fit': 'none'}"
    run model show 784-10 --json
    same "$(json "j['images']")" "None"
}
what_does_not_fit_is_in_the_json_too() {
    needs_json || return
    local command
    for command in "evaluate $work/run" "report $work/run --seconds 0.01" "card $work/run --samples 4 --seconds 0.01" \
        "report --compare $work/run $work/run --seconds 0.01"; do
        # shellcheck disable=SC2086  # words
        run $command --data "$work/swapped" --json
        exits 0
        same "$(json 'len(j["remarks"])')" 1
        # The names in the message are those in the list.
        says "$(json 'j["remarks"][0]')"
        says "has its classes in another order than the model"
        # shellcheck disable=SC2086
        run $command --data "$work/dark" --json
        exits 0
        same "$(json 'j["remarks"]')" "[]"
    done
    run evaluate "$work/run" --data "$work/light" --json
    same "$(json 'len(j["remarks"]), "the grounds differ" in j["remarks"][0]')" "(1, True)"
}
a_run_that_was_killed_before_its_first_checkpoint_knows_its_classes() {
    local how=(--recipe tutorial --model "flatten, dense 1500, tanh, dense 1500, tanh, dense" --batch 1 --epochs 1 --threads 1
        --precision f32 --quiet)
    in_background "$program" train --data "$work/dark" "${how[@]}" --out "$work/early"
    wait_for test -s "$work/early/log.jsonl"
    kill -KILL $job
    ended
    holds "it was killed too late" test ! -e "$work/early/checkpoint"
    rm -rf "$work/renamed"
    cp -r "$work/dark" "$work/renamed"
    printf 'ant\nbee\ncow\ndog\n' >"$work/renamed/labels.txt"
    run train --resume "$work/early" --data "$work/renamed" --quiet
    exits 1
    says '"cow", which the run does not know'
    run train --resume "$work/early" --data "$work/wide-data" --quiet
    exits 1
    says "has images of 1 x 16 x 16 (channels x height x width), but the run began with 1 x 8 x 8"
    run train --data "$work/dark" "${how[@]}" --out "$work/early-whole"
    exits 0
    mv "$work/dark" "$work/kept"
    cp -r "$work/swapped" "$work/dark"
    run train --resume "$work/early" --quiet
    exits 0
    says "has its classes in another order than the run"
    rm -r "$work/dark"
    mv "$work/kept" "$work/dark"
    holds "the same model" cmp "$work/early/model.safetensors" "$work/early-whole/model.safetensors"
}
a_run_goes_on_with_its_own_numbering() {
    local how=(--recipe tutorial --model "flatten, dense" --batch 4 --threads 1 --precision f32 --quiet)
    run train --data "$work/dark" "${how[@]}" --epochs 40 --out "$work/whole"
    "$program" train --data "$work/dark" "${how[@]}" --epochs 40 --out "$work/part" >/dev/null 2>&1 &
    while [ ! -e "$work/part/checkpoint" ] && kill -0 $! 2>/dev/null; do sleep 0.01; done
    kill -KILL $! 2>/dev/null
    wait $! 2>/dev/null
    # The data were packed again with another numbering of the classes. The run continues from its checkpoint to the
    # same bits, also if the training was complete when it was killed.
    mv "$work/dark" "$work/kept"
    cp -r "$work/swapped" "$work/dark"
    run train --resume "$work/part" --quiet
    exits 0
    says "has its classes in another order than the run"
    holds "the same model" cmp "$work/part/model.safetensors" "$work/whole/model.safetensors"
    rm -r "$work/dark"
    mv "$work/kept" "$work/dark"
    cp -r "$work/dark" "$work/renamed"
    printf 'ant\nbee\ncow\ndog\n' >"$work/renamed/labels.txt"
    run train --resume "$work/part" --data "$work/renamed" --quiet
    exits 1
    says '"cow", which the run does not know'
    run tune --data "$work/dark" "${how[@]}" --epochs 2 --trials 2 --out "$work/search" learning-rate=0.1..0.5
    exits 0
    run tune --resume "$work/search" --data "$work/swapped" --quiet
    exits 0
    says "has its classes in another order than the search"
    run tune --resume "$work/search" --data "$work/renamed" --quiet
    exits 1
    says '"cow", which the search does not know'
    run train --resume "$work/part" --data "$work/wide-data" --quiet
    exits 1
    says "has images of 1 x 16 x 16 (channels x height x width), but the run began with 1 x 8 x 8"
    run tune --resume "$work/search" --data "$work/wide-data" --quiet
    exits 1
    says "the search began with 1 x 8 x 8"
}
two_models_are_compared_by_the_names_of_their_classes() {
    _train "$work/swapped" "$work/swapped-run"
    run report --compare "$work/run" "$work/swapped-run" --data "$work/dark" --seconds 0.01
    exits 0
    says_no "differs"
    holds "both right" bash -c '[ "$(grep -c "accuracy 100.00 %" <<<"$1")" = 2 ]' - "$out"
    _data "$work/eels" 255 0 ant bee cat eel
    _train "$work/eels" "$work/eels-run"
    run report --compare "$work/run" "$work/eels-run" --data "$work/dark" --seconds 0.01
    exits 1
    says '"eel", which the first model does not know'
}
# _wide FROM TO: adds ground on the sides, so that a square picture becomes twice as wide; in colour.
_wide() {
    awk -v to="$2" 'NR == 1 { side = $2; print "P3", 2 * side, side, 255 >to; next }
        { row[x++] = $1 }
        x == side { for (i = -side / 2; i < 3 * side / 2; i++) { v = i >= 0 && i < side ? row[i] : 0; print v, v, v >to }; x = 0 }' "$1"
}
a_picture_is_fitted_as_the_model_remembers() {
    rm -rf "$work/squares" "$work/fitted"
    _scans "$work/squares" 255 0 64 ant bee cat dog
    _wide "$work/squares/cat/3.pgm" "$work/wide.ppm"
    cp -r "$work/dark" "$work/fitted"
    printf '{"preparation": "none", "fit": "crop"}' >"$work/fitted/images.json"
    _train "$work/fitted" "$work/fitted-run"
    run model show "$work/fitted-run/model.safetensors"
    prints "images: 1 x 8 x 8, cropped to size, light ink on a dark ground"
    run data info --data "$work/fitted"
    prints "fit"
    run predict --model "$work/fitted-run" "$work/squares/cat/3.pgm"
    exits 0
    local square=${out#*.pgm}
    run predict --model "$work/fitted-run" "$work/wide.ppm"
    exits 0
    same "${out#*.ppm}" "$square"
    says "each read as one picture: the model was trained on images that were cropped to size"
    says "cropped and scaled to the model's 8 x 8"
    # Training did not invert the images, and prediction does not either.
    _scans "$work/paper" 10 245 64 cat
    run predict --model "$work/fitted-run" "$work/paper/cat/3.pgm"
    exits 0
    says_no "inverted (255"
    says "dark ink on a light ground, not inverted, although the model was trained on light ink on a dark ground"
}
# Pictures of three sizes, some in colour: the model sees the same images as the packed data.
pictures_are_read_as_they_were_packed() {
    local class fit i
    rm -rf "$work/photos"
    for class in ant bee; do
        mkdir -p "$work/photos/$class"
        for i in 0 1 2 3 4 5; do
            awk -v i=$i -v class=$class 'BEGIN {
                w = 10 + i % 3 * 7; h = 9 + i % 2 * 12
                print (i % 4 == 3 ? "P2" : "P3"), w, h, 255
                for (y = 0; y < h; y++) for (x = 0; x < w; x++) {
                    v = class == "bee" ? x * 255 / w : 255 - y * 200 / h
                    if (i % 4 == 3) print int(v); else print int(v), int(v / 2 + i), int(255 - v) } }' >"$work/photos/$class/$i.ppm"
        done
    done
    for fit in crop pad stretch; do
        rm -rf "$work/packed" "$work/packed-run"
        run data pack "$work/photos" "$work/packed" --size 8x8 --fit $fit --keep-order --test-share 0
        exits 0
        _train "$work/packed" "$work/packed-run"
        run predict --model "$work/packed-run" --top 2 "$work/packed/train-images-idx3-ubyte"
        exits 0
        local packed
        packed=$(sed 's/^[^ ]* *//' <<<"$out")
        same "$(wc -l <<<"$packed")" 12
        run predict --model "$work/packed-run" --top 2 "$work/photos/ant" "$work/photos/bee"
        exits 0
        same "$(sed 's/^[^ ]* *//' <<<"$out")" "$packed"
    done
}
a_model_that_knows_no_fit_is_told_one() {
    rm -rf "$work/squares"
    _scans "$work/squares" 255 0 64 ant bee cat dog
    _wide "$work/squares/cat/3.pgm" "$work/wide.ppm"
    run predict --model "$work/run" "$work/wide.ppm"
    exits 1
    says "64 x 128 pixels"
    says "choose to crop, pad or stretch it (--fit)"
    run predict --model "$work/run" "$work/squares/cat/3.pgm"
    local square=${out#*.pgm}
    run predict --model "$work/run" --fit crop "$work/wide.ppm"
    exits 0
    same "${out#*.ppm}" "$square"
    run predict --model "$work/run" --fit pad "$work/wide.ppm"
    exits 0
    says "scaled and padded to the model's 8 x 8"
    run predict --model "$work/run" --fit stretch --raw "$work/wide.ppm"
    exits 2
    says "--fit"
    run predict --model "$work/run" --fit stretch --prepare "$work/wide.ppm"
    exits 2
    run predict --fit stretch "$work/squares/cat/3.pgm" # the built-in model: the picture is one image
    exits 0
    says "stretched to the model's 28 x 28"
}
a_picture_is_read_as_the_model_was_trained() {
    rm -rf "$work/pictures"
    _scans "$work/pictures" 10 245 64 ant bee cat dog
    run predict --model "$work/run" --top 1 "$work/pictures/cat/3.pgm"
    exits 0
    prints "cat"
    says "each read as one picture: the model was trained on images that were not prepared"
    says "scaled to the model's 8 x 8"
    says "inverted (255 - pixel)"
    _data "$work/again" 10 245 ant bee cat dog
    run predict --model "$work/run" --top 1 "$work/again/t10k-images-idx3-ubyte"
    exits 0
    says "12 images of dark ink on a light ground, inverted"
    same "$(awk '{ print $2 }' <<<"$out" | sort | uniq -c | tr -s ' \n' ' ')" " 3 ant 3 bee 3 cat 3 dog "
    run predict --model "$work/run" --top 1 --raw "$work/again/t10k-images-idx3-ubyte"
    exits 0
    says "not inverted, although the model was trained on light ink on a dark ground"
    run predict --model "$work/run" --raw "$work/pictures/cat/3.pgm"
    exits 1
    says "64 x 64 pixels (height x width), but --raw requires the model's size, 8 x 8"
    run predict --model "$work/run" --prepare "$work/pictures/cat/3.pgm"
    exits 1
    says "omit --prepare"
    run predict --model "$work/run" --prepare --raw "$work/pictures/cat/3.pgm"
    exits 2
    pgm "$work/flat.pgm" 64 20 9
    run predict --model "$work/run" "$work/flat.pgm"
    exits 1
    says "20 x 64 pixels (height x width), but the model was trained on whole images of 8 x 8"
    needs_json || return
    run predict --model "$work/run" --json --quiet "$work/pictures/dog/1.pgm"
    same "$(json "j['files'][0]['answers'][0]['did']")" "['scaled', 'turned']"
}
scans_are_packed_as_predict_prepares_them() {
    needs_json || return
    local light=$work/strokes
    mkdir -p "$light/1" "$light/7"
    awk 'BEGIN { print "P2 100 90 255"
        for (y = 0; y < 90; y++) for (x = 0; x < 100; x++) print (y > 18 && y < 72 && x > 30 && x < 40) ? 20 : 230 }' >"$light/1/a.pgm"
    awk 'BEGIN { print "P2 100 120 255" # on ruled paper
        for (y = 0; y < 120; y++) for (x = 0; x < 100; x++)
            print (y > 18 && y < 102 && x > 45 && x < 55) ? 20 : (y % 40 < 2) ? 120 : 230 }' >"$light/1/b.pgm"
    awk 'BEGIN { print "P2 80 100 255"
        for (y = 0; y < 100; y++) for (x = 0; x < 80; x++)
            print ((y > 18 && y < 26 && x > 20 && x < 60) || (y >= 26 && y < 80 && x > 52 && x < 60)) ? 220 : 30 }' >"$light/7/a.pgm"
    run data pack "$light" "$work/strokes-data" --keep-order --test-share 0
    exits 1
    says "or be digits to prepare (--prepare)"
    run data pack "$light" "$work/strokes-data" --keep-order --test-share 0 --prepare --json
    exits 0
    same "$(json "j['height'], j['width'], j['preparation'], j['ground']")" "(28, 28, 'digits', 'dark')"
    same "$(tr -d ' \n' <"$work/strokes-data/images.json")" '{"preparation":"digits"}'
    # The network answers all with the same bits: it sees the same images.
    run predict --json --quiet "$light/1/a.pgm" "$light/1/b.pgm" "$light/7/a.pgm"
    local pictures
    pictures=$(json "[f['answers'][0]['top'] for f in j['files']]")
    run predict --json --quiet "$work/strokes-data/train-images-idx3-ubyte"
    same "$(json "[a['top'] for a in j['files'][0]['answers']]")" "$pictures"
    # Only the size of the images may be named.
    run data pack "$light" "$work/strokes-named" --keep-order --test-share 0 --prepare --size 28x28
    exits 0
    holds "other images" cmp "$work/strokes-data/train-images-idx3-ubyte" "$work/strokes-named/train-images-idx3-ubyte"
    run data pack "$light" "$work/strokes-data" --force --prepare --size 32x32
    exits 2
    says "prepare makes images of 28x28"
    pgm "$light/7/blank.pgm" 50 50 200
    run data pack "$light" "$work/strokes-data" --force --prepare
    exits 1
    says "7/blank.pgm"
    says "remove the picture or correct it"
}
images_that_were_prepared_elsewhere_are_noted_as_such() {
    local class
    for class in 0 1; do
        mkdir -p "$work/elsewhere/$class"
        awk -v wide=$((4 + class * 8)) -v to="$work/elsewhere/$class" 'BEGIN {
            for (i = 0; i < 10; i++) {
                file = to "/" i ".pgm"
                print "P2 28 28 255" >file
                for (y = 0; y < 28; y++) for (x = 0; x < 28; x++)
                    print (y >= 4 && y < 24 && 2 * x >= 28 - wide && 2 * x < 28 + wide) ? 255 - i : 0 >file
                close(file)
            } }'
    done
    run data pack "$work/elsewhere" "$work/elsewhere-data"
    exits 0
    says "look like digits prepared as MNIST's are; images.json says so"
    same "$(tr -d ' \n' <"$work/elsewhere-data/images.json")" '{"preparation":"digits"}'
}
scans_that_are_packed_as_they_are_say_their_ground() {
    rm -rf "$work/.scans"
    _scans "$work/.scans" 10 245 28 0 1 2 3
    run data pack "$work/.scans" "$work/paper"
    exits 0
    says "these images are dark ink on a light ground"
    says "use --prepare"
    same "$(tr -d ' \n' <"$work/paper/images.json")" '{"preparation":"none"}'
    run data pack "$work/.scans" "$work/prepared" --prepare
    exits 0
    says_no "light ground"
    # A model of the first data reads scans unchanged; a model of the second prepares them. Neither prints anything
    # with --quiet.
    _train "$work/paper" "$work/paper-run"
    _train "$work/prepared" "$work/prepared-run" 2>/dev/null # squares in the middle: nothing to learn
    run predict --model "$work/paper-run" --quiet --top 1 "$work/.scans"/{0,1,2,3}
    exits 0
    says_nothing
    same "$(awk '{ print $2 }' <<<"$out" | sort | uniq -c | tr -s ' \n' ' ')" " 12 0 12 1 12 2 12 3 "
    run model show "$work/prepared-run/model.safetensors"
    prints "prepared as MNIST's digits are, light ink on a dark ground"
    run evaluate "$work/prepared-run" --data "$work/paper"
    exits 0
    says "data pack --prepare"
    echo '{"preparation": "letters"}' >"$work/paper/images.json"
    run data check "$work/paper"
    exits 1
    prints 'expected "none" or "digits", found "letters"'
    run train --data "$work/paper" --out "$work/none"
    exits 1
    says "images.json"
    echo '{"preparation": "digits"}' >"$work/paper/images.json"
    run data check "$work/paper"
    exits 0
    prints "says that these are prepared digits"
}
arrays_of_mnist_are_read_on_either_ground() {
    needs_mnist || return
    needs_python || return
    /usr/bin/python3 - "$mnist" "$work" <<'END'
import gzip, os, sys
path = os.path.join(sys.argv[1], "t10k-images-idx3-ubyte")
x = (gzip.open(path + ".gz") if os.path.exists(path + ".gz") else open(path, "rb")).read(16 + 60 * 784)[16:]
head = lambda n: bytes([0, 0, 8, 3, 0, 0, 0, n, 0, 0, 0, 28, 0, 0, 0, 28])
turned = bytes(255 - v for v in x)
grey = bytes(200 - v * 6 // 10 + k * 7 % 9 for k, v in enumerate(x))
half = b"".join((turned if i % 2 else x)[784 * i:784 * i + 784] for i in range(60))
aside = b"".join(bytes(7) + x[28 * r:28 * r + 21] for r in range(60 * 28))
for name, y in ("plain", x), ("turned", turned), ("grey", grey), ("half", half), ("aside", aside):
    open(f"{sys.argv[2]}/{name}.idx", "wb").write(head(60) + y)
open(f"{sys.argv[2]}/one.idx", "wb").write(head(1) + turned[:784])
END
    _answers() {
        run predict --top 1 "$@"
        exits 0
        answers=$(awk '{ print $2 == "no" ? substr($4, 2) : $2 }' <<<"$out") # "no digit (5 at 46.7 %)": 5
    }
    local answers plain name
    _answers "$work/plain.idx"
    says_nothing
    plain=$answers
    for name in turned grey half; do
        _answers "$work/$name.idx"
        says "prepared as pictures of one digit"
        same "$(paste -d= <(echo "$answers") <(echo "$plain") | awk -F= '$1 != $2' | wc -l)" 0
    done
    says "half.idx: 30 images"
    _answers "$work/one.idx"
    same "$answers" "$(head -1 <<<"$plain")"
    _answers --raw "$work/turned.idx"
    says "not inverted, although"
    _answers "$work/aside.idx"
    says "aside.idx: 60 images, not changed. The model was trained on prepared digits"
    _answers --prepare "$work/plain.idx"
    says_nothing
    same "$(paste -d= <(echo "$answers") <(echo "$plain") | awk -F= '$1 != $2' | wc -l)" 0
}

promises
