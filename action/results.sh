#!/bin/sh
# Measures, or compares results that exist, and writes the report. What runs here is code of the pull request, so there is no
# token, and the files through which a step steers its job must come back empty. The step succeeds wherever there is a report:
# the last step publishes it and passes or fails the job.
# Outputs: `exit-code`, the paths of what was written, `templates-path`, `report-sum` and `templates-sum`, their SHA-256, and
# `nothing`, which is true where there is nothing to compare.
set -eu

# shellcheck source=action/lib.sh
. "$GITHUB_ACTION_PATH/action/lib.sh"

if [ "$INPUT_MODE" = publish ]; then exit 0; fi
cd "$INPUT_WORKING_DIRECTORY" || fail 2 "the input \`working-directory\` names no directory"

zero=0000000000000000000000000000000000000000

# Gets a commit that a shallow checkout lacks, if the remote gives it without a token. Returns 1 where it cannot be had.
get() {
  if git cat-file -e "$1^{commit}" 2>/dev/null; then return; fi
  depth=
  if [ "$(git rev-parse --is-shallow-repository)" = true ]; then depth=--depth=1; fi
  # shellcheck disable=SC2086 # one option or none
  GIT_TERMINAL_PROMPT=0 git fetch --quiet --no-tags $depth origin "$1" || return 1
}

have() {
  get "$1" || fail 3 "the checkout lacks the base commit $1: give actions/checkout \`fetch-depth: 0\`"
}

# The parents of the checked out commit, which a shallow checkout still names.
parents() {
  git cat-file commit HEAD | sed -n -e '/^$/q' -e 's/^parent //p'
}

# What ends a job in which there is nothing to compare.
nothing() {
  annotate notice "$1"
  echo 'nothing=true' >>"$GITHUB_OUTPUT"
  exit 0
}

# Sets, where they are asked for, `base`, the revision before the change, and `rules`, the revision whose configuration holds.
know_revisions() {
  case ${GITHUB_EVENT_NAME:-} in
    pull_request)
      # GitHub's own merge commit is checked out by default. Its first parent is the base branch, and nothing but the change
      # is between the two. Any other commit was made by the author, who must not name its base.
      if [ "$(git rev-parse HEAD)" = "${GITHUB_SHA:-}" ] && [ "$(parents | wc -l)" -eq 2 ]; then
        branch=$(parents | sed -n 1p)
        have "$branch"
        base=$branch
      else
        branch=$PULL_REQUEST_BASE
        have "$branch"
        if [ -n "$wants_base" ]; then
          base=$(git merge-base "$branch" HEAD) ||
            fail 3 "the checkout does not reach back to the base branch: give actions/checkout \`fetch-depth: 0\`"
        fi
      fi
      rules=$branch
      ;;
    merge_group)
      have "$MERGE_GROUP_BASE"
      base=$MERGE_GROUP_BASE rules=$MERGE_GROUP_BASE
      ;;
    push)
      if [ -z "$wants_base" ] || [ "$PUSH_BEFORE" = "$zero" ]; then return; fi
      if [ "$PUSH_FORCED" = true ] && ! get "$PUSH_BEFORE"; then
        nothing 'a forced push, and the state before it is gone: there is nothing to compare with'
      fi
      have "$PUSH_BEFORE"
      base=$PUSH_BEFORE
      ;;
  esac
}

base='' rules='' wants_base='' wants_rules=''
if [ -z "$INPUT_RUN_SET$INPUT_BASE_PATH$INPUT_HEAD_PATH$INPUT_BASE" ]; then wants_base=yes; fi
if [ -z "$INPUT_CONFIG_REV" ]; then wants_rules=yes; fi
if [ -n "$wants_base$wants_rules" ]; then
  # A container often runs as another user than the one whose checkout it is; git then says so.
  said=$(git rev-parse --git-dir 2>&1) ||
    fail 3 "git finds no repository in \`$INPUT_WORKING_DIRECTORY\`: run actions/checkout before; in a container, \`git config --global --add safe.directory '*'\`. git says: $said"
  know_revisions
fi
base=${INPUT_BASE:-$base}
rules=${INPUT_CONFIG_REV:-$rules}

# Whether the user's own arguments have an option.
has_argument() {
  printf '%s\n' "$INPUT_ARGS" | sed '/^--$/q' | grep -q -e "^$1\$" -e "^$1="
}

directory=$(mktemp -d "$(portable "${RUNNER_TEMP:?}")/benchgate.XXXXXX")
report=$directory/benchgate-report.json
markdown=$directory/benchgate-report.md
junit=$directory/benchgate-report.xml
runs=

if [ -n "$INPUT_RUN_SET" ]; then
  set -- compare "--runs=$INPUT_RUN_SET"
elif [ -n "$INPUT_BASE_PATH$INPUT_HEAD_PATH" ]; then
  if [ -z "$INPUT_BASE_PATH" ] || [ -z "$INPUT_HEAD_PATH" ]; then
    fail 2 "the inputs \`base-path\` and \`head-path\` belong together"
  fi
  set -- compare
  while IFS= read -r line; do
    if [ -n "$line" ]; then set -- "$@" "--base=$line"; fi
  done <<END
