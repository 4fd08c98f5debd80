#!/bin/sh
# Measures, or compares results that exist, and writes the report. What runs here is code of the pull request, so there is no
# token, and the files through which a step steers its job must come back empty. The step succeeds wherever there is a report:
# the last step publishes it and passes or fails the job.
# Outputs: `exit-code`, the paths of what was written, and `templates-path`.
set -eu

# shellcheck source=action/lib.sh
. "$GITHUB_ACTION_PATH/action/lib.sh"

if [ "$INPUT_MODE" = publish ]; then exit 0; fi
cd "$INPUT_WORKING_DIRECTORY" || fail 2 "the input \`working-directory\` names no directory"

zero=0000000000000000000000000000000000000000

# Gets a commit that a shallow checkout lacks, if the remote gives it without a token.
have() {
  if git cat-file -e "$1^{commit}" 2>/dev/null; then return; fi
  depth=
  if [ "$(git rev-parse --is-shallow-repository 2>/dev/null)" = true ]; then depth=--depth=1; fi
  # shellcheck disable=SC2086 # one option or none
  if GIT_TERMINAL_PROMPT=0 git fetch --quiet --no-tags $depth origin "$1" 2>/dev/null; then return; fi
  fail 3 "the checkout lacks the base commit $1: give actions/checkout \`fetch-depth: 0\`"
}

# The parents of the checked out commit, which a shallow checkout still names.
parents() {
  git cat-file commit HEAD | sed -n -e '/^$/q' -e 's/^parent //p'
}

# Sets `base`, the revision before the change, and `rules`, the revision whose configuration holds.
know_revisions() {
  base=$INPUT_BASE rules=
  case ${GITHUB_EVENT_NAME:-} in
    pull_request)
      # GitHub's own merge commit is checked out by default. Its first parent is the base branch, and nothing but the change
      # is between the two. Any other commit was made by the author, who must not name its base.
      if [ "$(git rev-parse HEAD)" = "${GITHUB_SHA:-}" ] && [ "$(parents | wc -l)" -eq 2 ]; then
        rules=$(parents | sed -n 1p)
        have "$rules"
        base=${base:-$rules}
      else
        rules=$PULL_REQUEST_BASE
        have "$rules"
        if [ -z "$base" ]; then
          base=$(git merge-base "$rules" HEAD) ||
            fail 3 "the checkout does not reach back to the base branch: give actions/checkout \`fetch-depth: 0\`"
        fi
      fi
      ;;
    merge_group)
      rules=$MERGE_GROUP_BASE
      have "$rules"
      base=${base:-$rules}
      ;;
    push)
      if [ -z "$base" ] && [ "$PUSH_BEFORE" != "$zero" ]; then
        base=$PUSH_BEFORE
        have "$base"
      fi
      ;;
  esac
}

in_repository() {
  git rev-parse --git-dir >/dev/null 2>&1
}

base='' rules=''
if [ -n "$INPUT_CONFIG_REV" ] && [ -n "$INPUT_RUN_SET$INPUT_BASE_PATH" ]; then
  : # Nothing is left to be found out.
elif in_repository; then
  know_revisions
else
  fail 3 "there is no git repository in \`$INPUT_WORKING_DIRECTORY\`: run actions/checkout before"
fi
rules=${INPUT_CONFIG_REV:-$rules}

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
    set -- "$@" "--base-label=$GITHUB_BASE_REF" "--head-label=${GITHUB_HEAD_REF:-}"
  fi
elif [ "${GITHUB_EVENT_NAME:-}" = push ]; then
  annotate notice 'a new branch: there is no state before the push to compare with'
  exit 0
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
templates=
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
fi

# What is printed may quote names that a pull request chose: no line of it is a command.
word=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
printf '::stop-commands::%s\n' "$word"
exit_code=0
"$PROGRAM" "$@" 2>&1 || exit_code=$?
printf '\n::%s::\n' "$word"

touched=
for file in "${GITHUB_ENV:-}" "${GITHUB_PATH:-}" "${GITHUB_STATE:-}" "${GITHUB_OUTPUT:-}" "${GITHUB_STEP_SUMMARY:-}"; do
  if [ -n "$file" ] && [ -s "$file" ]; then
    : >"$file"
    touched=yes
  fi
done
[ -z "$touched" ] ||
  fail 3 "code that was measured wrote to the files through which a step steers its job; they were emptied and nothing is published"

if [ ! -s "$report" ]; then
  if [ "$exit_code" -eq 0 ]; then exit_code=70; fi
  fail "$exit_code" "there is no report (exit code $exit_code): the log says why"
fi
{
  printf 'exit-code=%s\n' "$exit_code"
  printf 'report-path=%s\n' "$report"
  printf 'markdown-path=%s\n' "$markdown"
  printf 'junit-path=%s\n' "$junit"
  printf 'run-set-path=%s\n' "$runs"
  printf 'templates-path=%s\n' "$templates"
} >"$GITHUB_OUTPUT"
