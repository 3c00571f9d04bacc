# SPDX-License-Identifier: MIT
# The front door. CMake does the building (CMakeLists.txt, CMakePresets.json); this file calls it, so that
# a fresh clone needs no more than `make tutorial` or `make test`.

PREFIX ?= /usr/local
DESTDIR ?=
ARGS ?=
build = build/release

.PHONY: all build check-fast docs tutorial test test-slow test-times test-docs test-browser test-processors bench install uninstall deb clean asan tsan minimal hostile coverage fuzz soak format reference abi lint help
.NOTPARALLEL:

all: build

help: ## this list
	@echo "make TARGET, where TARGET is one of"
	@sed -n 's/^\([a-z -]*\):.*## \(.*\)/  \1|\2/p' Makefile | sed 's/\$$\$$/$$/g' | awk -F'|' '{ printf "%-30s%s\n", $$1, $$2 }'

build: ## the program and the library, in build/release (default)
	@scripts/dependencies.sh build
	@scripts/build.sh release

check-fast: ## for each save: the format of what changed, an incremental build, the quickest tests of its rooms; at most 20 s
	@scripts/check-fast.sh $(ARGS)

tutorial: ## install what is missing, build, run the tutorial; pictures in build/tutorial; ARGS="--epochs 5 ..."
	@scripts/dependencies.sh build
	@scripts/build.sh release descender-program
	@if $(build)/descender --version | grep -q '^with .*cairo'; then \
		$(build)/descender tutorial --out build/tutorial $(ARGS); \
	else \
		$(build)/descender tutorial $(ARGS); \
	fi

docs: ## the documentation as a site without a server, in build/docs
	@scripts/dependencies.sh docs
	@scripts/site.py build/docs

test: ## install what is missing, build, run all tests but those of test-slow; ARGS="-R data" for some, slow or not
	@scripts/dependencies.sh build test
	@scripts/build.sh release
	@scripts/test.sh $(build) $(or $(ARGS),-LE 'slow|later')

test-slow: ## the tests that take longer: whole trainings, thousands of digits read, narrow terminals
	@scripts/dependencies.sh build test
	@scripts/build.sh release
	@scripts/test.sh $(build) $(or $(ARGS),-L 'slow|later')

test-times: ## how long the tests of each room took when they last ran
	@scripts/test-times.sh $(build)

test-docs: build ## follow all guides to the letter; wants MNIST in $$DESCENDER_DATA
	@cd $(build) && DOCS_LONG=1 bash ../../tests/project/test_docs.sh ./descender

test-browser: ## install a browser, and use the page of `descender serve` in it; screenshots in build/browser/shots
	@scripts/dependencies.sh build browser
	@scripts/build.sh release descender-program
	@tests/browser/run $(build)/descender

test-processors: ## build for 64-bit ARM and WebAssembly, and run the tests in emulators; ARGS="-R kernel" for some
	@scripts/dependencies.sh build processors
	@scripts/test-processors.sh $(ARGS)

bench: ## measure; ARGS="..." names benchmarks
	@scripts/dependencies.sh build bench
	@scripts/build.sh release benchmarks
	@bench/run $(ARGS)

install: build ## install under PREFIX (/usr/local), below DESTDIR if that is given
	@DESTDIR="$(DESTDIR)" cmake --install $(build) --prefix "$(PREFIX)"
	@if [ -z "$(DESTDIR)" ] && [ "$$(id -u)" = 0 ]; then ldconfig 2>/dev/null || true; fi

uninstall: ## remove what the last `make install` of this folder installed
	@xargs -d '\n' rm -fv < $(build)/install_manifest.txt

deb: ## Debian's packages, in build/debian; lintian looks at them
	@scripts/dependencies.sh build packaging
	@scripts/debian.sh

asan tsan minimal hostile: ## the tests under that preset: sanitizers, no optional library, or as little as C promises; ARGS="-R data" for some
	@scripts/dependencies.sh build test
	@scripts/build.sh $@
	@scripts/test.sh build/$@ $(ARGS)

coverage: ## the tests, and which lines of src/ they reach
	@scripts/dependencies.sh build test
	@scripts/build.sh coverage
	@scripts/test.sh build/coverage
	@scripts/coverage.sh build/coverage

fuzz: ## every fuzz target for 20 seconds; SECONDS_EACH=n
	@scripts/dependencies.sh build ci
	@scripts/build.sh fuzz
	@tests/fuzz/run build/fuzz $(SECONDS_EACH)

soak: ## kill the program a thousand times, then fuzz until 10^8 inputs ran; KILLS=n, SECONDS_EACH=n a round, INPUTS=n
	@scripts/dependencies.sh build test ci
	@scripts/build.sh release
	@tests/soak/kills $(build)/descender $(KILLS)
	@scripts/build.sh fuzz
	@INPUTS=$${INPUTS:-100000000} tests/fuzz/run build/fuzz $(or $(SECONDS_EACH),120)

format: ## lay out the sources with clang-format
	@clang-format -i $$(git ls-files '*.c' '*.h')

reference: build ## make docs/reference.md anew: all layers, ops, optimisers, ...
	@build/release/descender help --as markdown >docs/reference.md

abi: ## record the binary interface of include/descender.h, and say what changed
	@scripts/abi.py --record

lint: ## clang-format, clang-tidy, cppcheck, headers, and the changelog of interface changes; changing nothing
	@scripts/dependencies.sh build test ci
	@scripts/build.sh release
	@scripts/lint.sh build/release

clean: ## remove build/
	rm -rf build
