# SPDX-License-Identifier: MIT
# Kernel sets: which one is used, that the run records it, and that a set that computes wrong results is not used.
. "$(dirname "$0")/lib.sh"

_sets() { "$program" --version | sed -n 's/^kernels of this processor: //p' | tr -d ,; }
_in_use() { "$program" --version | sed -n 's/^kernels in use: \([a-z0-9-]*\),.*/\1/p'; }

# spoil NAME: $spoilt is a copy of the program in which the f32 micro-kernel NAME returns at once. Fails if that is
# impossible.
_spoil() {
    local address section
    [ "$(uname -m)" = x86_64 ] && [ -z "${TESTS_EMULATED:-}" ] || { because "writes machine code of x86-64"; return; }
    needs_command nm && needs_command readelf || return
    address=$(nm "$program" | sed -n "s/^\([0-9a-f]*\) t $1\$/\1/p")
    [ -n "$address" ] || { because "the program has no symbol $1"; return; }
    # .text: its address, and its offset in the file
    section=$(readelf -SW "$program" | sed -n 's/^.* \.text  *PROGBITS  *\([0-9a-f]*\) \([0-9a-f]*\) .*/\1 \2/p')
    cp "$program" "$work/spoilt"
    printf '\303' | dd of="$work/spoilt" bs=1 conv=notrunc status=none \
        seek=$((0x$address - 0x${section% *} + 0x${section#* }))
    spoilt=$work/spoilt
}
# The micro-kernel of the present set.
_tile_in_use() {
    case $(_in_use) in
    avx2) echo tile_avx2 ;;
    avx512*|amx) echo tile_avx512 ;;
    *) because "this processor has the portable kernels alone" ;;
    esac
}

the_version_names_the_kernels_of_this_processor_and_those_in_use() {
    run --version
    exits 0
    prints "kernels of this processor: portable"
    [[ $out =~ "kernels in use: "[a-z0-9-]+", precision "(f32|bf16)" (auto: " ]] || complain "the kernels in use are not named"
    [[ " $(_sets) " == *" $(_in_use) "* ]] || complain "the kernels in use are not of this processor"
    says_nothing
}
the_check_goes_through_every_set() {
    local set sets
    sets=$(_sets)
    [ "$(uname -m)" = x86_64 ] && [ -z "${TESTS_EMULATED:-}" ] && sets="portable avx2 avx512 avx512-bf16 amx"
    run --version --check
    exits 0
    for set in $sets; do
        [[ $out =~ $set" "+("has them"|"uses them"|"lacks them")" "+(right|"not checked") ]] || complain "nothing of $set"
    done
    [ "$(grep -c ' right$' <<<"$out")" = "$(wc -w <<<"$(_sets)")" ] || complain "expected every set of this processor to be right"
    run -V --check
    exits 0
}
nothing_else_can_follow_the_version() {
    run --version --chekc
    exits 2
    says "only --check may follow"
    run --version --check more
    exits 2
}
a_run_records_which_kernels_were_used_and_why() {
    needs_json || return
    [ -d "$work/data" ] || small_data "$work/data"
    run train --data "$work/data" --recipe tutorial --model "flatten, dense" --batch 16 --epochs 1 --out "$work/run"
    exits 0
    out=$(head -n 1 "$work/run/log.jsonl")
    same "$(json 'j["kernels"]')" "$(_in_use)"
    [[ $(json 'j["kernels_chosen"]') == "auto: "* ]] || complain "expected why the kernels were chosen"
    run train --data "$work/data" --recipe tutorial --model "flatten, dense" --batch 16 --epochs 1 --out "$work/run2" --kernels portable
    out=$(head -n 1 "$work/run2/log.jsonl")
    same "$(json 'j["kernels"], j["kernels_chosen"], j["precision"]')" "('portable', 'asked for', 'f32')"
}
wrong_kernels_are_not_used_and_one_line_says_so() {
    local tile right set
    tile=$(_tile_in_use) || { _tile_in_use; return; }
    _spoil "$tile" || return
    [ -d "$work/data" ] || small_data "$work/data"
    set=$(_in_use)
    local how=(--data "$work/data" --recipe tutorial --model "flatten, dense 16, relu, dense" --batch 16 --epochs 2)
    run_shell "'$spoilt' train $(printf '%q ' "${how[@]}") --out '$work/spoilt-run'"
    exits 0
    says "kernel sets that compute wrong results on this processor are not used: '$set' (its f32 product)"
    # The message names every set with that micro-kernel.
    [ "$tile" != tile_avx512 ] || [[ $err == *"'avx512' (its f32 product)"* ]] || complain "avx512 is not named"
    same "$(grep -c "wrong results" <<<"$err")" 1
    grep -q '"event":"warning".*wrong results' "$work/spoilt-run/log.jsonl" || complain "expected the warning in the log"
    # An intact program gives the same answers with the set that was used instead.
    set=$(sed -n "s/.*; using '\([a-z0-9-]*\)'\$/\1/p" <<<"$err")
    run train "${how[@]}" --kernels "$set" --out "$work/whole-run"
    exits 0
    holds "the model is that of the set which is right" cmp "$work/spoilt-run/model.safetensors" "$work/whole-run/model.safetensors"
    run_shell "'$spoilt' evaluate '$work/whole-run'"
    exits 0
    says "wrong results"
    right=$("$program" evaluate "$work/whole-run" 2>/dev/null)
    same "$out" "$right"
    run_shell "'$spoilt' predict --raw --model '$work/whole-run' --json /dev/null"
    says "wrong results"
}
wrong_kernels_that_are_asked_for_are_an_error() {
    local tile
    tile=$(_tile_in_use) || { _tile_in_use; return; }
    _spoil "$tile" || return
    [ -d "$work/data" ] || small_data "$work/data"
    run_shell "'$spoilt' train --data '$work/data' --recipe tutorial --model 'flatten, dense' --batch 16 --kernels $(_in_use) --out '$work/r'"
    exits 1
    says "kernels '$(_in_use)' compute wrong results on this processor: its f32 product is wrong"
    [ ! -e "$work/r/model.safetensors" ] || complain "a model was made"
    run_shell "'$spoilt' --version --check"
    exits 1
    [[ $out =~ $(_in_use)" "+"has them "+"its f32 product is wrong" ]] || complain "the check did not find it"
}
promises
