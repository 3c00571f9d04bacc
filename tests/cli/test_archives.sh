# SPDX-License-Identifier: MIT
# Data in zip and tar archives: read like their content, named after the archive; no file is left behind.
. "$(dirname "$0")/lib.sh"

export TMPDIR="$work/tmp"
mkdir -p "$TMPDIR" "$work/set/cat" "$work/set/dog"
for i in 0 1 2 3 4 5; do
    for class in cat dog; do pgm "$work/set/$class/$i.pgm" 6 8 $((i * 5 + (${#class} + i) % 2)); done
    pgm "$work/set/dog/more$i.pgm" 6 8 $((i * 3 + 100))
done

# Prints the fingerprints of both sets.
_content() { json "[j[k]['sha256'] for k in ('train', 'test')]"; }
_clean() { [ -z "$(ls -A "$TMPDIR")" ] || complain "expected nothing left in \$TMPDIR, found $(ls -A "$TMPDIR")"; }
_hides_folder() {
    prints_no "$TMPDIR"
    says_no "$TMPDIR"
}

# _python CODE ARGUMENTS...: writes archives that ordinary tools do not write.
_python() { /usr/bin/python3 -c "import gzip, io, os, sys, tarfile, zipfile
$1" "${@:2}"; }

archives_of_each_kind_hold_what_the_folder_holds() {
    needs_library libarchive && needs_python || return
    local kind wanted
    run data info --data "$work/set" --json
    exits 0
    wanted=$(_content)
    _python '
out, folder = sys.argv[1:]
for kind in ("", ":gz", ":bz2", ":xz"):
    with tarfile.open(out + "/photos.tar" + kind.replace(":", "."), "w" + kind) as t: t.add(folder, "photos")
with tarfile.open(out + "/flat.tgz", "w:gz") as t: t.add(folder, ".")
with zipfile.ZipFile(out + "/photos.zip", "w", zipfile.ZIP_DEFLATED) as z:
    for where, _, names in os.walk(folder):
        for name in names: z.write(where + "/" + name, "photos" + where[len(folder):] + "/" + name)
    z.writestr("__MACOSX/photos/cat/._0.pgm", "x")
    z.writestr("photos/.DS_Store", "x")
' "$work" "$work/set"
    for kind in photos.zip photos.tar photos.tar.gz photos.tar.bz2 photos.tar.xz flat.tgz; do
        run data info --data "$work/$kind" --json
        exits 0
        same "$kind: $(_content)" "$kind: $wanted"
        _hides_folder
        _clean
    done
    run data info --data "$work/photos.zip"
    prints "zip: ZIP archive"
    prints "folder: pictures in folders named by class"
    prints "photos.zip"
    says "2 hidden files in it were skipped"
    _hides_folder
}
an_archive_packed_by_zstd_holds_what_the_folder_holds() {
    needs_library libarchive && needs_python && needs_command zstd || return
    local wanted
    run data info --data "$work/set" --json
    wanted=$(_content)
    zstd -q "$work/photos.tar" -o "$work/photos.tar.zst"
    run data info --data "$work/photos.tar.zst" --json
    exits 0
    same "$(_content)" "$wanted"
    _hides_folder
    _clean
}
archives_hold_data_of_any_form() {
    needs_library libarchive && needs_python || return
    local i form wanted
    { echo "label,a,b,c,d"; for ((i = 0; i < 40; i++)); do echo "$((i % 2)),$((i / 4)),1,2,3"; done; } >"$work/table.csv"
    run data pack "$work/set" "$work/idx" --quiet
    exits 0
    _python '
out = sys.argv[1]
def npy(shape, values):
    h = "{\"descr\": \"|u1\", \"fortran_order\": False, \"shape\": %s, }" % (shape,)
    h = h.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(h).to_bytes(2, "little") + h.encode() + bytes(values)
with zipfile.ZipFile(out + "/arrays.npz", "w") as z:
    for name, n in ("train", 20), ("test", 10):
        z.writestr("x_%s.npy" % name, npy((n, 2, 3), [i % 251 for i in range(n * 6)]))
        z.writestr("y_%s.npy" % name, npy((n,), [i % 2 for i in range(n)]))
h = b"{\"x_train\":{\"dtype\":\"U8\",\"shape\":[20,2,3],\"data_offsets\":[0,120]},\"y_train\":{\"dtype\":\"U8\",\"shape\":[20],\"data_offsets\":[120,140]}}"
open(out + "/tensors.safetensors", "wb").write(len(h).to_bytes(8, "little") + h + bytes(i % 251 for i in range(120)) + bytes(i % 2 for i in range(20)))
for name in "table.csv", "arrays.npz", "tensors.safetensors", "idx":
    with tarfile.open(out + "/" + name + ".tar.gz", "w:gz") as t: t.add(out + "/" + name, name)
    with zipfile.ZipFile(out + "/" + name + ".zip", "w", zipfile.ZIP_DEFLATED) as z:
        if os.path.isdir(out + "/" + name):
            for f in os.listdir(out + "/" + name): z.write(out + "/" + name + "/" + f, f)
        else: z.write(out + "/" + name, name)
' "$work"
    for form in table.csv arrays.npz tensors.safetensors idx; do
        run data info --data "$work/$form" --json
        exits 0
        wanted=$(_content)
        for i in tar.gz zip; do
            run data info --data "$work/$form.$i" --json
            exits 0
            same "$form.$i: $(_content)" "$form.$i: $wanted"
            _hides_folder
            _clean
        done
    done
}
an_archive_is_trained_on_evaluated_and_checked_like_its_folder() {
    needs_library libarchive && needs_python || return
    run train --data "$work/photos.zip" --model "flatten, dense" --epochs 2 --batch 4 --out "$work/run" --quiet
    exits 0
    _hides_folder
    run evaluate "$work/run"
    exits 0
    _hides_folder
    run data check "$work/photos.zip"
    exits 0
    prints "$work/photos.zip"
    _hides_folder
    holds "no file of the run names the temporary folder" bash -c "! grep -rqF '$TMPDIR' '$work/run'"
    _clean
}
hostile_archives_are_refused_and_write_nothing() {
    needs_library libarchive && needs_python || return
    local what
    mkdir -p "$work/bad"
    _python '
out = sys.argv[1]
def tar(name, *entries):
    with tarfile.open(out + "/" + name, "w") as t:
        for path, kind, link in entries:
            i = tarfile.TarInfo(path)
            i.type, i.linkname, i.size = kind, link, 3 if kind == tarfile.REGTYPE else 0
            t.addfile(i, io.BytesIO(b"abc") if i.size else None)
f, s = tarfile.REGTYPE, tarfile.SYMTYPE
tar("up.tar", ("a/../../escaped", f, ""))
tar("absolute.tar", (out + "/escaped", f, ""))
tar("link.tar", ("cat", s, out), ("cat/escaped", f, ""))
tar("hard.tar", ("cat/a", f, ""), ("cat/b", tarfile.LNKTYPE, "cat/a"))
tar("device.tar", ("cat/null", tarfile.CHRTYPE, ""))
tar("fifo.tar", ("cat/pipe", tarfile.FIFOTYPE, ""))
tar("twice.tar", ("cat/a", f, ""), ("cat/a", f, ""))
tar("both.tar", ("cat", f, ""), ("cat/a", f, ""))
with zipfile.ZipFile(out + "/up.zip", "w") as z: z.writestr("../escaped", "x")
with zipfile.ZipFile(out + "/inner.zip", "w") as z: z.writestr("readme", "x")
with zipfile.ZipFile(out + "/nested.zip", "w") as z: z.write(out + "/inner.zip", "inner.zip")
with tarfile.open(out + "/hidden.tar.gz", "w:gz") as t:
    i = tarfile.TarInfo("cat/.big")
    i.size = 100 << 20
    t.addfile(i, io.BytesIO(bytes(i.size)))
with zipfile.ZipFile(out + "/bomb.zip", "w", zipfile.ZIP_DEFLATED) as z: z.writestr("a.csv", bytes(100 << 20))
' "$work/bad"
    while read -r what said_too; do
        run data info --data "$work/bad/$what"
        exits 1
        says "$work/bad/$what"
        says "$said_too"
        _hides_folder
        _clean
        holds "nothing is written outside" test ! -e "$work/bad/escaped" -a ! -e "$TMPDIR/escaped" -a ! -e "$work/escaped"
    done <<'END'
up.tar holds a/../../escaped, which leads out of the archive
absolute.tar which is an absolute name
link.tar holds cat, which is a link
hard.tar holds cat/b, which is a link
device.tar which is no file, but a device or similar
fifo.tar which is no file, but a device or similar
twice.tar holds cat/a, which occurs twice in it
both.tar holds cat/a, which has a file as a part of its path
up.zip holds ../escaped, which leads out of the archive
inner.zip found: readme
nested.zip contains only another archive
bomb.zip unpacks to more than 200 times its size
hidden.tar.gz unpacks to more than 200 times its size
END
}
damaged_archives_are_told() {
    needs_library libarchive && needs_python || return
    local what
    head -c $(($(stat -c %s "$work/photos.tar.gz") / 2)) "$work/photos.tar.gz" >"$work/short.tar.gz"
    head -c 1500 "$work/photos.zip" >"$work/short.zip"
    echo "no archive" >"$work/none.tar.xz"
    for what in short.tar.gz short.zip none.tar.xz; do
        run data info --data "$work/$what"
        exits 1
        says "$work/$what: is damaged, or no supported archive"
        says "; copy it again, or unpack it with another program"
        _hides_folder
        _clean
    done
}
a_tar_that_was_cut_between_two_files_is_refused() {
    needs_library libarchive && needs_python || return
    # Cut off are the zeros at the end, all of them; then the last files too; then all but one block of the zeros.
    _python '
out = sys.argv[1]
with tarfile.open(out + "/photos.tar") as t: last = t.getmembers()[-1]
whole = open(out + "/photos.tar", "rb").read()
end = last.offset_data + (last.size + 511) // 512 * 512
for name, size in ("zeros", end), ("files", last.offset), ("block", end + 512):
    open(out + "/cut-%s.tar" % name, "wb").write(whole[:size])
    with gzip.open(out + "/cut-%s.tar.gz" % name, "wb") as z: z.write(whole[:size])
' "$work"
    local what
    for what in cut-zeros.tar cut-zeros.tar.gz cut-files.tar cut-files.tar.gz; do
        run data info --data "$work/$what"
        exits 1
        says "$work/$what: ends after"
        says "bytes of tar without the final zeros: it was probably cut off; copy or download it again"
        _hides_folder
        _clean
    done
    for what in cut-block.tar cut-block.tar.gz; do
        run data info --data "$work/$what" --json
        exits 0
        _clean
    done
}
# Begins to train on a tar of 300 files that comes through a pipe, so that it is unpacked as far as the test wants: a
# hundred files, and half a header. The rest can be written to 7.
_begin_to_unpack() {
    _python '
with tarfile.open(sys.argv[1], "w") as t:
    for i in range(300):
        e = tarfile.TarInfo("photos/%s/%d.pgm" % ("ab"[i % 2], i))
        body = b"P5 2 2 255\n" + bytes((i % 251, 1, 2, 3))
        e.size = len(body)
        t.addfile(e, io.BytesIO(body))
' "$work/many.tar"
    rm -f "$work/slow.tar.gz"
    mkfifo "$work/slow.tar.gz"
    in_background "$program" train --data "$work/slow.tar.gz" --out "$work/never" --quiet
    exec 7>"$work/slow.tar.gz"
    head -c $((100 * 1024 + 520)) "$work/many.tar" >&7
    wait_for _unpacked 100
}
_unpacked() { [ "$(find "$TMPDIR" -name '*.pgm' | wc -l)" -ge "$1" ]; }
an_interrupted_unpacking_leaves_no_folder() {
    needs_library libarchive && needs_python && needs_plain_signals || return
    local signal
    for signal in INT TERM HUP; do
        _begin_to_unpack
        kill -$signal $job
        tail -c +$((100 * 1024 + 521)) "$work/many.tar" >&7
        exec 7>&-
        ended
        exits $((128 + $(kill -l $signal)))
        says "descender: interrupted"
        says_no "slow.tar.gz"
        prints_nothing
        _clean
        holds "a run was begun" test ! -e "$work/never"
    done
}
what_fails_after_a_signal_is_told_as_well() {
    needs_library libarchive && needs_python && needs_plain_signals || return
    _begin_to_unpack
    kill -TERM $job
    exec 7>&- # in the middle of a file
    ended
    exits 143
    says "slow.tar.gz: is damaged, or no supported archive"
    says "descender: interrupted"
    _hides_folder
    _clean
}
folders_of_dead_processes_are_removed_and_those_of_others_stay() {
    needs_library libarchive && needs_python || return
    mkdir "$TMPDIR/descender-archive-dead01" "$TMPDIR/descender-archive-young1"
    touch -d "2 hours ago" "$TMPDIR/descender-archive-dead01"
    run data info --data "$work/photos.zip"
    exits 0
    holds "the old one is removed" test ! -e "$TMPDIR/descender-archive-dead01"
    holds "the young one stays" rmdir "$TMPDIR/descender-archive-young1"
    _clean
}
without_libarchive_an_archive_is_told_to_be_one() {
    "$program" --version | grep -q "^without libarchive" || because "this build has libarchive" || return
    printf 'PK\003\004 and more' >"$work/some.zip"
    run data info --data "$work/some.zip"
    exits 1
    says "some.zip: is an archive, but this build has no libarchive; unpack it, and name the folder"
}

promises
