#!/bin/sh
# Puts the report on GitHub and passes or fails the job. The only script that has a token; it starts nothing but the program.
set -eu

# shellcheck source=action/lib.sh
. "$GITHUB_ACTION_PATH/action/lib.sh"

# A process that measured code left behind had time until now.
restore_runner_files "$FILES" ||
  fail 3 "code that was measured wrote to the files through which a step steers its job; they were emptied and nothing is published"

if [ -z "${GITHUB_TOKEN:-}" ]; then unset GITHUB_TOKEN; fi

case $INPUT_MODE in
  publish)
    cd "$INPUT_WORKING_DIRECTORY" || fail 2 "the input \`working-directory\` names no directory"
    REPORT=$INPUT_REPORT
    TEMPLATES=$INPUT_TEMPLATES
    ;;
  *)
    if [ "$NOTHING" = true ]; then exit 0; fi
    [ -n "$REPORT" ] || fail 3 "the step that measured left no report; nothing is published"
    [ "$(state "$REPORT")" = "$REPORT_SUM" ] ||
      fail 3 "the report was changed after it was written, or is gone; nothing is published"
    if [ -n "$TEMPLATES" ] && [ "$(directory_sum "$TEMPLATES")" != "$TEMPLATES_SUM" ]; then
      fail 3 "the templates were changed after they were taken out; nothing is published"
    fi
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

# The value of an output that the program wrote; empty where it wrote none.
written() {
  awk -v name="$1" '
    index($0, name "=") == 1 { value = substr($0, length(name) + 2) }
    index($0, name "<<") == 1 { getline value }
    END { print value }
  ' <"$GITHUB_OUTPUT"
}

if is_on fail "$INPUT_FAIL"; then fails=yes; else fails=; fi
exit_code=0
"$PROGRAM" "$@" || exit_code=$?
# With a report, 2 is what the report says: the configuration is wrong. Without, publishing itself was called wrongly.
if [ "$exit_code/$INPUT_MODE" = 2/publish ] && [ -n "$(written outcome)" ]; then exit_code=3; fi
case $exit_code in
  0 | 1 | 3 | 5) ;;
  4)
    annotate warning 'the report, which fails nothing, could not be published; the log says why'
    exit_code=0
    ;;
  # What went wrong in publishing itself.
  2 | 70 | 130) exit "$exit_code" ;;
  *)
    annotate warning "publishing ended with exit code $exit_code; the log may say why"
    exit_code=${RESULT:-$exit_code}
    ;;
esac
case $exit_code/$RESULT in
  # The quick profile fails no build, whatever its report says: the step that measured knows.
  1/0 | 5/0) exit_code=0 ;;
  # What failed there stays failed.
  0/?*) exit_code=$RESULT ;;
esac
# A job that passes all the same must at least have said what failed.
if [ "$(written published)" = false ]; then fails=yes; fi
case $fails/$INPUT_MODE/$exit_code in
  /*/1 | /*/5 | /publish/3)
    annotate notice "exit code $exit_code; this job passes all the same, as the input \`fail\` says"
    exit_code=0
    ;;
esac
exit "$exit_code"
