# SPDX-License-Identifier: MIT
# `descender data info`, `show`, `check` and `fetch`.
. "$(dirname "$0")/lib.sh"

_small="$work/small-data"
small_data "$_small"
_on_small() { run data "$@" --data "$_small"; }
# Makes a copy of the small data, to be damaged.
_copy() {
    rm -rf "$work/copy"
    cp -r "$_small" "$work/copy"
}

data_alone_lists_its_actions() {
    run data
    exits 0
    prints "Actions:"
    run data shwo
    exits 2
    says "unknown action 'shwo'; did you mean 'show'?"
    says "Try 'descender data --help'."
}

# ---- info ----

info_tells_shapes_types_ranges_and_classes() {
    _on_small info
    exits 0
    says_nothing
    prints "small-data"
    same "$(grep '^images' <<<"$out" | tr -s ' ')" "images 68 12"
    same "$(grep '^size' <<<"$out" | tr -s ' ')" "size 8 x 8 8 x 8"
    same "$(grep '^type' <<<"$out" | tr -s ' ')" "type uint8 uint8"
    same "$(grep '^3' <<<"$out" | tr -s ' ')" "3 17 3"
}
info_knows_mnist() {
    needs_mnist || return
    run data info --data "$mnist"
    exits 0
    prints "MNIST"
    same "$(grep '^images' <<<"$out" | tr -s ' ')" "images 60000 10000"
    same "$(grep '^pixels' <<<"$out" | tr -s ' ')" "pixels 0 to 255 0 to 255"
    same "$(grep '^mean' <<<"$out" | tr -s ' ')" "mean 33.3184 33.7912"
    same "$(grep '^1  ' <<<"$out" | tr -s ' ')" "1 6742 1135"
}
info_prints_mnists_published_checksums() {
    needs_mnist || return
    needs_library libcrypto || return
    run data info --data "$mnist"
    prints "training, images  ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"
    prints "training, labels  65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"
    prints "test, images  0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"
    prints "test, labels  ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
}
infos_checksums_are_those_of_the_files() {
    needs_library libcrypto || return
    needs_command sha256sum || return
    _on_small info
    local file
    for file in train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1; do
        prints "$(sha256sum <"$_small/$file-ubyte" | cut -d' ' -f1)"
    done
}
info_in_json_agrees_with_the_files() {
    needs_json || return
    _on_small info --json
    exits 0
    same "$(json "j['train']['images'], j['test']['images'], j['train']['shape'], j['train']['classes']")" \
        "(68, 12, [1, 8, 8], {'0': 17, '1': 17, '2': 17, '3': 17})"
    local mean
    mean=$(bytes "$_small/t10k-images-idx3-ubyte" 16 | awk '{ s += $1 } END { printf "%.6f", s / NR }')
    same "$(json "'%.6f' % j['test']['mean']")" "$mean"
}
the_built_in_digits_need_no_file() {
    run data info --data digits --offline
    exits 0
    prints "built-in digits"
    same "$(grep '^images' <<<"$out" | tr -s ' ')" "images 60000 10000"
}

# ---- show ----

