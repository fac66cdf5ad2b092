# The daily commands. `just` alone lists them.

set shell := ["bash", "-euo", "pipefail", "-c"]

_list:
    @just --list --unsorted

# Everything that must be clean before a commit
check: fmt-check lint test doc

# Format the code
fmt:
    cargo fmt

fmt-check:
    cargo fmt --check

# Lints, warnings being errors
lint:
    cargo clippy --all-targets -- -D warnings

# The tests that need neither root nor Kubernetes
test *ARGS:
    cargo nextest run {{ ARGS }}

# What our transport costs beyond a bare command, over loopback and over links with a delay; how soon the console answers
measure *ARGS:
    cargo test --release --locked --test ssh_loopback --test pty -- --ignored --nocapture --test-threads 1 measure {{ ARGS }}

# The library's documentation, warnings being errors
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --document-private-items

# Licences, advisories and sources of what we depend on (cargo install cargo-deny)
deny:
    cargo deny check

# Spelling (pip install typos)
typos:
    typos

# Shell and Python of the lab (apt install shellcheck)
lint-lab:
    shellcheck -x .ci/run tests/lab/{lab,build,by-hand,inventory} tests/lab/node/usr/local/bin/*
    python3 -m unittest discover -s tests/lab -t tests/lab

# Accept changed snapshots after reading them
bless:
    INSTA_UPDATE=always cargo nextest run --no-fail-fast
    git diff --stat -- '*.snap'

# What CI runs
ci:
    bash .ci/run

# The rack in a box, as root: `just lab up 3 2`, `just lab status`, `just lab down`
lab *ARGS:
    tests/lab/lab {{ ARGS }}

# From nothing to a cluster on the lab, as root: `just bring-up 3 2 ops`
bring-up *ARGS="1 1": _release
    tests/lab/bring-up {{ ARGS }}

# kubeadm by hand against kubestep on the lab, as root
compare: _release
    tests/lab/compare

# Faults on purpose on the lab, as root: `just faults console-killed-in-certs`
faults *CASES: _release
    tests/lab/faults {{ CASES }}

# The console by keys alone, in tmux, on the simulated rack
console-demo: _release
    LAB_RESULTS=target/lab-results tests/lab/console --demo

# The same on the lab, as root
console *ARGS: _release
    tests/lab/console {{ ARGS }}

# The simulator held against the real kubeadm, phase by phase on the lab, as root
simulator: _release
    tests/lab/simulator

_release:
    cargo build --release --locked
