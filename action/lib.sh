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

# Whether something is a file, and neither a link to one nor a device or a pipe: what measured code could write to is read only
# where it is.
is_file() {
  [ -f "$1" ] && [ ! -L "$1" ]
}

# The SHA-256 of a file, `-` for anything else.
state() {
  if is_file "$1" && sha256 <"$1" 2>/dev/null; then :; else echo -; fi
}

# The runner's folder of the files through which steps steer their job: not only those of this step, also those of the step that
# uses the action, which the runner reads when all steps in here have ended. Empty where there is no such folder.
runner_folder() {
  case ${GITHUB_ENV:-} in
    *[\\/]_runner_file_commands[\\/]*) printf '%s\n' "${GITHUB_ENV%[\\/]*}" ;;
  esac
}

# What is in that folder: NAME=SHA-256, a word each.
runner_files() {
  folder=$(runner_folder)
  for file in "$folder"/*; do
    if [ -n "$folder" ] && [ -e "$file" ]; then printf '%s=%s ' "${file##*/}" "$(state "$file")"; fi
  done
}

# Makes the runner's files what they were: those of `known` (as `runner_files` gives them) and, empty, those of this step. With
# `only`, no others may be there. Returns 1 where anything had to be changed.
restore_runner_files() {
  known=$1 only=${2:-} untouched=yes
  folder=$(runner_folder)
  if [ -n "$folder" ]; then
    if [ -L "$folder" ] || [ ! -d "$folder" ]; then
      untouched=
      rm -rf -- "$folder"
      mkdir -p -- "$folder"
    fi
    chmod u+rwx "$folder"
    for entry in $known; do
      file=$folder/${entry%%=*}
      if [ ! -e "$file" ] && [ ! -L "$file" ] && [ -z "$only" ]; then continue; fi
      if [ "$(state "$file")" != "${entry#*=}" ]; then
        untouched=
        rm -rf -- "$file"
        : >"$file"
      fi
    done
    for file in "$folder"/* "$folder"/.[!.]* "$folder"/..?*; do
      if [ -n "$only" ] && { [ -e "$file" ] || [ -L "$file" ]; }; then
        case " $known" in
          *" ${file##*/}="*) ;;
          *)
            untouched=
            rm -rf -- "$file"
            ;;
        esac
      fi
    done
  fi
  for file in "${GITHUB_ENV:-}" "${GITHUB_PATH:-}" "${GITHUB_STATE:-}" "${GITHUB_OUTPUT:-}" "${GITHUB_STEP_SUMMARY:-}"; do
    if [ -n "$file" ] && { ! is_file "$file" || [ -s "$file" ]; }; then
      untouched=
      rm -rf -- "$file"
      : >"$file"
    fi
  done
  [ -n "$untouched" ]
}

# The SHA-256 over names and texts of the files in a directory. Returns 1 where something in it is no plain file.
directory_sum() {
  list=
  for file in "$1"/* "$1"/.[!.]*; do
    if is_file "$file"; then
      list="$list${file##*/} $(state "$file")
"
    elif [ -e "$file" ] || [ -L "$file" ]; then
      return 1
    fi
  done
  printf '%s' "$list" | sha256
}
