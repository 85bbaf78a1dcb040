# The two commands of the README are `make demo` and `make test`; the rest are their parts.
.PHONY: help setup demo test python lint fuzz qdrant peers bench rom

help: ## Say what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

setup: ## Install what is missing: Debian packages and libtorch (safe to repeat)
	@tools/setup.sh

demo: export KARTSCOPE_DEMO_BEGIN := $(shell date +%s)
demo: setup ## The whole main job on the bundled game, ghosts to trained driver, into out/demo
	cargo xtask demo

test: setup ## Every test, the Python package's too
	cargo test --workspace --locked
	KARTSCOPE_PROGRAM=$(CURDIR)/target/debug/kartscope env/python/test.sh

python: setup ## The Python package's wheel, into target/wheels, and its tests
	env/python/test.sh

lint: setup ## Formatting, lock files, clippy and documentation, warnings denied
	cargo fmt --check
	cargo metadata --locked --format-version 1 --manifest-path fuzz/Cargo.toml >/dev/null
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo clippy --workspace --locked --no-default-features -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

fuzz: setup ## Every fuzz target for ten seconds
	fuzz/run.sh 10

# A folder of its own: the features that Qdrant's crates ask of others would rebuild those of every other target.
qdrant: ## Both Qdrant engines and their tests, which no other target compiles, in target/qdrant
	CARGO_TARGET_DIR=target/qdrant RUSTFLAGS="-D warnings" cargo test --locked -p search-qdrant --features edge,server

peers: setup ## Our readers and movies against the peers', on whole races
	cargo xtask peers

bench: setup ## All figures, the peers' side by side, into out/bench/figures.json
	cargo xtask bench

rom: setup ## Rebuild the bundled game from its sources
	cargo xtask courses
	cargo xtask layout
	cargo xtask rom
