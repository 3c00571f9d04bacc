#!/bin/sh
# SPDX-License-Identifier: MIT
# dependencies.sh: prints what the build needs and this machine lacks, and installs it where apt is available.
#
#   scripts/dependencies.sh [build] [docs] [test] [browser] [bench] [processors] [packaging] [ci]     check, and install what is missing
#   scripts/dependencies.sh --check ...                     check only; status 1 if something required is missing
#
# The script finds things by using them (a program on the path, a module that pkg-config knows), never by package name.
# So it works on any system, and it does not call apt if nothing is missing. A missing requirement is an error; a
# missing option is one line of output.
set -u
LC_ALL=C
export LC_ALL

# set | required? | how to look | Debian, Ubuntu | Fedora | Arch | Alpine | what it is for
# How to look: `program NAME`, `module PKG-CONFIG-NAME [VERSION]`, `cmake VERSION`,
# `compiler`, `compiler++`, `fuzzer`, `wasm`, `python MODULE`, `file PATH`,
# `certificates`.
things='
build|required|compiler|gcc libc6-dev|gcc|gcc|gcc musl-dev|a C17 compiler
build|required|program make|make|make|make|make|the build
build|required|cmake 3.25|cmake|cmake|cmake|cmake|the build
build|required|program pkg-config|pkg-config|pkgconf-pkg-config|pkgconf|pkgconf|finding libraries
build|required|module libdeflate|libdeflate-dev|libdeflate-devel|libdeflate|libdeflate-dev|gzip
build|required|module jansson|libjansson-dev|jansson-devel|jansson|jansson-dev|JSON
build|optional|module libcurl|libcurl4-openssl-dev|libcurl-devel|curl|curl-dev|downloading MNIST
build|optional|module libcrypto|libssl-dev|openssl-devel|openssl|openssl-dev|checksums
build|optional|module libpng|libpng-dev|libpng-devel|libpng|libpng-dev|PNG pictures
build|optional|module libjpeg|libjpeg-dev|libjpeg-turbo-devel|libjpeg-turbo|libjpeg-turbo-dev|JPEG pictures
build|optional|module libwebp|libwebp-dev|libwebp-devel|libwebp|libwebp-dev|WebP pictures
build|optional|module libtiff-4|libtiff-dev|libtiff-devel|libtiff|tiff-dev|TIFF pictures
build|optional|file /usr/include/gif_lib.h|libgif-dev|giflib-devel|giflib|giflib-dev|GIF pictures
build|optional|module libheif|libheif-dev|libheif-devel|libheif|libheif-dev|HEIF pictures
build|optional|module poppler-glib|libpoppler-glib-dev|poppler-glib-devel|poppler-glib|poppler-dev|PDF pages
build|optional|module libarchive|libarchive-dev|libarchive-devel|libarchive|libarchive-dev|data in archives
build|optional|module cairo|libcairo2-dev|cairo-devel|cairo|cairo-dev|charts
build|optional|module libmicrohttpd|libmicrohttpd-dev|libmicrohttpd-devel|libmicrohttpd|libmicrohttpd-dev|the web page
build|optional|module libprotobuf-c|libprotobuf-c-dev|protobuf-c-devel|protobuf-c|protobuf-c-dev|ONNX models
build|optional|program protoc-c|protobuf-c-compiler|protobuf-c-compiler|protobuf-c|protobuf-c-compiler|ONNX models
build|optional|file /usr/share/javascript/chart.js/chart.min.js|libjs-chart.js|-|-|-|charts on the web page
build|optional|module ompi-c|libopenmpi-dev|-|openmpi|openmpi-dev|training on several machines
build|optional|program scdoc|scdoc|scdoc|scdoc|scdoc|man pages
build|optional|certificates|ca-certificates|ca-certificates|ca-certificates|ca-certificates|trusting the mirrors
docs|required|program cmark-gfm|cmark-gfm|cmark-gfm|cmark-gfm|cmark|Markdown
docs|required|program python3|python3|python3|python|python3|putting pages together
test|required|program bash|bash|bash|bash|bash|the test scripts
test|required|module cmocka|libcmocka-dev|libcmocka-devel|cmocka|cmocka-dev|the unit tests
test|optional|file /usr/bin/python3|python3|python3|python|python3|reading JSON in tests
test|optional|program cmark-gfm|cmark-gfm|cmark-gfm|cmark-gfm|cmark|the links of the documentation
test|optional|python onnx|python3-onnx|python3-onnx|python-onnx|py3-onnx|the checker of ONNX models
test|optional|program mpirun|openmpi-bin|-|openmpi|openmpi|tests of several processes
test|optional|program bzip2|bzip2|bzip2|bzip2|bzip2|tests of packed data
test|optional|program script|bsdutils|util-linux|util-linux|util-linux-misc|tests on a terminal
bench|optional|python numpy|python3-numpy|python3-numpy|python-numpy|py3-numpy|the loop that is measured against
bench|optional|python matplotlib|python3-matplotlib|python3-matplotlib|python-matplotlib|py3-matplotlib|the script that is measured against
bench|optional|python torch|python3-torch|python3-torch|python-pytorch|py3-pytorch|PyTorch, measured beside ours
bench|optional|python sklearn|python3-sklearn|python3-scikit-learn|python-scikit-learn|py3-scikit-learn|scikit-learn, measured beside ours
bench|optional|file /usr/include/dnnl.h|libdnnl-dev|onednn-devel|onednn|onednn-dev|oneDNN, measured beside ours
bench|optional|module openblas|libopenblas-dev|openblas-devel|openblas|openblas-dev|OpenBLAS, measured beside ours
bench|optional|program npm|npm|npm|npm|npm|ONNX Runtime, measured beside ours
processors|optional|program aarch64-linux-gnu-gcc|gcc-aarch64-linux-gnu libc6-dev-arm64-cross|-|aarch64-linux-gnu-gcc|-|building for ARM
processors|optional|program qemu-aarch64-static|qemu-user-static|qemu-user-static|qemu-user-static|qemu-aarch64|running what was built for ARM
ci|optional|file /usr/share/datasets/fashion-mnist/train-labels-idx1-ubyte.gz|dataset-fashion-mnist|-|-|-|a real data set for the tests
ci|optional|wasm|clang lld wasi-libc libclang-rt-dev-wasm32|clang lld wasi-libc-static|clang lld wasi-libc wasi-compiler-rt|clang lld wasi-libc wasi-compiler-rt|exported web pages
processors|optional|wasm|clang lld wasi-libc libclang-rt-dev-wasm32|clang lld wasi-libc-static|clang lld wasi-libc wasi-compiler-rt|clang lld wasi-libc wasi-compiler-rt|building for WebAssembly
processors|optional|program node|nodejs|nodejs|nodejs|nodejs|running what was built for WebAssembly
processors|optional|program arm-none-eabi-gcc|gcc-arm-none-eabi|arm-none-eabi-gcc-cs|arm-none-eabi-gcc|gcc-arm-none-eabi|building exported models for microcontrollers
processors|optional|program qemu-system-arm|qemu-system-arm|qemu-system-arm-core|qemu-system-arm|qemu-system-arm|running exported models for microcontrollers
browser|required|program node|nodejs|nodejs|nodejs|nodejs|driving a browser
browser|required|program npm|npm|npm|npm|npm|playwright-core
browser|required|program chromium|chromium|chromium|chromium|chromium|a browser
packaging|optional|program dpkg-buildpackage|dpkg-dev|-|-|-|Debian packages
packaging|optional|program dh|debhelper|-|-|-|Debian packages
packaging|optional|file /usr/share/build-essential/essential-packages-list|build-essential|-|-|-|Debian packages
packaging|optional|program lintian|lintian|-|-|-|what Debian asks of packages
ci|required|program git|git|git|git|git|a clean clone
ci|required|fuzzer|clang libclang-rt-dev|clang compiler-rt|clang compiler-rt|clang compiler-rt|a second compiler, and fuzzing
ci|required|compiler++|g++|gcc-c++|gcc|g++|the header as C++
ci|required|program clang-format|clang-format|clang-tools-extra|clang|clang-extra-tools|the style
ci|required|program clang-tidy|clang-tidy|clang-tools-extra|clang|clang-extra-tools|static analysis
ci|required|program cppcheck|cppcheck|cppcheck|cppcheck|cppcheck|static analysis
ci|optional|file /usr/share/i18n/locales/de_DE|locales|glibc-locale-source|glibc|-|a locale with a decimal comma
ci|optional|python numpy|python3-numpy|python3-numpy|python-numpy|py3-numpy|fresh comparisons with NumPy
'

