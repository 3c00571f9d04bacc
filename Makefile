# SPDX-License-Identifier: MIT
# CMake builds the project (CMakeLists.txt, CMakePresets.json). This file calls CMake and the scripts, so that
# a fresh clone needs only `make tutorial` or `make test`.

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

check-fast: ## after each save: the format, an incremental build, the quickest tests of the changed rooms; at most 20 s
	@scripts/check-fast.sh $(ARGS)

tutorial: ## install missing packages, build, run the tutorial; pictures in build/tutorial; ARGS="--epochs 5 ..."
	@scripts/dependencies.sh build
	@scripts/build.sh release descender-program
	@if $(build)/descender --version | grep -q '^with .*cairo'; then \
		$(build)/descender tutorial --out build/tutorial $(ARGS); \
	else \
		$(build)/descender tutorial $(ARGS); \
	fi

docs: ## write the documentation as HTML pages to build/docs
	@scripts/dependencies.sh docs
	@scripts/site.py build/docs

test: ## install missing packages, build, run all tests except those of test-slow; ARGS="-R data" selects tests, slow ones too
	@scripts/dependencies.sh build test
	@scripts/build.sh release
	@scripts/test.sh $(build) $(or $(ARGS),-LE 'slow|later')

test-slow: ## run the tests that take longer: whole trainings, thousands of digits, narrow terminals
	@scripts/dependencies.sh build test
	@scripts/build.sh release
	@scripts/test.sh $(build) $(or $(ARGS),-L 'slow|later')

test-times: ## print how long the tests of each room took in their last run
	@scripts/test-times.sh $(build)

test-docs: build ## run all commands of the guides; needs MNIST in $$DESCENDER_DATA
	@cd $(build) && DOCS_LONG=1 bash ../../tests/project/test_docs.sh ./descender

test-browser: ## install a browser, and test the page of `descender serve` in it; screenshots in build/browser/shots
	@scripts/dependencies.sh build browser
	@scripts/build.sh release descender-program
	@tests/browser/run $(build)/descender

test-processors: ## build for 64-bit ARM and WebAssembly, and run the tests in emulators; ARGS="-R kernel" selects tests
	@scripts/dependencies.sh build processors
	@scripts/test-processors.sh $(ARGS)

bench: ## run the benchmarks; ARGS="NAME..." selects some
	@scripts/dependencies.sh build bench
	@scripts/build.sh release benchmarks
	@bench/run $(ARGS)

install: build ## install under PREFIX (/usr/local), inside of DESTDIR if given
	@DESTDIR="$(DESTDIR)" cmake --install $(build) --prefix "$(PREFIX)"
	@if [ -z "$(DESTDIR)" ] && [ "$$(id -u)" = 0 ]; then ldconfig 2>/dev/null || true; fi

uninstall: ## remove the files of the last `make install` of this folder
	@xargs -d '\n' rm -fv < $(build)/install_manifest.txt

deb: ## build Debian packages in build/debian, and check them with lintian
	@scripts/dependencies.sh build packaging
	@scripts/debian.sh

asan tsan minimal hostile: ## build this preset and run its tests: sanitizers, no optional library, hostile system; ARGS="-R data" selects tests
	@scripts/dependencies.sh build test
	@scripts/build.sh $@
	@scripts/test.sh build/$@ $(ARGS)

coverage: ## run the tests, and report which lines of src/ they reach
	@scripts/dependencies.sh build test
	@scripts/build.sh coverage
	@scripts/test.sh build/coverage
	@scripts/coverage.sh build/coverage

fuzz: ## run every fuzz target for 20 seconds; SECONDS_EACH=n
	@scripts/dependencies.sh build ci
	@scripts/build.sh fuzz
	@tests/fuzz/run build/fuzz $(SECONDS_EACH)

soak: ## kill the program a thousand times, then fuzz until 10^8 inputs have run; KILLS=n, SECONDS_EACH=n in a round, INPUTS=n
	@scripts/dependencies.sh build test ci
	@scripts/build.sh release
	@tests/soak/kills $(build)/descender $(KILLS)
	@scripts/build.sh fuzz
	@INPUTS=$${INPUTS:-100000000} tests/fuzz/run build/fuzz $(or $(SECONDS_EACH),120)

format: ## format the sources with clang-format
	@clang-format -i $$(git ls-files '*.c' '*.h')

reference: build ## write docs/reference.md again: all layers, ops, optimisers, ...
	@build/release/descender help --as markdown >docs/reference.md

abi: ## record the binary interface of include/descender.h, and print the changes
	@scripts/abi.py --record

lint: ## run clang-format, clang-tidy, cppcheck, and the checks of headers and of the changelog; changes nothing
	@scripts/dependencies.sh build test ci
	@scripts/build.sh release
	@scripts/lint.sh build/release

clean: ## remove build/
	rm -rf build
