#!/bin/sh
# SPDX-License-Identifier: MIT
# reference-machine.sh: makes the machine on which the project is built and tested: Debian 12 with all that
# scripts/dependencies.sh lists, in a folder, and runs a command in it.
#
#   scripts/reference-machine.sh FOLDER [COMMAND...]      as in `sudo scripts/reference-machine.sh /srv/descender make test`
#
# FOLDER is made by debootstrap (a gigabyte; minutes) if it is not there. The command runs as root in /src inside of it, which
# is a copy of this folder's committed files, made anew each time, with the build folder of the last time; without a command
# it is a shell. MNIST comes along where $DESCENDER_DATA names its folder. Set MIRROR for another mirror of Debian.
set -eu
root=${1:?"usage: scripts/reference-machine.sh FOLDER [COMMAND...]"}
shift
suite=bookworm
mirror=${MIRROR:-http://deb.debian.org/debian}
top=$(cd "$(dirname "$0")/.." && pwd)
command -v debootstrap >/dev/null || { echo "reference-machine: needs debootstrap (apt-get install debootstrap)" >&2; exit 1; }
[ "$(id -u)" = 0 ] || { echo "reference-machine: needs root, for chroot; try sudo" >&2; exit 1; }

# What was begun and not finished is begun again.
if [ -e "$root/.begun" ]; then rm -rf --one-file-system "$root"; fi
if [ ! -e "$root/.reference" ]; then
    [ ! -d "$root" ] || [ -z "$(ls -A "$root")" ] || { echo "reference-machine: $root is there, and was not made by this script" >&2; exit 1; }
    mkdir -p "$root"
    touch "$root/.begun"
    debootstrap --variant=minbase --include=ca-certificates,git,make,bash "$suite" "$root" "$mirror"
    mv "$root/.begun" "$root/.reference"
fi
root=$(cd "$root" && pwd)

# What a program expects of a system, while the command runs.
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --make-rslave "$root/dev"
trap 'umount "$root/proc"; umount -R -l "$root/dev"' EXIT INT TERM
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
    sh -c 'cd /src && scripts/dependencies.sh build docs test ci && exec "$@"' sh "${@:-bash}"
