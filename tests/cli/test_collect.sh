# SPDX-License-Identifier: MIT
# From a mistake to a better model: digits that are corrected on the page of `descender serve` are collected, and
# training continues with them.
. "$(dirname "$0")/lib.sh"

# bar TOP HEIGHT: a dark bar on white, 56 x 56 bytes.
_bar() {
    local white black
    printf -v white '%*s' 24 ''
    printf -v black '%*s' 8 ''
    local blank="${white// /\\377}${black// /\\377}${white// /\\377}" line="${white// /\\377}${black// /\\000}${white// /\\377}" y
    for ((y = 0; y < 56; y++)); do
        # shellcheck disable=SC2059  # the bytes, as escapes
        if ((y >= $1 && y < $1 + $2)); then printf "$line"; else printf "$blank"; fi
    done
}
# _post PORT PATH FILE: $out is the server's answer.
_post() {
    exec 9<>"/dev/tcp/127.0.0.1/$1"
    { printf 'POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %s\r\n\r\n' "$2" "$(wc -c <"$3")"; cat "$3"; } >&9
    out=$(cat <&9)
    exec 9>&-
}
_serve() {
    : >"$work/.out"
    said="descender serve $*"
    "$program" serve --port 0 --runs "$work/runs" "$@" >"$work/.out" 2>"$work/.err" </dev/null &
    id=$!
    wait_for grep -q http "$work/.out"
    port=$(sed -n 's|.*:\([0-9]*\)/$|\1|p' "$work/.out")
}

# The built-in model reads upright bars as ones; this writer writes sevens that way.
mistakes_that_are_corrected_are_learned() {
    needs_library libmicrohttpd || return
    local id port i seen folder="$work/corrections" digits=''
    _serve --collect "$folder"
    for i in 1 2 3; do
        _bar $((8 + i)) $((34 - 4 * i)) >"$work/bar"
        { printf 'P5\n56 56\n255\n'; cat "$work/bar"; } >"$work/bar-$i.pgm"
        _post "$port" "/api/read?width=56&height=56" "$work/bar"
        prints '"label":"1"'
        seen=$(sed -n 's/.*"seen":"\([^"]*\)".*/\1/p' <<<"$out")
        digits="$digits${digits:+,}{\"image\":\"$seen\",\"label\":\"7\"}"
    done
    printf '{"digits":[%s]}' "$digits" >"$work/corrected"
    _post "$port" "/api/collection" "$work/corrected"
    prints '"kept":3,"count":3'
    # First as the page starts it; then as a person types it.
    : >"$work/nothing"
    _post "$port" "/api/training?data=$(realpath "$folder")&recipe=auto&from=" "$work/nothing"
    prints '"run":"'
    wait_for test -e "$work/runs/0001-corrections/model.safetensors"
    _post "$port" "/api/read?width=56&height=56&network=0001-corrections" "$work/bar"
    prints '"label":"7"'
    kill -TERM "$id"
    wait "$id"
    run train --data "$folder" --from "$folder/model.safetensors" --test-share 0 --augment none --learning-rate 0.0005 --epochs 60 \
        --batch 3 --out "$work/typed" --quiet
    exits 0
    for i in 1 2 3; do
        run predict --model "$work/typed" "$work/bar-$i.pgm" --json
        prints '"label": "7"'
    done
}
a_folder_of_other_data_is_refused() {
    needs_library libmicrohttpd || return
    small_data "$work/small"
    run serve --port 0 --runs "$work/runs" --collect "$work/small"
    exits 1
    says "give another folder"
    run serve --port 0 --collect "$work/none" --read-only
    exits 2
    says "--read-only"
    [ ! -e "$work/none" ] || complain "a folder was made"
}
# At every moment of a kill, the next server finds as many images as labels, and no image is lost that was reported as
# kept.
a_kill_loses_nothing_that_was_kept() {
    needs_library libmicrohttpd || return
    local id port i folder="$work/killed" kept=0 images labels zeros
    zeros=$(head -c 784 /dev/zero | base64 -w 0)
    printf '{"digits":[{"image":"%s","label":"3"}]}' "$zeros" >"$work/one"
    for i in 1 2 3 4 5 6; do
        _serve --collect "$folder"
        _post "$port" "/api/collection" "$work/one"
        prints '"kept":1'
        kept=$(sed -n 's/.*"count":\([0-9]*\).*/\1/p' <<<"$out")
        (_post "$port" "/api/collection" "$work/one") 2>/dev/null &
        sleep 0.00$i
        kill -KILL "$id"
        wait "$id" $! 2>/dev/null
        _serve --collect "$folder"
        images=$(bytes "$folder/train-images-idx3-ubyte" 4 | head -4 | tail -1)
        labels=$(bytes "$folder/train-labels-idx1-ubyte" 4 | head -4 | tail -1)
        same "$images" "$labels"
        [ "$labels" -ge "$kept" ] || complain "$kept were kept, $labels are there"
        kill -TERM "$id"
        wait "$id"
    done
}

promises
