# SPDX-License-Identifier: Apache-2.0
# Thin: Meson builds. `make demo` and `make check` install what they need on Debian (as root).
BUILD = build

all: $(BUILD)/build.ninja
	ninja -C $(BUILD)

$(BUILD)/build.ninja:
	script/bootstrap
	meson setup $(BUILD)

demo:
	script/bootstrap demo
	$(MAKE) $(BUILD)/whorl-ready
	lab/demo.sh $(BUILD)/whorl

$(BUILD)/whorl-ready: $(BUILD)/build.ninja
	ninja -C $(BUILD) whorl

check:
	script/bootstrap check
	script/test

bench:
	script/bootstrap bench
	$(MAKE) all
	script/bench $(BUILD)

lint: all
	meson test -C $(BUILD) --suite lint --print-errorlogs

format:
	find src lab tests bench -name '*.[ch]' | xargs clang-format -i

install: all
	meson install -C $(BUILD)

clean:
	rm -rf build build-*

.PHONY: all demo check bench lint format install clean $(BUILD)/whorl-ready
