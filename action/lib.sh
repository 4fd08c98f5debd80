# shellcheck shell=sh
# What the action's scripts share.

# Ends the step with an error that shows on the job's page: code 2 says that the inputs of the action are wrong, code 3 that
# what they lead to is.
fail() {
  exit_code=$1
  shift
  annotate error "$*"
  exit "$exit_code"
}

# Prints a workflow command (error, warning, notice) with text that can hold anything.
annotate() {
  printf '::%s title=benchgate::%s\n' "$1" "$(printf '%s' "$2" | tr '\r\n' '  ' | sed 's/%/%25/g')"
}

# Whether the input of this name, a switch, is on.
is_on() {
  case $2 in
    true) return 0 ;;
    false | '') return 1 ;;
    *) fail 2 "the input \`$1\` is true or false, not \`$2\`" ;;
  esac
}

# The SHA-256 of standard input, in hexadecimal.
sha256() {
  if has sha256sum; then sha256sum; else shasum -a 256; fi | cut -c 1-64
}

has() {
  type "$1" >/dev/null 2>&1
}

# A path that programs of Windows understand as well as the shell.
portable() {
  if has cygpath; then cygpath -m "$1"; else printf '%s\n' "$1"; fi
}