$INPUT_BASE_PATH
END
  while IFS= read -r line; do
    if [ -n "$line" ]; then set -- "$@" "--head=$line"; fi
  done <<END
$INPUT_HEAD_PATH
END
elif [ -n "$base" ]; then
  runs=$directory/runs
  set -- measure "--base=$base" "--head=$INPUT_HEAD" "--out-dir=$runs" --then-compare
  # People know branches, not commits.
  if [ -z "$INPUT_BASE" ] && [ -n "${GITHUB_BASE_REF:-}" ]; then
    if ! has_argument --base-label; then set -- "$@" "--base-label=$GITHUB_BASE_REF"; fi
    if ! has_argument --head-label; then set -- "$@" "--head-label=${GITHUB_HEAD_REF:-}"; fi
  fi
elif [ "${GITHUB_EVENT_NAME:-}" = push ]; then
  nothing 'a new branch: there is no state before the push to compare with'
else
  fail 2 "the event \`${GITHUB_EVENT_NAME:-}\` says nothing of a base: set the input \`base\`"
fi

set -- "$@" "--gate-name=$INPUT_GATE_NAME" "--out=json=$report" "--out=markdown=$markdown" "--out=junit=$junit"
if [ -n "$INPUT_CONFIG" ]; then set -- "$@" "--config=$INPUT_CONFIG"; fi
if [ -n "$rules" ]; then set -- "$@" "--config-rev=$rules"; fi
if [ -n "$INPUT_TEMPLATES" ]; then set -- "$@" "--templates=$INPUT_TEMPLATES"; fi
if [ -n "$INPUT_REPORT_URL" ]; then set -- "$@" "--report-url=$INPUT_REPORT_URL"; fi
if [ -n "$INPUT_DOCS_URL" ]; then set -- "$@" "--docs-url=$INPUT_DOCS_URL"; fi
if is_on allow-empty-base "$INPUT_ALLOW_EMPTY_BASE"; then set -- "$@" --allow-empty-base; fi
while IFS= read -r line; do
  if [ -n "$line" ]; then set -- "$@" "$line"; fi
done <<END
$INPUT_ARGS
END

# Templates are taken out before anything is measured, so that the step with the token runs no git in a repository that
# measured code could write to.
templates='' templates_sum=''
if [ -n "$INPUT_TEMPLATES" ]; then
  templates=$directory/templates
  mkdir "$templates"
  if [ -n "$rules" ]; then
    tree=$(git rev-parse --quiet --verify --end-of-options "$rules:./$INPUT_TEMPLATES") ||
      fail 3 "the directory of templates \`$INPUT_TEMPLATES\` is not in $rules"
    (cd "$(git rev-parse --show-toplevel)" && git archive "$tree") >"$directory/templates.tar"
    (cd "$templates" && tar -xf ../templates.tar)
  else
    cp "$INPUT_TEMPLATES"/*.j2 "$templates"
  fi
  templates_sum=$(directory_sum "$templates") ||
    fail 3 "the directory of templates \`$INPUT_TEMPLATES\` holds something else than files: a link or a directory"
fi

# Whether the checkout left a token where measured code can read it. Its value is not looked at.
if git config --get-regexp '^http\..*\.extraheader$' >/dev/null 2>&1; then
  annotate warning "the checkout left its token in the configuration of git, where measured code can read it: give actions/checkout \`persist-credentials: false\`"
fi

runner_files=$(runner_files)

# What is printed may quote names that a pull request chose: no line of it is a command.
word=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
printf '::stop-commands::%s\n' "$word"
exit_code=0
"$PROGRAM" "$@" 2>&1 || exit_code=$?
printf '\n::%s::\n' "$word"

# From here on nothing is called from directories that measured code could write to.
PATH="/usr/bin:/bin:$PATH"
restore_runner_files "$runner_files" only ||
  fail 3 "code that was measured wrote to the files through which a step steers its job; they were emptied and nothing is published"
if [ -n "$templates" ] && [ "$(directory_sum "$templates")" != "$templates_sum" ]; then
  fail 3 "code that was measured changed the templates; nothing is published"
fi

if ! is_file "$report" || [ ! -s "$report" ]; then
  if [ "$exit_code" -eq 0 ]; then exit_code=70; fi
  fail "$exit_code" "there is no report (exit code $exit_code): the log says why"
fi
# A file of our own, whoever holds the old one open.
rm -f -- "$GITHUB_OUTPUT"
{
  printf 'exit-code=%s\n' "$exit_code"
  printf 'report-path=%s\n' "$report"
  printf 'markdown-path=%s\n' "$markdown"
  printf 'junit-path=%s\n' "$junit"
  printf 'run-set-path=%s\n' "$runs"
  printf 'report-sum=%s\n' "$(state "$report")"
  printf 'templates-path=%s\n' "$templates"
  printf 'templates-sum=%s\n' "$templates_sum"
} >"$GITHUB_OUTPUT"