say() { echo "dependencies: $*" >&2; }

# True if version $1 is at least $2 (numbers and dots).
at_least() {
    [ "$(printf '%s\n%s\n' "$2" "$1" | sort -t. -k1,1n -k2,2n -k3,3n | head -n 1)" = "$2" ]
}

# The C compiler of this machine that CMake will find: $CC, cc, gcc or clang.
compiler() {
    for candidate in ${CC:-} cc gcc clang; do
        command -v "$candidate" >/dev/null 2>&1 && { echo "$candidate"; return 0; }
    done
    return 1
}

found() {
    case $1 in
    program) command -v "$2" >/dev/null 2>&1 ;;
    cmake) command -v cmake >/dev/null 2>&1 &&
        at_least "$(cmake --version | sed -n 's/^cmake version \([0-9.]*\).*/\1/p')" "$2" ;;
    compiler) cc=$(compiler) && echo '#include <stdio.h>' | "$cc" -std=c17 -E - >/dev/null 2>&1 ;;
    compiler++) command -v g++ >/dev/null 2>&1 || command -v clang++ >/dev/null 2>&1 ;;
    fuzzer) echo 'int LLVMFuzzerTestOneInput(const char *d, unsigned long n) { return d && n > 9 ? -1 : 0; }' |
        clang -x c -fsanitize=fuzzer,address,undefined - -o /dev/null >/dev/null 2>&1 ;;
    wasm) echo 'int main(void) { return 0; }' | clang --target=wasm32-wasi -x c - -o /dev/null >/dev/null 2>&1 ;;
    module) command -v pkg-config >/dev/null 2>&1 && pkg-config --exists "$2" 2>/dev/null ;;
    file) [ -e "$2" ] ;;
    python) { [ -x /usr/bin/python3 ] && /usr/bin/python3 -c "import $2"; } >/dev/null 2>&1 ||
        python3 -c "import $2" >/dev/null 2>&1 ;;
    certificates) [ -d /etc/ssl/certs ] && [ -n "$(ls /etc/ssl/certs 2>/dev/null)" ] || [ -f /etc/ssl/cert.pem ] ;;
    esac
}