show_draws_in_characters() {
    _on_small show --index 3
    exits 0
    says_nothing
    prints "3: "
    holds "no picture was drawn" test "$(wc -l <<<"$out")" -ge 4
    prints_no $'\033'
}
show_uses_the_terminals_colours() {
    needs_command script || return
    COLORTERM=truecolor run_terminal data show --data "$_small" --index 3
    exits 0
    prints $'\033[38;2;'
    prints "▀"
    COLORTERM='' run_terminal data show --data "$_small" --index 3
    prints $'\033[38;5;'
    NO_COLOR=1 run_terminal data show --data "$_small" --index 3
    prints_no $'\033['
    LC_ALL=C run_terminal data show --data "$_small" --index 3
    prints_no "▀"
}
raw_prints_as_numpy_does() {
    needs_numpy || return
    local flag code
    for flag in "" "--scaled"; do
        _on_small show --index 5 --raw $flag
        exits 0
        code='
import numpy, sys
x = numpy.fromfile(sys.argv[1], numpy.uint8)[16:].reshape(-1, 8, 8)
print(x[5] / 255 if sys.argv[2] else x[5])'
        same "$out" "$(/usr/bin/python3 -c "$code" "$_small/train-images-idx3-ubyte" "$flag")"
    done
}
raw_prints_the_tutorials_image_as_numpy_does() {
    needs_numpy || return
    needs_mnist || return
    local flag code='
import gzip, numpy, sys
x = numpy.frombuffer(gzip.open(sys.argv[1] + "/train-images-idx3-ubyte.gz").read(), numpy.uint8)[16:].reshape(-1, 28, 28)
print(x[59999] / 255 if sys.argv[2] else x[59999])'
    for flag in "" "--scaled"; do
        run data show --data "$mnist" --index 59999 --raw $flag
        exits 0
        same "$out" "$(/usr/bin/python3 -c "$code" "$mnist" "$flag")"
    done
}
random_images_are_numpys_choice() {
    needs_mnist || return
    needs_json || return
    run data show --data "$mnist" --random 5 --json
    exits 0
    # numpy.random.default_rng(147197952744).choice(60000, 5, replace=False)
    same "$(json "[i['index'] for i in j['images']]")" "[43428, 57133, 6514, 37231, 41521]"
    run data show --data "$mnist" --random 5 --json --seed 1
    same "$(json "[i['index'] for i in j['images']] == [43428, 57133, 6514, 37231, 41521]")" False
}
a_label_chooses_its_images() {
    needs_json || return
    _on_small show --label 2 --json
    exits 0
    same "$(json "len(j['images']), {i['label'] for i in j['images']}")" "(10, {2})"
    _on_small show --label 2 --random 17 --json
    same "$(json "len({i['index'] for i in j['images']}), {i['label'] for i in j['images']}")" "(17, {2})"
    _on_small show --label 2 --set test --json
    same "$(json "len(j['images']), j['set']")" "(3, 'test')"
}
json_holds_the_pixels() {
    needs_json || return
    _on_small show --index 7 --json
    same "$(json "[p for c in j['images'][0]['pixels'] for r in c for p in r]" | tr -d '[] ')" \
        "$(bytes "$_small/train-images-idx3-ubyte" $((16 + 7 * 64)) | head -64 | paste -sd,)"
}
pictures_are_written_in_three_formats() {
    _on_small show --index 4 --out "$work/one.pgm"
    exits 0
    same "$(head -c 3 "$work/one.pgm")" "P5"
    same "$(tail -c 64 "$work/one.pgm" | od -An -v -tu1 -w1 | tr -d ' ')" "$(bytes "$_small/train-images-idx3-ubyte" $((16 + 4 * 64)) | head -64)"
    needs_library cairo || { reason=''; return; }
    _on_small show --random 6 --out "$work/six.svg"
    exits 0
    holds "no SVG" grep -q '<svg' "$work/six.svg"
    _on_small show --random 6 --out "$work/six.png"
    exits 0
    same "$(bytes "$work/six.png" 1 | head -3 | tr '\n' ' ')" "80 78 71 "
    prints_nothing
    says "six.png"
}
a_picture_that_cannot_be_written_is_an_error() {
    _on_small show --out "$work/no/such/folder/x.pgm"
    exits 1
    says "x.pgm"
    _on_small show --out "$work/x.gif"
    exits 2
    says "expected a name that ends in .png, .svg, .pgm or .ppm, found"
}
augmented_images_stand_beside_the_one_they_come_from() {
    _on_small show --index 4 --augment "invert" --out "$work/changed.pgm"
    exits 0
    # Ten images of 8 x 8, two pixels apart; the second is the first, inverted.
    same "$(head -c 9 "$work/changed.pgm" | tr '\n' ' ')" "P5 98 8 2"
    same "$(tail -c $((98 * 8)) "$work/changed.pgm" | od -An -v -tu1 -w98 |
        awk '{ for (i = 1; i <= 8; i++) wrong += $i + $(i + 10) != 255; } END { print NR, wrong }')" "8 0"
    _on_small show --index 4 --augment "affine rotate=40" --out "$work/a.pgm"
    _on_small show --index 4 --augment "affine rotate=40" --seed 1 --out "$work/b.pgm"
    same "$(cmp -s "$work/a.pgm" "$work/b.pgm"; echo $?)" 1
    _on_small show --index 4 --augment "invert, afine rotate=40"
    exits 2
    prints_nothing
    says "column 9: unknown augmentation 'afine'; did you mean 'affine'?"
}
an_image_that_is_not_there_is_wrong_usage() {
    _on_small show --index 68
    exits 2
    says "--index: expected 0 to 67, found 68"
    _on_small show --random 69
    exits 2
    says "only 68 images match"
    _on_small show --label 7
    exits 2
    says "has no class '7'"
    _on_small show --set tset
    exits 2
    says "did you mean 'test'?"
}
options_that_contradict_are_wrong_usage() {
    local options
    for options in "--index 1 --random 2" "--index 1 --label 2" "--seed 3" "--scaled" "--raw --out x.png" "--json --out x.pgm" "--augment none --raw" "--augment none --random 101"; do
        _on_small show $options
        exits 2
        prints_nothing
        says "Try 'descender data show --help'."
    done
}

