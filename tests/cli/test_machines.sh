# SPDX-License-Identifier: MIT
# labels: slow alone
# Training on several machines: network namespaces with a network of their own between them, over which the processes talk by TCP.
. "$(dirname "$0")/lib.sh"

export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
_machines=4
_name=dsc$$
_net=10.213.$((RANDOM % 256))

_needs_machines() {
    needs_command mpirun || return
    needs_command ip || return
    needs_command unshare || return
    needs_library MPI || return
    [ -z "${TESTS_EMULATED:-}" ] || because "mpirun and the program are of two architectures" || return
    case $(mpirun --version 2>&1) in *"Open MPI"*) ;; *) because "needs Open MPI's mpirun"; return ;; esac
    { ip netns add "$_name" && ip netns del "$_name"; } 2>/dev/null || because "needs the right to make network namespaces" || return
    { ip link add "${_name}b" type bridge && ip link del "${_name}b"; } 2>/dev/null || because "needs the right to make a bridge"
}
# Machine I is "$_name"I, with the address $_net.1I.
_make_machines() {
    local i
    ip link add "${_name}b" type bridge
    ip addr add "$_net.1/24" dev "${_name}b"
    ip link set "${_name}b" up
    for ((i = 1; i <= _machines; i++)); do
        ip netns add "$_name$i"
        ip link add "${_name}v$i" type veth peer name eth0 netns "$_name$i"
        ip link set "${_name}v$i" master "${_name}b" up
        ip -n "$_name$i" addr add "$_net.1$i/24" dev eth0
        ip -n "$_name$i" link set eth0 up
        ip -n "$_name$i" link set lo up
        echo "$_name$i slots=2" >>"$work/hosts"
    done
    # mpirun starts this instead of ssh: AGENT HOST COMMAND...
    cat >"$work/agent" <<'END'
#!/bin/sh
host=$1
shift
exec ip netns exec "$host" unshare --uts sh -c "hostname $host; $*"
END
    chmod +x "$work/agent"
}
_remove_machines() {
    local i
    for ((i = 1; i <= _machines; i++)); do ip netns del "$_name$i"; done
    ip link del "${_name}b"
} 2>/dev/null
# _on_machines N ARGUMENTS...: like `run`, with N processes, one after the other on the next machine.
_on_machines() {
    said="mpirun -np $1 descender ${*:2}, on $_machines machines"
    mpirun --hostfile "$work/hosts" --mca plm rsh --mca plm_rsh_agent "$work/agent" --mca oob_tcp_if_include "$_net.0/24" \
        --mca btl tcp,self --mca btl_tcp_if_include "$_net.0/24" --bind-to none --map-by node \
        -np "$1" "$program" "${@:2}" >"$work/.out" 2>"$work/.err" </dev/null
    status=$?
    _keep
}
_sent() { cat "/sys/class/net/${_name}v2/statistics/tx_bytes"; } # to the second machine

several_machines_make_the_file_that_one_makes() {
    local count before
    _needs_machines || return
    trap '_remove_machines; rm -rf "$work"' EXIT
    _make_machines
    small_data "$work/data"
    set -- train --data "$work/data" --model "conv 16 3x3, batch-norm, relu, flatten, dense 64, relu, dense" --shards 8 --batch 24 \
        --kernels portable --epochs 4 --quiet
    run "$@" --out "$work/one"
    exits 0
    for count in 4 8; do
        before=$(_sent)
        _on_machines $count "$@" --out "$work/$count"
        exits 0
        holds "$count processes make another file" cmp "$work/one/model.safetensors" "$work/$count/model.safetensors"
        # 12 steps with a gradient of about 38,000 numbers; each process receives three halves or more
        [ $(($(_sent) - before)) -gt 2000000 ] || complain "they did not talk over their network: $(($(_sent) - before)) bytes"
    done
    _remove_machines
    trap 'rm -rf "$work"' EXIT
    rm -r "$work/data" "$work/one" "$work"/[48]
}

promises