# Checks all things of the given sets. Sets missing_required and missing_optional to messages for the user, and
# packages_required and packages_optional to the package names in column $1 of the table.
look() {
    missing_required='' missing_optional='' packages_required='' packages_optional=''
    while IFS='|' read -r set need how debian fedora arch alpine purpose; do
        [ -n "$set" ] || continue
        case " $sets " in *" $set "*) ;; *) continue ;; esac
        # shellcheck disable=SC2086  # `how` is a word and its arguments
        found $how && continue
        eval "package=\$$1"
        name=${how#* }
        [ "${how% *}" = cmake ] && name="cmake, $name or later"
        if [ "$need" = required ]; then
            missing_required="$missing_required  $name ($purpose)
"
            packages_required="$packages_required $package"
        else
            missing_optional="$missing_optional $name"
            packages_optional="$packages_optional $package"
        fi
    done <<END
$things
END
}

# Runs a command as root: directly, or through sudo (which may ask for a password only on a terminal).
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif [ -t 0 ] && [ -t 2 ]; then
        sudo "$@"
    else
        sudo -n "$@"
    fi
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 -o Acquire::Retries=2 "$@" >"$log" 2>&1 </dev/null
}

# Tries the present package lists first, then fresh ones. sudo needs its terminal, so only apt's standard input is
# closed (above). The output goes to a log, which is printed on failure.
apt_install_fresh() {
    apt_install "$@" && return 0
    as_root apt-get update -qq -o Acquire::Retries=2 >"$log" 2>&1 && apt_install "$@"
}

sets='' check=no
for argument in "$@"; do
    case $argument in
    --check) check=yes ;;
    build | docs | test | browser | bench | processors | packaging | ci) sets="$sets $argument" ;;
    *) say "unknown argument '$argument'; known: --check build docs test browser bench processors packaging ci"; exit 2 ;;
    esac
done
sets="build $sets"

family=none install='' column=debian
if command -v apt-get >/dev/null 2>&1; then family=apt install='apt-get install'
elif command -v dnf >/dev/null 2>&1; then column=fedora install='dnf install'
elif command -v pacman >/dev/null 2>&1; then column=arch install='pacman -S --needed'
elif command -v apk >/dev/null 2>&1; then column=alpine install='apk add'
fi

look $column
[ -z "$packages_required$packages_optional" ] && exit 0

# If only optional things are missing and could not be installed before, do not ask the network at every build. To try
# again, remove build/.not-installable.
top=$(cd "$(dirname "$0")/.." && pwd)
marker=$top/build/.not-installable
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT

if [ $family = apt ] && [ $check = no ]; then
    if [ -z "$packages_required" ] && [ "$(cat "$marker" 2>/dev/null)" = "$packages_optional" ]; then
        :
    elif [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null 2>&1; then
        say "not root, and there is no sudo"
    else
        # shellcheck disable=SC2086  # lists of packages
        set -- $packages_required $packages_optional
        say "installing $*"
        if ! apt_install_fresh "$@"; then
            # shellcheck disable=SC2086
            if [ -n "$packages_required" ] && ! apt_install $packages_required; then
                say "apt-get failed:"
                tail -n 8 "$log" >&2
            else
                for package in $packages_optional; do
                    apt_install "$package" || say "could not install $package"
                done
            fi
        fi
        look $column
    fi
    if [ -n "$packages_optional" ]; then
        { mkdir -p "$top/build" && printf '%s' "$packages_optional" >"$marker"; } 2>/dev/null
    fi
fi

[ -n "$missing_optional" ] && say "continuing without these optional ones:$missing_optional"
if [ -n "$missing_required" ]; then
    say "missing:"
    printf '%s' "$missing_required" >&2
    if [ -n "$install" ]; then
        say "install them, as root:"
        echo "  $install$packages_required" >&2
        [ -n "$packages_optional" ] && {
            say "or with everything optional too:"
            echo "  $install$packages_required$packages_optional" >&2
        }
    else
        say "install them with this system's package manager; Debian calls them$packages_required"
        [ -n "$packages_optional" ] && say "and the optional ones$packages_optional"
    fi
    exit 1
fi
exit 0