# ---- check ----

sound_data_pass_the_check() {
    run data check "$_small"
    exits 0
    prints "$_small:"
    says_nothing
}
mnist_passes_the_check() {
    needs_mnist || return
    run data check "$mnist"
    exits 0
    prints "MNIST"
    prints ": sound"
}
every_problem_is_found() {
    _copy
    rm "$work/copy/t10k-labels-idx1-ubyte"
    truncate -s 1000 "$work/copy/train-images-idx3-ubyte"
    printf '\001' | dd of="$work/copy/t10k-images-idx3-ubyte" conv=notrunc bs=1 seek=1 2>/dev/null
    run data check "$work/copy"
    exits 1
    prints "t10k-labels-idx1-ubyte"
    prints "train-images-idx3-ubyte"
    prints "t10k-images-idx3-ubyte"
    holds "fewer than three errors" test "$(grep -c '^error: ' <<<"$out")" -ge 3
    says "descender: $work/copy: "
}
a_label_beyond_the_classes_is_found() {
    _copy
    printf '\011' | dd of="$work/copy/train-labels-idx1-ubyte" conv=notrunc bs=1 seek=20 2>/dev/null
    run data check "$work/copy"
    exits 1
    prints "error: "
    prints "train-labels-idx1-ubyte"
    run data info --data "$work/copy"
    exits 1
    says "train-labels-idx1-ubyte"
}
problems_in_json_are_valid() {
    needs_json || return
    _copy
    rm "$work/copy"/t10k-*
    run data check "$work/copy" --json
    exits 1
    same "$(json "j['sound'], j['errors'] >= 2, len(j['findings']) >= 2, j['folder'].endswith('copy')")" "(False, True, True, True)"
    run data check "$_small" --json
    exits 0
    same "$(json "j['sound'], j['errors']")" "(True, 0)"
}
a_folder_that_is_none_is_an_error() {
    run data check "$work/nowhere"
    exits 1
    says "nowhere"
    run data check "$_small/labels.txt"
    exits 1
    says "labels.txt"
}
pictures_without_classes_are_not_said_to_lack_idx_files() {
    mkdir "$work/flat"
    printf 'P5 2 2 255\n1234' >"$work/flat/one.pgm"
    run data check "$work/flat"
    exits 1
    says "expected images with labels in one of the forms"
    says "found: one.pgm"
}
data_that_are_damaged_are_named_with_place() {
    _copy
    gzip "$work/copy/train-images-idx3-ubyte"
    truncate -s -3 "$work/copy/train-images-idx3-ubyte.gz"
    run data info --data "$work/copy"
    exits 1
    prints_nothing
    says "train-images-idx3-ubyte.gz"
    [ "$(id -u)" = 0 ] && return
    _copy
    chmod 0 "$work/copy/train-images-idx3-ubyte"
    run data info --data "$work/copy"
    exits 1
    says "Permission denied"
}

# ---- list ----

