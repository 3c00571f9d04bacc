# SPDX-License-Identifier: MIT
# `descender predict` with the built-in model.
. "$(dirname "$0")/lib.sh"

# Draws a 1 as a text picture: P2, light ground, dark stroke.
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
a_folder_of_folders_says_what_to_name() {
    mkdir -p "$work/classes/1"
    cp "$work/one.pgm" "$work/classes/1/"
    run predict "$work/classes"
    exits 1
    says "classes: has no images, only 1 folder; name the folders in it"
    run predict "$work/classes/1"
    exits 0
}
a_folder_is_a_table_in_the_order_of_names() {
    run predict --top 1 "$work/folder"
    exits 0
    holds "a before b" bash -c '[[ $1 == *a.pgm*b.pgm* ]]' - "$out"
    says "1 other file skipped"
    prints_no "then"
}
pictures_of_every_format_are_read_or_named() {
    local name library file
    for name in JPEG:libjpeg:jpeg/grey JPEG:libjpeg:jpeg/colour-progressive WebP:libwebp:webp/lossy TIFF:libtiff:tiff/colour-lzw \
        GIF:giflib:gif/plain PNG:libpng:png/grey HEIF:libheif:heif/hevc HEIF:libheif:heif/av1 PDF:poppler:pdf/one; do
        file=$(dirname "$0")/../fuzz/corpus/${name##*:} library=${name#*:}
        library=${library%:*}
        run predict --fit stretch "$file"
        if "$program" --version | grep -q "^with .*$library"; then
            exits 0
            prints "%"
        else
            exits 1
            says "is a ${name%%:*} picture, which this build cannot read, because it lacks $library"
        fi
    done
}
# _pdf FILE CONTENT...: pages of 72 x 72 points, without a cross-reference table, which readers rebuild
_pdf() {
    local file=$1 kids='' objects='' number=3 content
    shift
    for content in "$@"; do
        kids="$kids $number 0 R"
        objects="$objects$number 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]/Contents $((number + 1)) 0 R>>endobj
$((number + 1)) 0 obj<</Length ${#content}>>stream
$content
endstream endobj
"
        number=$((number + 2))
    done
    printf '%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count %d/Kids[%s]>>endobj\n%strailer<</Root 1 0 R>>\n%%%%EOF\n' \
        $# "$kids" "$objects" >"$file"
}
every_page_is_read_in_order() {
    needs_library poppler || return
    _pdf "$work/form.pdf" '34 16 4 40 re f' '20 16 4 40 re f 50 16 4 40 re f'
    run predict --top 1 "$work/form.pdf"
    exits 0
    prints "form.pdf, page 1  1  "
    prints "form.pdf, page 2  reads 11"
    prints "form.pdf, page 2, digit 2  1  "
    needs_json || return
    run predict --json "$work/form.pdf"
    exits 0
    holds "files and pages" [ "$(json '[(f["file"][-8:], f["page"], len(f["answers"])) for f in j["files"]]')" = \
        "[('form.pdf', 1, 1), ('form.pdf', 2, 2)]" ]
}
a_page_that_cannot_be_read_is_told_of_and_the_others_are_read() {
    needs_library poppler || return
    _pdf "$work/blank.pdf" '34 16 4 40 re f' '' '34 16 4 40 re f'
    run predict --top 1 "$work/blank.pdf"
    exits 1
    prints "blank.pdf, page 1  1  "
    prints "blank.pdf, page 3  1  "
    says "blank.pdf, page 2: "
    says "1 of 3 files and pages could not be read"
    run predict --out "$work/read.png" "$work/blank.pdf"
    exits 2
    says "--out draws on one picture, but $work/blank.pdf has 3 pages"
}
pages_beyond_the_first_200_are_told_of() {
    needs_library poppler || return
    local pages=()
    mapfile -t pages < <(yes '34 16 4 40 re f' | head -n 201)
    _pdf "$work/book.pdf" "${pages[@]}"
    run predict --top 1 "$work/book.pdf"
    exits 0
    says "book.pdf: only the first 200 pages are read; the file has more"
    prints "book.pdf, page 200  1  "
    prints_no "page 201"
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
# _paper FILE BOX...: a picture of 200 x 120, light, with dark boxes, each LEFT,TOP,RIGHT,BOTTOM.
_paper() {
    local file=$1
    shift
    printf '%s\n' "$@" | awk -F, 'BEGIN { print "P2 200 120 255" }
        { for (y = $2; y < $4; y++) for (x = $1; x < $3; x++) ink[y * 200 + x] = 1 }
        END { for (i = 0; i < 24000; i++) print (i in ink ? 30 : 220) }' >"$file"
}
nothing_is_left_out_without_a_word() {
    # A 1, another one at the edge, a point, and a line across.
    _paper "$work/several.pgm" 50,20,58,80 0,20,8,80 80,74,84,80 0,100,200,102
    run predict "$work/several.pgm"
    exits 0
    prints "several.pgm  1"
    says "left out: 1 mark at the picture's edge, 1 ruled line or box with what touches it, 1 decimal point or comma"
    run predict --one "$work/several.pgm"
    exits 0
    says "left out: 1 mark at the picture's edge"
    run predict --quiet "$work/several.pgm"
    exits 0
    says_no "left out"
}
one_digit_on_lines_is_read_without_them() {
    needs_json || return
    local lines rules
    _paper "$work/plain.pgm" 90,20,98,100
    run predict --one --json "$work/plain.pgm"
    same "$(json "j['files'][0]['answers'][0]['label']")" 1
    for lines in 0,60,200,62 0,30,200,32+0,60,200,62+0,90,200,92 0,30,200,32+0,90,200,92+30,0,32,120+150,0,152,120; do
        rules=${lines//+/ }
        # shellcheck disable=SC2086 # each is a bar
        _paper "$work/rules.pgm" 90,20,98,100 $rules
        run predict --one --json "$work/rules.pgm"
        exits 0
        same "$(json "[a['label'] for a in j['files'][0]['answers']]")" "['1']"
        same "$(json "j['files'][0]['left_out']['lines']")" "$(wc -w <<<"$rules")"
    done
    _paper "$work/whole.pgm" 50,20,58,80
    run predict "$work/whole.pgm"
    exits 0
    says_no "left out"
    needs_json || return
    run predict --json "$work/several.pgm"
    exits 0
    holds "what was left out" [ "$(json '[j["files"][0]["left_out"][k] for k in ("at_edge", "lines", "small", "points", "pale")]')" = "[1, 1, 0, 1, 0]" ]
    holds "the scale" [ "$(json 'j["files"][0]["reduced"]')" = 1 ]
    holds "their places" [ "$(json 'sorted(m["reason"] for m in j["files"][0]["marks"])')" = "['edge', 'point']" ]
    holds "boxes of pixels" [ "$(json 'all(m["box"]["width"] > 0 for m in j["files"][0]["marks"])')" = True ]
}
# _idx FILE P2...: one array of pictures of 200 x 120, or of the size in _rows and _columns.
_idx() {
    local file=$1 rows=${_rows:-120} columns=${_columns:-200}
    shift
    {
        # shellcheck disable=SC2059  # the bytes, as escapes
        printf "\\0\\0\\10\\3\\0\\0\\0\\$(printf %o $#)\\0\\0\\0\\$(printf %o "$rows")\\0\\0\\0\\$(printf %o "$columns")"
        cat "$@" | LC_ALL=C awk '$1 != "P2" { printf "%c", $1 }'
    } >"$file"
}
nothing_of_an_array_is_left_out_without_a_word() {
    _paper "$work/array-1.pgm" 50,20,58,80 0,20,8,80
    _paper "$work/array-2.pgm" 50,20,58,80
    _paper "$work/array-3.pgm" 50,20,58,80 0,20,8,80 0,100,200,102
    _idx "$work/array.idx" "$work"/array-?.pgm
    run predict --top 1 "$work/array.idx"
    exits 0
    same "$(awk '{ print $2 }' <<<"$out" | tr '\n' ' ')" "1 1 1 "
    says "array.idx: left out of 2 of 3 images: 2 marks at the picture's edge, 1 ruled line or box with what touches it"
    run predict --quiet "$work/array.idx"
    says_no "left out"
    _idx "$work/array-whole.idx" "$work/array-2.pgm"
    run predict "$work/array-whole.idx"
    exits 0
    says_no "left out"
    needs_json || return
    run predict --json "$work/array.idx"
    same "$(json '[j["files"][0]["left_out"][k] for k in ("at_edge", "lines", "small", "pale")]')" "[2, 1, 0, 0]"
    head -c 800 /dev/zero | cat <(printf '\0\0\10\3\0\0\0\1\0\0\0\34\0\0\0\34') - | head -c 800 >"$work/blank.idx"
    run predict --json "$work/blank.idx"
    exits 0
    same "$(json '"left_out" in j["files"][0]')" False # no search was necessary
}
# _light_model RUN PREPARATION: a model of 1 and 7, 28 x 28, dark on light, recorded as prepared or not.
_light_model() {
    local data=$work/data-$2
    mkdir -p "$work/digits/1" "$work/digits/7" "$data"
    _one "$work/digits/1/a.pgm" 60 80
    _one "$work/digits/1/b.pgm" 80 80
    _paper "$work/digits/7/a.pgm" 50,20,90,26 82,26,90,80
    _paper "$work/digits/7/b.pgm" 40,20,90,28 80,28,90,90
    "$program" data pack "$work/digits" "$work/packed" --test-share 0.5 --prepare --force --quiet >/dev/null
    cp "$work/packed"/* "$data"
    for set in train t10k; do
        { head -c 16 "$work/packed/$set-images-idx3-ubyte"
            bytes "$work/packed/$set-images-idx3-ubyte" 16 | LC_ALL=C awk '{ printf "%c", 255 - $1 }'; } >"$data/$set-images-idx3-ubyte"
    done
    echo "{\"preparation\": \"$2\"}" >"$data/images.json"
    "$program" train --data "$data" --recipe tutorial --model "flatten, dense" --batch 1 --epochs 8 --threads 1 --out "$1" --quiet >/dev/null 2>&1
}
a_prepared_digit_is_not_called_a_turned_picture() {
    _light_model "$work/light-run" digits
    run model show "$work/light-run/model.safetensors"
    prints "dark ink on a light ground"
    _paper "$work/dark-on-light.pgm" 50,20,58,80
    awk '$1 == "P2" { print; next } { print 250 - $1 }' "$work/dark-on-light.pgm" >"$work/light-on-dark.pgm"
    local picture answers=()
    for picture in dark-on-light light-on-dark; do
        run predict --model "$work/light-run" "$work/$picture.pgm"
        exits 0
        says_no "inverted"
        answers+=("${out#*.pgm}")
        run predict --model "$work/light-run" --one "$work/$picture.pgm"
        says_no "inverted"
    done
    same "${answers[0]}" "${answers[1]}"
    _idx "$work/light.idx" "$work/dark-on-light.pgm" "$work/light-on-dark.pgm"
    run predict --model "$work/light-run" "$work/light.idx"
    exits 0
    says "prepared as pictures of one digit"
    says_no "inverted"
    same "$(sed 's/.*\]//' <<<"$out" | uniq | wc -l)" 1
    needs_json || return
    run predict --model "$work/light-run" --json "$work/dark-on-light.pgm"
    same "$(json "j['files'][0]['answers'][0]['did']")" "['prepared']"
}
prepare_prepares_whatever_the_model_was_trained_on() {
    _light_model "$work/whole-run" none
    run predict --model "$work/whole-run" "$work/dark-on-light.pgm"
    exits 1
    says "choose to crop, pad or stretch it (--fit); or give --prepare, which finds digits in the picture and prepares them"
    run predict --model "$work/whole-run" --prepare "$work/dark-on-light.pgm"
    exits 0
    says_no "inverted"
    local answer=${out#*.pgm}
    run predict --model "$work/light-run" "$work/dark-on-light.pgm"
    same "${out#*.pgm}" "$answer" # the same weights, and the same image
    # An array of the model's own size is also prepared, if requested.
    _rows=28 _columns=28
    _one "$work/small-1.pgm" 28 28
    _idx "$work/small.idx" "$work/small-1.pgm"
    unset _rows _columns
    run predict --model "$work/whole-run" --prepare "$work/small.idx"
    exits 0
    answer=${out#*]}
    run predict --model "$work/whole-run" --prepare "$work/small-1.pgm"
    same "${out#*.pgm}" "$answer"
}
what_is_no_digit_is_said_to_be_none() {
    _paper "$work/ruled.pgm" 0,30,200,32 0,60,200,62 0,90,200,92
    run predict "$work/ruled.pgm"
    exits 1
    says "ruled.pgm: no digit found, only 3 ruled lines or boxes with what touches them"
    run predict --one "$work/ruled.pgm"
    exits 1
    says "no digit found"
    _paper "$work/box.pgm" 40,20,140,23 40,97,140,100 40,20,43,100 137,20,140,100
    run predict "$work/box.pgm"
    exits 1
    says "only 1 ruled line or box with what touches it"
    _paper "$work/speck.pgm" 90,60,94,64
    run predict "$work/speck.pgm"
    exits 1
    says "only 1 mark too small for a digit"
}
show_shows_what_it_saw() {
    run predict --show "$work/one.pgm"
    exits 0
    prints "what it saw"
    prints "what led to the answer"
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
    run predict "$work/several.pgm" --out "$work/boxed.svg"
    exits 0
    holds "dotted boxes around what was left out" grep -q stroke-dasharray "$work/boxed.svg"
}
arrays_of_images_are_raw_by_themselves() {
    # Two blank images, IDX of 2 x 28 x 28: they are not prepared, so a blank one is no error.
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
    says "blank.pgm: no pixel stands out"
    head -c 500 "$work/one.pgm" >"$work/cut.pgm"
    run predict "$work/cut.pgm"
    exits 1
    says "cut.pgm"
    run predict "$work/folder/notes.txt"
    exits 1
    for format in PGM PPM IDX NPY; do says "$format"; done
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
    prints "76,786"
}

promises
