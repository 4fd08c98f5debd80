#!/bin/sh
# Refuses what would be unsafe, and gets the program. Outputs: `program`, its path, `seal`, the SHA-256 of the action's scripts
# and the program, and `files`, the runner's files as they are now: by both the last step sees whether code that was measured has
# changed them.
set -eu

action=$(cd "$GITHUB_ACTION_PATH" && pwd)
# shellcheck source=action/lib.sh
. "$action/action/lib.sh"

releases=https://github.com/benchgate/benchgate/releases/download
table=$action/action/checksums.txt
tools=$(portable "${RUNNER_TOOL_CACHE:?}")/benchgate

# The version that this source is, if it is a release whose programs the table has.
own_version() {
  own=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$action/Cargo.toml" | head -n 1)
  case $own in
    *-*) ;;
    *) version=$own awk '!/^#/ && NF == 3 && $1 == ENVIRON["version"] { print $1; exit }' "$table" ;;
  esac
}

# The checksum of a version for a target.
checksum() {
  version=$1 target=$2 awk '$1 == ENVIRON["version"] && $2 == ENVIRON["target"] { print $3 }' "$table"
}

# Sets `target` and `suffix` for this runner.
know_target() {
  suffix=
  case ${RUNNER_OS:-}-${RUNNER_ARCH:-} in
    Linux-X64) target=x86_64-unknown-linux-musl ;;
    Linux-ARM64) target=aarch64-unknown-linux-musl ;;
    macOS-X64) target=x86_64-apple-darwin ;;
    macOS-ARM64) target=aarch64-apple-darwin ;;
    Windows-X64) target=x86_64-pc-windows-msvc suffix=.exe ;;
    *) fail 2 "no release is built for ${RUNNER_OS:-this system} on ${RUNNER_ARCH:-this processor}; \`version: source\` builds one there" ;;
  esac
}

# Whether a file is there and has this checksum. One that was left by an earlier job is checked like one from the network.
verified() {
  [ -f "$1" ] && [ "$(sha256 <"$1")" = "$2" ]
}

download() {
  know_target
  expected=$(checksum "$version" "$target")
  [ -n "$expected" ] || fail 2 "the action's table has no checksum of version \`$version\` for $target; it has: $(known)"
  program=$tools/$version/$target/benchgate$suffix
  if ! verified "$program" "$expected"; then
    mkdir -p "${program%/*}"
    # Jobs that share a tool cache do not write over each other.
    part=$program.$$
    curl --proto '=https' --tlsv1.2 --fail --silent --show-error --location --retry 3 --max-time 300 \
      --output "$part" "$releases/v$version/benchgate-$target$suffix" ||
      fail 3 "version \`$version\` cannot be downloaded"
    verified "$part" "$expected" ||
      fail 3 "what was downloaded as version \`$version\` for $target does not have the checksum of the action's table"
    chmod +x "$part"
    mv -f "$part" "$program"
  fi
}

known() {
  awk '!/^#/ && NF == 3 && !seen[$1]++ { printf "%s%s", comma, $1; comma = ", " } END { if (!comma) printf "no release yet" }' "$table"
}

# Everything the program is built from.
sources() {
  find Cargo.toml Cargo.lock src templates -type f | LC_ALL=C sort
}

build() {
  has cargo || fail 3 "\`version: source\` builds benchgate and needs Rust 1.89 or newer: install it before, or name a release"
  cd "$action"
  # The user's own settings for cargo are for the user's own code.
  unset CARGO_BUILD_RUSTFLAGS CARGO_BUILD_TARGET CARGO_ENCODED_RUSTFLAGS CARGO_TARGET_DIR RUSTFLAGS
  key=$({ rustc -vV && sources && sources | xargs cat; } | sha256 | cut -c 1-16)
  program=$tools/source-$key/bin/benchgate
  if [ "${RUNNER_OS:-}" = Windows ]; then program=$program.exe; fi
  if [ ! -x "$program" ]; then
    scratch=$(portable "${RUNNER_TEMP:?}")/benchgate-build
    echo "::group::Building benchgate from source"
    cargo install --path . --locked --root "$tools/source-$key" --target-dir "$scratch" --no-track --force ||
      fail 3 "benchgate cannot be built from source"
    echo "::endgroup::"
    rm -rf "$scratch"
  fi
}

