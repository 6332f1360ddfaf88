# What every script has. A script's own files are in $in, a folder that goes with it.

# begin WORK ID [NAME SIZE]...: cuts the script's files out of its input.
begin() {
  in=$1/$2.files _input=$1/$2.in _at=1
  mkdir "$in"
  shift 2
  while [ $# -gt 0 ]; do
    if [ "$2" = 0 ]; then : >"$in/$1"
    elif [ "$_at" = 1 ]; then head -c "$2" "$_input" >"$in/$1"
    else tail -c "+$_at" "$_input" | head -c "$2" >"$in/$1"; fi
    _at=$((_at + $2))
    shift 2
  done
  set -e
}

# field NAME VALUE: a value for the caller, byte for byte.
field() { printf '\001field %s %s\n%s\n' "$1" "${#2}" "$2"; }

# field_file NAME PATH: a file's content for the caller, byte for byte.
field_file() {
  _copy=$in/.field
  cat "$2" >"$_copy"
  printf '\001field %s %s\n' "$1" "$(($(wc -c <"$_copy")))"
  cat "$_copy"
  echo
}

# fail MESSAGE: ends the script; the message is the error that the user reads.
fail() {
  printf '%s\n' "$1" >&2
  exit 1
}
