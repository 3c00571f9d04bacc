# SPDX-License-Identifier: MIT
# `descender data pack`: folders of pictures named by class become IDX files that are read back unchanged.
. "$(dirname "$0")/lib.sh"

# Three classes with 10 pictures each; all pictures have different grey values.
_letters() {
    rm -rf "$work/letters" "$work/out"
    local class value=10 i
    for class in alpha beta gamma; do
        mkdir -p "$work/letters/$class"
        for i in 0 1 2 3 4 5 6 7 8 9; do
            pgm "$work/letters/$class/$i.pgm" 6 5 $value
            value=$((value + 1))
        done
    done
}

folders_become_four_files_and_the_names() {
    _letters
    run data pack "$work/letters" "$work/out" --test-share 0.2
    exits 0
    prints "24 training images and 6 test images, 5 x 6, 3 classes"
    same "$(cat "$work/out/labels.txt")" $'alpha\nbeta\ngamma'
    same "$(bytes "$work/out/train-images-idx3-ubyte" 0 | head -16 | tr '\n' ' ')" "0 0 8 3 0 0 0 24 0 0 0 5 0 0 0 6 "
    same "$(bytes "$work/out/t10k-labels-idx1-ubyte" 0 | head -8 | tr '\n' ' ')" "0 0 8 1 0 0 0 6 "
    same "$(bytes "$work/out/t10k-labels-idx1-ubyte" 8 | sort | uniq -c | tr -s ' \n' ' ')" " 2 0 2 1 2 2 "
}
the_folder_of_the_data_is_not_packed_into() {
    _letters
    run data pack "$work/letters" "$work/letters/" --force
    exits 2
    says "is the folder of the data"
    holds "a file was written" test ! -e "$work/letters/labels.txt"
}
dark_ink_is_told_of_digits_alone() {
    local class i
    rm -rf "$work/ink"
    for class in 3 7; do
        mkdir -p "$work/ink/$class"
        for ((i = 0; i < 10; i++)); do
            printf 'P2 3 3 255\n250 250 250 250 %d 250 250 250 250\n' $((i + class * 10)) >"$work/ink/$class/$i.pgm"
        done
    done
    run data pack "$work/ink" "$work/ink-packed"
    exits 0
    says "these images are dark ink on a light ground; MNIST's are the opposite"
    mv "$work/ink/3" "$work/ink/screw"
    run data pack "$work/ink" "$work/ink-packed" --force
    exits 0
    says_no MNIST
}
every_image_is_there_once_with_its_label() {
    _letters
    run data pack "$work/letters" "$work/out" --test-share 0.3 --quiet
    exits 0
    says_nothing
    # One pixel of each image, 30 bytes apart, with its label: 10..19 is class 0, 20..29 class 1, ...
    local pairs
    pairs=$(for set in train t10k; do
        paste <(bytes "$work/out/$set-images-idx3-ubyte" 16 | awk 'NR % 30 == 1') <(bytes "$work/out/$set-labels-idx1-ubyte" 8)
    done | sort -n)
    same "$pairs" "$(for v in $(seq 10 39); do printf '%d\t%d\n' "$v" $((v / 10 - 1)); done)"
}
the_same_seed_gives_the_same_files_and_another_seed_others() {
    _letters
    run data pack "$work/letters" "$work/out"
    run data pack "$work/letters" "$work/again"
    run data pack "$work/letters" "$work/other" --split-seed 2
    exits 0
    holds "the same seed gave other files" diff -r "$work/out" "$work/again"
    holds "another seed gave the same order" test -n "$(cmp "$work/out/train-labels-idx1-ubyte" "$work/other/train-labels-idx1-ubyte")"
}
keep_order_keeps_the_order() {
    _letters
    run data pack "$work/letters" "$work/out" --keep-order --test-share 0
    exits 0
    says "There is no test set"
    same "$(bytes "$work/out/train-images-idx3-ubyte" 16 | awk 'NR % 30 == 1' | tr '\n' ' ')" "$(seq -s' ' 10 39) "
    holds "there is a test set" test ! -e "$work/out/t10k-images-idx3-ubyte"
}
names_that_are_numbers_are_the_labels() {
    rm -rf "$work/numbers"
    mkdir -p "$work/numbers"/{2,10,7}
    pgm "$work/numbers/2/a.pgm" 3 3 2
    pgm "$work/numbers/10/a.pgm" 3 3 10
    pgm "$work/numbers/7/a.PGM" 3 3 7
    run data pack "$work/numbers" "$work/numbers-out" --keep-order --test-share 0
    exits 0
    same "$(bytes "$work/numbers-out/train-labels-idx1-ubyte" 8 | tr '\n' ' ')" "10 2 7 "
    same "$(wc -l <"$work/numbers-out/labels.txt")" 11
}
a_folder_that_is_split_already_stays_so() {
    rm -rf "$work/split"
    mkdir -p "$work/split"/{train,test}/{a,b}
    local value=1 place
    for place in train/a train/b test/a test/b; do
        pgm "$work/split/$place/x.pgm" 4 4 $value
        value=$((value + 1))
    done
    run data pack "$work/split" "$work/split-out" --keep-order
    exits 0
    prints "2 training images and 2 test images"
    same "$(bytes "$work/split-out/t10k-images-idx3-ubyte" 16 | uniq | tr '\n' ' ')" "3 4 "
    mkdir "$work/split/test/c"
    pgm "$work/split/test/c/x.pgm" 4 4 9
    run data pack "$work/split" "$work/split-out" --force
    exits 1
    says "has the class 'c', which the training set lacks"
}
png_images_are_read_too() {
    needs_library libpng || return
    needs_python || return
    mkdir -p "$work/png/0" "$work/png/1"
    /usr/bin/python3 - "$work/png" <<'END'
import struct, sys, zlib
def chunk(kind, data): return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
for label in (0, 1):
    rows = b"".join(b"\0" + bytes(label * 100 + 10 * y + x for x in range(4)) for y in range(3))
    open(f"{sys.argv[1]}/{label}/p.png", "wb").write(b"\x89PNG\r\n\x1a\n" +
        chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 3, 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
END
    run data pack "$work/png" "$work/png-out" --keep-order --test-share 0
    exits 0
    same "$(bytes "$work/png-out/train-images-idx3-ubyte" 16 | tr '\n' ' ')" \
        "0 1 2 3 10 11 12 13 20 21 22 23 100 101 102 103 110 111 112 113 120 121 122 123 "
}
gzip_compresses() {
    _letters
    run data pack "$work/letters" "$work/out" --gzip
    exits 0
    holds "no sound gzip file" gzip -t "$work/out/train-images-idx3-ubyte.gz"
    holds "a plain file too" test ! -e "$work/out/train-images-idx3-ubyte"
}
what_is_packed_is_read_back() {
    _letters
    run data pack "$work/letters" "$work/out"
    run data info --data "$work/out"
    exits 0
    prints "beta"
    prints "5 x 6"
    run data check "$work/out"
    exits 0
}
a_test_set_of_old_data_does_not_stay() {
    _letters
    run data pack "$work/letters" "$work/out"
    run data pack "$work/letters" "$work/out" --force --test-share 0
    exits 0
    holds "the old test set is there still" test ! -e "$work/out/t10k-images-idx3-ubyte"
}
data_stay_whole_when_the_new_ones_cannot_be_read() {
    _letters
    run data pack "$work/letters" "$work/out"
    local before
    before=$(cat "$work/out"/* | cksum)
    echo damaged >"$work/letters/beta/5.pgm"
    run data pack "$work/letters" "$work/out" --force --split-seed 7
    exits 1
    same "$(cat "$work/out"/* | cksum)" "$before"
}
data_that_is_there_is_not_replaced() {
    _letters
    run data pack "$work/letters" "$work/out"
    local before
    before=$(cat "$work/out"/* | cksum)
    run data pack "$work/letters" "$work/out" --split-seed 9
    exits 1
    says "already exists"
    same "$(cat "$work/out"/* | cksum)" "$before"
    run data pack "$work/letters" "$work/out" --split-seed 9 --force --gzip
    exits 0
    holds "the old file hides the new one" test ! -e "$work/out/train-images-idx3-ubyte"
}
images_of_two_sizes_are_refused_and_named() {
    _letters
    pgm "$work/letters/beta/5.pgm" 7 5 1
    run data pack "$work/letters" "$work/out"
    exits 1
    says "beta/5.pgm"
    says "7"
    holds "half of the data was written" test ! -e "$work/out/train-images-idx3-ubyte"
    _letters
    run data pack "$work/letters" "$work/out" --size 28x28
    exits 1
    says "28"
}
folders_that_are_no_classes_are_refused() {
    run data pack "$work/nowhere" "$work/out"
    exits 1
    says "nowhere: there are no data"
    mkdir -p "$work/empty"
    run data pack "$work/empty" "$work/out"
    exits 1
    says "expected images with labels in one of the forms"
    says "found: nothing"
    _letters
    mkdir "$work/letters/delta"
    run data pack "$work/letters" "$work/out"
    exits 1
    says "delta: expected pictures of this class, such as *.png or *.jpg, found none"
    _letters
    pgm "$work/letters/lost.pgm" 6 5 1
    run data pack "$work/letters" "$work/out"
    exits 1
    says "lost.pgm: expected pictures in folders named by class, found a picture outside of them"
    _letters
    mkdir "$work/letters/beta/more"
    run data pack "$work/letters" "$work/out"
    exits 1
    says "beta/more: expected pictures in the folder of a class, found a folder"
}
a_damaged_image_is_named() {
    _letters
    head -c 20 "$work/letters/beta/5.pgm" >"$work/letters/beta/6.pgm"
    run data pack "$work/letters" "$work/out"
    exits 1
    says "beta/6.pgm"
    printf 'not a picture' >"$work/letters/beta/6.pgm"
    run data pack "$work/letters" "$work/out"
    exits 1
    says "beta/6.pgm"
}
other_files_are_passed_over_and_counted() {
    _letters
    echo hello >"$work/letters/README.txt"
    echo hello >"$work/letters/beta/Thumbs.db"
    run data pack "$work/letters" "$work/out"
    exits 0
    says "2 files that are no pictures were skipped"
}
json_tells_what_was_made() {
    needs_json || return
    _letters
    run data pack "$work/letters" "$work/out" --json --test-share 0.2
    exits 0
    same "$(json "j['training_images'], j['test_images'], j['height'], j['width'], j['classes']")" \
        "(24, 6, 5, 6, ['alpha', 'beta', 'gamma'])"
}
wrong_usage_is_told() {
    run data pack "$work/letters"
    exits 2
    says "OUT is missing"
    says "Try 'descender data pack --help'."
    run data pack a b c
    exits 2
    says "'c' is one argument too many"
    run data pack a b --test-share 2
    exits 2
    says "--test-share: expected a number 0 to 0.9, found '2'"
    run data pack a b --size 28y28
    exits 2
    run data pack a b --test-shar 0.2
    exits 1 # an option may be abbreviated if that is unambiguous
    run data pack a b --tset-share 0.2
    exits 2
    says "did you mean '--test-share'?"
    run data pack a b --gzip=maybe
    exits 2
    run data pack a b --split-seed
    exits 2
    says "option '--split-seed' needs a value"
    run data pack a b --no-gzip=on
    exits 2
    says "option '--no-gzip' takes no value"
}

what_is_left_out_of_pictures_is_said_once() {
    local class name scan
    for class in 1 7; do
        mkdir -p "$work/scans/$class"
        for name in a b c; do # b: with a mark at the edge; c: with a mark and a ruled line
            scan=$work/scans/$class/$name.pgm
            awk -v name=$name 'BEGIN { print "P2 100 90 255"
                for (y = 0; y < 90; y++) for (x = 0; x < 100; x++)
                    print ((y > 18 && y < 72 && x > 40 && x < 48) || (name != "a" && x < 8 && y > 18 && y < 72) ||
                        (name == "c" && y > 80 && y < 83)) ? 20 : 230 }' >"$scan"
        done
    done
    run data pack "$work/scans" "$work/scans-data" --prepare
    exits 0
    says "left out of 4 of 6 images: 4 marks at the picture's edge, 2 ruled lines or boxes with what touches them"
    same "$(grep -c "left out" <<<"$err")" 1
    run data pack "$work/scans" "$work/scans-data" --prepare --force --quiet
    says_nothing
    rm "$work"/scans/?/[bc].pgm
    cp "$work/scans/1/a.pgm" "$work/scans/1/b.pgm"
    run data pack "$work/scans" "$work/scans-data" --prepare --force
    exits 0
    says_no "left out"
    needs_json || return
    run data pack "$work/scans" "$work/scans-data" --prepare --force --json
    same "$(json "any('left out' in line for line in j['remarks'])")" False
    run data pack "$work/scans" "$work/scans-data" --force --json
    same "$(json "j['understood']['pictures']")" "as they are, 90 x 100 (height x width), grey"
}

promises
