#!/bin/sh
# Puts the report on GitHub and passes or fails the job. The only script that has a token; it starts nothing but the program.
set -eu

# shellcheck source=action/lib.sh
. "$GITHUB_ACTION_PATH/action/lib.sh"

if [ -z "${GITHUB_TOKEN:-}" ]; then unset GITHUB_TOKEN; fi

case $INPUT_MODE in
  publish)
    cd "$INPUT_WORKING_DIRECTORY" || fail 2 "the input \`working-directory\` names no directory"
    REPORT=$INPUT_REPORT
    TEMPLATES=$INPUT_TEMPLATES
    ;;
  *)
    # A new branch has nothing to compare.
    if [ -z "$REPORT" ]; then exit 0; fi
    ;;
esac

set -- publish "--gate-name=$INPUT_GATE_NAME" "--max-wait=$INPUT_MAX_WAIT"
if [ -n "$REPORT" ]; then
  set -- "$@" "--report=$REPORT"
else
  # Configuration and templates come from the base branch, by their paths in it.
  set -- "$@" --from-run "--artifact=$INPUT_ARTIFACT"
  if [ -n "$INPUT_CONFIG" ]; then set -- "$@" "--config=$INPUT_CONFIG"; fi
  if is_on allow-empty-base "$INPUT_ALLOW_EMPTY_BASE"; then set -- "$@" --allow-empty-base; fi
fi
if [ -n "$TEMPLATES" ]; then set -- "$@" "--templates=$TEMPLATES"; fi
if [ -n "$INPUT_REPORT_URL" ]; then set -- "$@" "--report-url=$INPUT_REPORT_URL"; fi
if [ -n "$INPUT_DOCS_URL" ]; then set -- "$@" "--docs-url=$INPUT_DOCS_URL"; fi

if [ "$INPUT_MODE" = collect ]; then
  set -- "$@" --no-comment
else
  if ! is_on comment "$INPUT_COMMENT"; then set -- "$@" --no-comment; fi
  if is_on status "$INPUT_STATUS"; then
    set -- "$@" --status
  elif [ -n "$INPUT_STATUS" ] && [ -z "$REPORT" ]; then
    set -- "$@" --no-status
  fi
  if is_on check-run "$INPUT_CHECK_RUN"; then set -- "$@" --check-run; fi
  while IFS= read -r line; do
    if [ -n "$line" ]; then set -- "$@" "--labels=$line"; fi
  done <<END
$INPUT_LABELS
END
  while IFS= read -r line; do
    if [ -n "$line" ]; then set -- "$@" "--request-review=$line"; fi
  done <<END
$INPUT_REQUEST_REVIEW
END
fi

if is_on fail "$INPUT_FAIL"; then fails=yes; else fails=; fi
exit_code=0
"$PROGRAM" "$@" || exit_code=$?
case $exit_code in
  4)
    annotate warning 'the report could not be published; the log says why. The gate passed'
    exit_code=0
    ;;
  # What went wrong in publishing itself.
  2 | 70 | 130) exit "$exit_code" ;;
esac
# The quick profile fails no build, whatever its report says: the step that measured knows.
exit_code=${RESULT:-$exit_code}
case $fails/$INPUT_MODE/$exit_code in
  /*/1 | /*/5 | /publish/3)
    annotate notice "exit code $exit_code; this job passes all the same, as the input \`fail\` says"
    exit_code=0
    ;;
esac
exit "$exit_code"