list_names_what_is_known_and_where_it_is() {
    needs_mnist || return
    DESCENDER_DATA=$mnist run data list
    exits 0
    says_nothing
    same "$(grep -c '^emnist-' <<<"$out")" 6
    same "$(grep '^k49' <<<"$out" | tr -s ' ')" "k49 232,365 38,547 28 x 28 49 - CC BY-SA 4.0 -"
    holds "MNIST is not where it is" test "$(awk '$1 == "mnist" { print $NF }' <<<"$out")" = "$mnist"
    prints "cifar-10"
}
list_in_json_says_what_each_is() {
    needs_json || return
    DESCENDER_DATA='' run data list --json
    exits 0
    same "$(json "[(d['name'], d['classes'], d['shape']) for d in j if d['name'] in ('usps', 'cifar-10')]")" \
        "[('usps', 10, [1, 16, 16]), ('cifar-10', 10, [3, 32, 32])]"
    same "$(json "[d['place'] for d in j if d['drawn']]")" "[None, None]"
}
a_name_that_is_nearly_known_is_suggested() {
    run data check kmnits
    exits 1
    says 'did you mean "kmnist"?'
    run data info --data kmnits
    exits 1
    says 'did you mean "kmnist"?'
    run data info --data Fashion
    exits 1
    same "$err" 'descender: --data Fashion: there is no such file or folder; did you mean "fashion-mnist"?'
}
debians_fashion_mnist_is_found_by_its_name() {
    [ -d /usr/share/datasets/fashion-mnist ] || because "needs Debian's dataset-fashion-mnist" || return
    DESCENDER_DATA='' run data info --data fashion-mnist --offline
    exits 0
    prints "Fashion-MNIST (/usr/share/datasets/fashion-mnist)"
    prints "Ankle boot"
    needs_library libcrypto || return
    DESCENDER_DATA='' run data fetch fashion-mnist --offline
    exits 0
    same "$out" "/usr/share/datasets/fashion-mnist: holds the 4 files of Fashion-MNIST, checked"
    DESCENDER_DATA='' run data check fashion-mnist
    exits 0
    prints "fashion-mnist: "
}

# ---- fetch (its servers are tested in tests/fetch) ----

fetch_offline_checks_what_is_there() {
    needs_library libcrypto || return
    needs_mnist || return
    run data fetch mnist "$mnist" --offline
    exits 0
    prints "$mnist"
    run data fetch mnist "$work/cache-of-nobody" --offline
    exits 1
    prints_nothing
    says "--offline"
}
fetch_in_json_names_the_files() {
    needs_library libcrypto || return
    needs_mnist || return
    needs_json || return
    run data fetch mnist "$mnist" --offline --json
    exits 0
    same "$(json "len(j['files']), j['files'][3]['name']")" "(4, 't10k-labels-idx1-ubyte.gz')"
}
fetch_names_the_data_set_first() {
    run data fetch ./data --offline
    exits 2
    says "name the data set before the folder: descender data fetch mnist ./data"
    run data fetch kmnits
    exits 2
    says "did you mean 'kmnist'?"
    run data fetch emnist
    exits 2
    says "did you mean 'emnist-digits'?"
    run data fetch digits
    exits 2
    says "digits: has no files, because the program draws it; use it by name: --data digits"
}
fetch_takes_data_from_a_server() {
    needs_library libcurl || return
    needs_library libcrypto || return
    needs_mnist || return
    needs_python || return
    (exec 3<>/dev/udp/127.0.0.1/9) 2>/dev/null || because "needs the loopback interface" || return
    local server port=''
    (cd "$mnist" && exec /usr/bin/python3 -u -m http.server --bind 127.0.0.1 0) >"$work/server" 2>&1 &
    server=$!
    for _ in $(seq 50); do
        port=$(sed -n 's/.*port \([0-9]*\).*/\1/p' "$work/server")
        [ -n "$port" ] && break
        sleep 0.1
    done
    DESCENDER_MIRRORS="http://127.0.0.1:$port/" run data fetch mnist "$work/fetched"
    kill $server
    exits 0
    prints "$work/fetched: holds the 4 files of MNIST, checked"
    holds "a file differs" cmp "$mnist/train-labels-idx1-ubyte.gz" "$work/fetched/train-labels-idx1-ubyte.gz"
    run data fetch mnist "$work/fetched" --offline
    exits 0
}
results_in_json_go_to_a_full_disk_as_an_error() {
    [ -w /dev/full ] || because "needs /dev/full" || return
    run_shell "'$program' data info --json --data '$_small' >/dev/full"
    exits 1
    says "No space left on device"
}

promises
