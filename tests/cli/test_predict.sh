# SPDX-License-Identifier: MIT
# `descender predict`, with the model inside the program.
. "$(dirname "$0")/lib.sh"

# A 1 that a line of text draws: P2, light ground, dark stroke.
_one() { # FILE WIDTH HEIGHT
    awk -v w="$2" -v h="$3" 'BEGIN {
        printf "P2 %d %d 255\n", w, h
        for (y = 0; y < h; y++) for (x = 0; x < w; x++)
            print (y > h * 0.2 && y < h * 0.8 && x > w * 0.46 && x < w * 0.54) ? 20 : 230 }' >"$1"
}
_one "$work/one.pgm" 100 100
mkdir "$work/folder"
cp "$work/one.pgm" "$work/folder/b.pgm"
_one "$work/folder/a.pgm" 60 80
echo "not an image" >"$work/folder/notes.txt"

a_digit_is_read() {
    run predict "$work/one.pgm"
    exits 0
    prints "one.pgm  1  "
    prints "   then "
}
a_folder_is_a_table_in_the_order_of_names() {
    run predict --top 1 "$work/folder"
    exits 0
    holds "a before b" bash -c '[[ $1 == *a.pgm*b.pgm* ]]' - "$out"
    says "1 other file passed over"
    prints_no "then"
}
standard_input_is_a_file_too() {
    run_shell "'$program' predict - <'$work/one.pgm'"
    exits 0
    prints "standard input  1"
}
json_says_where_and_how_sure() {
    needs_json || return
    run predict --json --top 2 "$work/one.pgm"
    exits 0
    prints '"label": "1"'
    prints '"box"'
    prints '"model": "shipped"'
    holds "two answers" [ "$(json 'len(j["files"][0]["answers"][0]["top"])')" = 2 ]
}
# paper FILE BOX...: 200 x 120, light, with dark boxes, each LEFT,TOP,RIGHT,BOTTOM.
paper() {
    local file=$1
    shift
    printf '%s\n' "$@" | awk -F, 'BEGIN { print "P2 200 120 255" }
        { for (y = $2; y < $4; y++) for (x = $1; x < $3; x++) ink[y * 200 + x] = 1 }
        END { for (i = 0; i < 24000; i++) print (i in ink ? 30 : 220) }' >"$file"
}
nothing_is_left_out_without_a_word() {
    # A 1, another at the edge, a point, a line across.
    paper "$work/several.pgm" 50,20,58,80 0,20,8,80 80,74,84,80 0,100,200,102
    run predict "$work/several.pgm"
    exits 0
    prints "several.pgm  1"
    says "left out: 1 mark at the picture's edge, 1 ruled line or box with what touches it, 1 mark too small for a digit"
    run predict --one "$work/several.pgm"
    exits 0
    says "left out: 1 mark at the picture's edge"
    run predict --quiet "$work/several.pgm"
    exits 0
    says_no "left out"
    paper "$work/whole.pgm" 50,20,58,80
    run predict "$work/whole.pgm"
    exits 0
    says_no "left out"
    needs_json || return
    run predict --json "$work/several.pgm"
    exits 0
    holds "what was left out" [ "$(json '[j["files"][0]["left_out"][k] for k in ("at_edge", "lines", "small", "pale")]')" = "[1, 1, 1, 0]" ]
    holds "the scale" [ "$(json 'j["files"][0]["reduced"]')" = 1 ]
}
what_is_no_digit_is_said_to_be_none() {
    paper "$work/ruled.pgm" 0,30,200,32 0,60,200,62 0,90,200,92
    run predict "$work/ruled.pgm"
    exits 1
    says "ruled.pgm: there is no digit: found 3 ruled lines or boxes with what touches them"
    run predict --one "$work/ruled.pgm"
    exits 1
    says "there is no digit"
    paper "$work/box.pgm" 40,20,140,23 40,97,140,100 40,20,43,100 137,20,140,100
    run predict "$work/box.pgm"
    exits 1
    says "found 1 ruled line or box with what touches it"
    paper "$work/speck.pgm" 90,60,94,64
    run predict "$work/speck.pgm"
    exits 1
    says "found 1 mark too small for a digit"
}
show_shows_what_it_saw() {
    run predict --show "$work/one.pgm"
    exits 0
    prints "what it saw"
    prints "what it went by"
}
the_picture_comes_back_with_boxes() {
    needs_library cairo || return
    run predict "$work/one.pgm" --out "$work/boxed.png"
    exits 0
    says "boxed.png"
    holds "a PNG" bash -c 'head -c 4 "$1" | grep -q PNG' - "$work/boxed.png"
    run predict "$work/folder" --out "$work/boxed.png"
    exits 2
    says "one picture"
}
arrays_of_images_are_raw_by_themselves() {
    # Two blank images, IDX of 2 x 28 x 28: they are not prepared, so blank is fine.
    { printf '\0\0\10\3\0\0\0\2\0\0\0\34\0\0\0\34'; head -c 1568 /dev/zero; } >"$work/two.idx"
    run predict "$work/two.idx" --top 1
    exits 0
    prints "two.idx[0]"
    prints "two.idx[1]"
}
what_is_wrong_is_told() {
    printf 'P2 40 40 255\n' >"$work/blank.pgm"
    yes 200 | head -1600 >>"$work/blank.pgm"
    run predict "$work/blank.pgm"
    exits 1
    says "blank.pgm: there is nothing to read"
    head -c 500 "$work/one.pgm" >"$work/cut.pgm"
    run predict "$work/cut.pgm"
    exits 1
    says "cut.pgm"
    run predict "$work/folder/notes.txt"
    exits 1
    says "expected PNG, PGM, PPM, IDX or NPY"
    run predict "$work/none.png"
    exits 1
    says "none.png"
    run predict --raw "$work/one.pgm"
    exits 1
    says "28 x 28"
    run predict
    exits 2
    run predict "$work/one.pgm" --model "$work/none"
    exits 1
    : >"$work/empty.png"
    run predict "$work/empty.png"
    exits 1
    says "is empty"
}
one_bad_file_does_not_end_the_others() {
    mkdir "$work/mixed"
    cp "$work/one.pgm" "$work/mixed/z.pgm"
    cp "$work/folder/notes.txt" "$work/mixed/a.png"
    run predict "$work/mixed"
    exits 1
    prints "z.pgm"
    says "a.png"
    says "1 of 2 files could not be read"
}
the_shipped_model_shows_itself() {
    run model show
    exits 0
    prints "The model inside the program"
    prints "19,738"
}

promises
