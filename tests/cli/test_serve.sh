# SPDX-License-Identifier: MIT
# `descender serve`, the command: it starts, prints its address, answers, and ends. (Its answers: tests/serve.)
. "$(dirname "$0")/lib.sh"

_has_server() { "$program" --version | grep -q '^with .*libmicrohttpd'; }

# _ask PORT HOST ORIGIN [PATH HEADER]: $out is the server's answer. $at: the address to connect to.
_ask() {
    exec 9<>"/dev/tcp/${at:-127.0.0.1}/$1"
    printf 'GET %s HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\n%s\r\nConnection: close\r\n\r\n' "${4:-/api/model}" "$2" "$3" "${5:-X-None: 1}" >&9
    out=$(tr -d '\000' <&9)
    exec 9>&-
}

# _serve ARGUMENT...: starts the server and waits for its address; $id is its process. Clears the previous output
# first: otherwise it would be read until the new process opens the file.
_serve() {
    : >"$work/.out"
    said="descender serve $*"
    "$program" serve --port 0 "$@" >"$work/.out" 2>"$work/.err" </dev/null &
    id=$!
    wait_for grep -q http "$work/.out"
    port=$(sed -n 's|.*:\([0-9]*\)/$|\1|p' "$work/.out")
    wait_for grep -q . "$work/.err" # this is the last line about it
}

names_are_answered_that_it_is_told() {
    needs_library libmicrohttpd || return
    local id port token cookie
    _serve --runs "$work" --allow-host "digits.example.org,pad"
    _keep
    says "warning: other machines can reach this server"
    says "only this machine may start training"
    prints "http://pad:$port/?token="
    token=$(sed -n 's|^http://digits.example.org:[0-9]*/?token=\([0-9a-f]*\)$|\1|p' <<<"$out")
    same "${#token}" 32
    _ask "$port" digits.example.org https://digits.example.org
    prints 'HTTP/1.1 403'
    prints 'a token is required'
    _ask "$port" digits.example.org https://digits.example.org "/?token=$token"
    prints 'HTTP/1.1 200'
    prints 'HttpOnly; SameSite=Strict'
    cookie=$(sed -n 's/^Set-Cookie: \([^;]*\);.*/\1/p' <<<"$out")
    _ask "$port" digits.example.org https://digits.example.org /api/model "Cookie: a=b; $cookie"
    prints '"parameters":76786'
    _ask "$port" evil.example http://evil.example /api/model "Cookie: $cookie"
    prints 'HTTP/1.1 403'
    # This machine needs no token; a proxy that claims to be this machine does.
    _ask "$port" localhost http://localhost
    prints '"parameters":76786'
    _ask "$port" localhost http://localhost /api/model "X-Forwarded-For: 192.0.2.1"
    prints 'HTTP/1.1 403'
    kill -TERM "$id"
    wait "$id"
    _keep
    says_no "$token"
    run serve --allow-host http://digits.example.org
    exits 2
    says "without http:// and port"
}
others_need_the_token_whatever_name_they_use() {
    needs_library libmicrohttpd || return
    local id port address
    address=$(hostname -I 2>/dev/null | tr ' ' '\n' | grep -m 1 '^[0-9.]*$')
    [ -n "$address" ] || because "needs an address beside 127.0.0.1" || return
    _serve --runs "$work" --host 0.0.0.0
    port=$(sed -n 's|^http://0.0.0.0:\([0-9]*\)/?token=.*|\1|p' "$work/.out")
    at=$address _ask "$port" localhost http://localhost
    prints 'HTTP/1.1 403'
    _ask "$port" localhost http://localhost
    prints '"parameters":76786'
    kill -TERM "$id"
    wait "$id"
}
the_page_names_no_path() {
    needs_library libmicrohttpd || return
    local small="$work/small" id port
    small_data "$small"
    "$program" train --data "$small" --recipe tutorial --model "flatten, dense" --batch 8 --epochs 1 --out "$work/run" >/dev/null 2>&1
    _serve "$work/run" --runs "$work/none"
    _ask "$port" localhost http://localhost
    prints '"name":"run"'
    prints_no "$work"
    kill -TERM "$id"
    wait "$id"
}
it_says_where_and_ends_with_ctrl_c() {
    needs_library libmicrohttpd || return
    local id port
    _serve --runs "$work"
    _keep
    prints "http://127.0.0.1:"
    exec 9<>"/dev/tcp/127.0.0.1/$port"
    printf 'GET /api/model HTTP/1.1\r\nHost: localhost:%s\r\nConnection: close\r\n\r\n' "$port" >&9
    out=$(cat <&9)
    exec 9>&-
    prints '"parameters":76786'
    # Through `ssh -L 9000:localhost:PORT`, and under another machine's name.
    _ask "$port" localhost:9000 http://localhost:9000
    prints '"parameters":76786'
    _ask "$port" digits.example.org http://digits.example.org
    prints 'HTTP/1.1 403'
    prints 'descender serve --allow-host digits.example.org"'
    kill -TERM "$id"
    wait "$id"
}
open_hands_the_address_to_the_desktop() {
    needs_library libmicrohttpd || return
    mkdir -p "$work/bin"
    printf '#!/bin/sh\necho "$1" >"%s/opened"\n' "$work" >"$work/bin/xdg-open"
    chmod +x "$work/bin/xdg-open"
    PATH=$work/bin:$PATH "$program" serve --port 0 --runs "$work" --open >"$work/.out" 2>"$work/.err" </dev/null &
    local id=$! i
    for ((i = 0; i < 100; i++)); do
        [ -s "$work/opened" ] && break
        sleep 0.05
    done
    kill -TERM "$id"
    wait "$id"
    run_shell "cat '$work/opened'"
    prints "$(head -n 1 "$work/.out")"
    prints "http://127.0.0.1:"
}
without_a_desktop_the_address_is_told() {
    needs_library libmicrohttpd || return
    # Only the program itself is on the path, so there is no xdg-open.
    PATH=/nowhere "$program" serve --port 0 --runs "$work" --open >"$work/.out" 2>"$work/.err" </dev/null &
    local id=$! i
    for ((i = 0; i < 100; i++)); do
        grep -q 'no browser' "$work/.err" && break
        sleep 0.05
    done
    kill -TERM "$id"
    wait "$id"
    _keep
    says "no browser could be opened; go to http://127.0.0.1:"
}
what_cannot_be_served_is_told() {
    run serve --port 99999
    exits 2
    run serve "$work/none"
    exits 1
    says "none"
    if _has_server; then
        run serve --host nowhere --port 0
        exits 2
        says "is not an address"
    else
        run_shell "timeout 20 '$program' serve --port 0"
        exits 1
        says "libmicrohttpd"
    fi
}

promises
