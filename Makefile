# A phone book. The build itself is meson.build.
.PHONY: all demo check soak bench bench-lrs bench-summary fuzz lint install clean

all: build/build.ninja
	@ninja -C build meno

build/build.ninja:
	@tools/install-packages build
	@meson setup build --buildtype=release >build-setup.log 2>&1 || { cat build-setup.log; exit 1; }; rm -f build-setup.log

demo: all
	@exec build/meno demo demo

check: all
	@tools/install-packages test
	@tests/run

soak: all
	@tools/install-packages test
	@tests/run --soak

bench: all
	@bench/run

bench-summary: all
	@bench/bench-summary

bench-lrs: all
	@bench/bench-lrs

fuzz: all
	@tools/install-packages test
	@tests/run --only fuzz --fuzz-seconds 300

lint: all
	@tools/install-packages test
	@tests/run --only source

install: all
	@meson install -C build --no-rebuild

clean:
	rm -rf build
