# What a contributor runs; `.ci/run` runs it, the shipped examples and the fuzz targets' compiler.

# Format, lints, tests, documentation, dependencies, workflows.
default: fmt lint test doc audit workflows browser

fmt:
    cargo fmt --check

lint:
    cargo clippy --all-targets --locked -- -D warnings

test:
    cargo test --locked

doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked

audit:
    cargo fetch --locked
    cargo deny --offline check bans licenses sources

# action.yml, its scripts, the workflows and the examples.
workflows:
    .ci/workflows

# The HTML report in Chromium.
browser:
    .ci/browser

# Accept changed snapshots after reading them.
accept:
    INSTA_UPDATE=always cargo test

# Write the committed schemas and generated documentation anew.
generate:
    cargo run -q -- config schema > benchgate.schema.json
    BENCHGATE_UPDATE=1 cargo test -q --test docs --test action --test config

# Time the gate itself.
bench:
    cargo bench