case $INPUT_MODE in
  gate | collect)
    case ${GITHUB_EVENT_NAME:-}/${TRIGGERED_BY:-} in
      pull_request_target/* | workflow_run/pull_request*)
        fail 2 "mode \`$INPUT_MODE\` would run code of a pull request in a job that has the repository's rights: measure on \`pull_request\`, and publish the finished report here with \`mode: publish\`"
        ;;
    esac
    ;;
  publish)
    [ -n "$INPUT_REPORT" ] || [ "${GITHUB_EVENT_NAME:-}" = workflow_run ] ||
      fail 2 "mode \`publish\` needs the input \`report\`, except on \`workflow_run\`, where it fetches the report of the triggering run"
    ;;
  *) fail 2 "the input \`mode\` is gate, collect or publish, not \`$INPUT_MODE\`" ;;
esac

# What is wrong is said before anything is measured, not behind it.
is_on allow-empty-base "$INPUT_ALLOW_EMPTY_BASE" || :
is_on comment "$INPUT_COMMENT" || :
is_on status "$INPUT_STATUS" || :
is_on check-run "$INPUT_CHECK_RUN" || :
is_on fail "$INPUT_FAIL" || :
case $INPUT_GATE_NAME in
  '' | *[!A-Za-z0-9._-]*) fail 2 "the input \`gate-name\` is made of letters, digits, dots, underscores and hyphens" ;;
esac
[ "${#INPUT_GATE_NAME}" -le 64 ] || fail 2 "the input \`gate-name\` has at most 64 characters"
case $INPUT_MAX_WAIT in
  '' | *[!0-9]* | ?????*) fail 2 "the input \`max-wait\` is a number of seconds from 1 to 3600" ;;
esac
if [ "$INPUT_MAX_WAIT" -lt 1 ] || [ "$INPUT_MAX_WAIT" -gt 3600 ]; then
  fail 2 "the input \`max-wait\` is a number of seconds from 1 to 3600, not $INPUT_MAX_WAIT"
fi
while IFS= read -r line; do
  case $line in
    '' | regression=?* | improvement=?* | inconclusive=?*) ;;
    *) fail 2 "the input \`labels\` has lines such as \`regression=performance: regression\`; the kinds are regression, improvement and inconclusive, not \`$line\`" ;;
  esac
done <<END
$INPUT_LABELS
END
while IFS= read -r line; do
  case ${line#@} in
    */*/* | /* | */ | *[!A-Za-z0-9._/-]*)
      fail 2 "the input \`request-review\` has a login or \`ORG/TEAM\` a line, not \`$line\`"
      ;;
  esac
done <<END
$INPUT_REQUEST_REVIEW
END

version=${INPUT_VERSION:-$(own_version)}
version=${version:-source}
case $version in
  *'
'*) fail 2 "the input \`version\` is one line" ;;
  source) build ;;
  */* | *\\*)
    [ -f "$version" ] || fail 2 "the input \`version\` names \`$version\`, and no such file is there"
    [ -x "$version" ] || fail 2 "the input \`version\` names \`$version\`, which is not executable"
    version=$(portable "$version")
    directory=${version%/*}
    directory=$(cd "${directory:-/}" && pwd)
    program=$(portable "${directory%/}/${version##*/}")
    ;;
  *)
    version=${version#v}
    download
    ;;
esac

"$program" --version
seal=$(cd "$action/action" && cat ./*.sh "$program" | sha256)
# The runner's files of this step are its own to write.
step=${GITHUB_OUTPUT##*set_output_}
files=
for entry in $(runner_files); do
  case $entry in
    *_"$step="*) ;;
    *) files="$files$entry " ;;
  esac
done
printf 'program=%s\nseal=%s\nfiles=%s\n' "$program" "$seal" "$files" >>"$GITHUB_OUTPUT"
