#!/bin/sh
# SPDX-License-Identifier: MIT
# reference-machine.sh: makes the machine on which the project is built and tested, Debian 12 with all packages that
# scripts/dependencies.sh lists, in a folder, and runs a command in it.
#
#   scripts/reference-machine.sh FOLDER [COMMAND...]      such as `sudo scripts/reference-machine.sh /srv/descender make test`
#
# If FOLDER does not exist, debootstrap makes it; with the packages it takes 2 GB, and several minutes. The command runs as root in
# /src inside of FOLDER, a new copy of the committed files of this folder; the build folder of the last time stays. Without a command it
# is a shell. If $DESCENDER_DATA names the folder of MNIST, the script copies MNIST, too. MIRROR selects another mirror of Debian.
# After an interruption, call the script again: it finishes what was begun.
set -eu
root=${1:?"usage: scripts/reference-machine.sh FOLDER [COMMAND...]"}
shift
suite=bookworm
mirror=${MIRROR:-http://deb.debian.org/debian}
top=$(cd "$(dirname "$0")/.." && pwd)
command -v debootstrap >/dev/null || { echo "reference-machine: needs debootstrap (apt-get install debootstrap)" >&2; exit 1; }
[ "$(id -u)" = 0 ] || { echo "reference-machine: needs root, for chroot; try sudo" >&2; exit 1; }

# An incomplete debootstrap starts again.
if [ -e "$root/.begun" ]; then rm -rf --one-file-system "$root"; fi
if [ ! -e "$root/.reference" ]; then
    [ ! -d "$root" ] || [ -z "$(ls -A "$root")" ] || { echo "reference-machine: $root exists, but this script did not make it" >&2; exit 1; }
    mkdir -p "$root"
    touch "$root/.begun"
    debootstrap --variant=minbase --include=ca-certificates,git,make,bash "$suite" "$root" "$mirror"
    mv "$root/.begun" "$root/.reference"
fi
root=$(cd "$root" && pwd)

# /proc and /dev, while the command runs.
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --make-rslave "$root/dev"
trap 'umount "$root/proc"; umount -R -l "$root/dev"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
cp -L /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true

mkdir -p "$root/src"
find "$root/src" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
git -C "$top" archive HEAD | tar -C "$root/src" -xf -
if [ -n "${DESCENDER_DATA:-}" ]; then
    mkdir -p "$root/data"
    cp -Lru "$DESCENDER_DATA/." "$root/data/"
fi
chroot "$root" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 TERM="${TERM:-dumb}" \
    ${DESCENDER_DATA:+DESCENDER_DATA=/data} DEBIAN_FRONTEND=noninteractive \
    sh -c 'dpkg --configure -a >/var/log/configure.log 2>&1 || { cat /var/log/configure.log >&2; exit 1; }
        cd /src && scripts/dependencies.sh build docs test ci && exec "$@"' sh "${@:-bash}"
