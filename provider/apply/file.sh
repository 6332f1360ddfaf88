# Files, replaced in one step.

# sync_file PATH...: has the file on disk before it is renamed, where sync knows files.
sync_file() { sync "$@" 2>/dev/null || sync; }

# file_mode PATH: four octal digits.
file_mode() {
  _mode=$(stat -c %a -- "$1")
  while [ "${#_mode}" -lt 4 ]; do _mode=0$_mode; done
  printf '%s' "$_mode"
}

# file_owner PATH: `USER GROUP`.
file_owner() { stat -c '%U %G' -- "$1"; }

_place() {
  # _place SOURCE PATH OWNER:GROUP MODE: SOURCE's content at PATH, by a rename in the same folder.
  _new=${2%/*}/.labwright.${2##*/}.new
  rm -f -- "$_new"
  (set -C && cat "$1" >"$_new")
  chown -- "$3" "$_new"
  chmod -- "$4" "$_new"
  sync_file "$_new"
  mv -f -- "$_new" "$2"
  ! command -v restorecon >/dev/null || restorecon -- "$2" >/dev/null 2>&1 || :
}

_undo() {
  rm -f -- "$_new"
  [ "$_undo_path" ] || return 0
  if [ "$_undo_mode" ]; then _place "$in/.before" "$_undo_path" "$_undo_owner" "$_undo_mode"
  else rm -f -- "$_undo_path"; fi
}

# write_file PATH OWNER GROUP MODE SOURCE [CHECK]: SOURCE's content at PATH, unless it is there already. CHECK is a file
# with a shell command that judges the service with the new file in place: when it fails, or the script is ended while it
# runs, what was there before comes back. Calls changed.
write_file() {
  [ ! -L "$1" ] || fail "$1 is a symbolic link, not a file: name the file itself"
  [ ! -d "$1" ] || fail "$1 is a directory"
  [ -d "${1%/*}/" ] || fail "the directory ${1%/*} does not exist: create it first, for example with labwright:host:Directory"
  if [ -e "$1" ] && cmp -s -- "$5" "$1" && [ "$(file_owner "$1") $(file_mode "$1")" = "$2 $3 $4" ]; then return 0; fi
  _new=${1%/*}/.labwright.${1##*/}.new _undo_path='' _undo_mode=''
  trap _undo EXIT
  trap 'exit 143' HUP INT TERM
  if [ -e "$1" ]; then
    cat "$1" >"$in/.before"
    _undo_owner=$(stat -c %u:%g -- "$1") _before_mode=$(file_mode "$1")
  else
    _before_mode=''
  fi
  if [ "${6-}" ]; then _undo_mode=$_before_mode _undo_path=$1; fi
  _place "$5" "$1" "$2:$3" "$4"
  if [ "${6-}" ]; then
    sh "$6" >"$in/.verdict" 2>&1 </dev/null || {
      cat "$in/.verdict" >&2
      exit 65
    }
    _undo_path=''
  fi
  trap - EXIT
  changed
}

# keep_original PATH: keeps what is there, for restore_original. The first original stays.
keep_original() {
  mkdir -p "$state_folder/originals"
  [ ! -e "$state_folder/originals/$key" ] || return 0
  [ -f "$1" ] && [ ! -L "$1" ] || fail "$1 is not a regular file and cannot be adopted"
  cp -p -- "$1" "$state_folder/originals/$key.new"
  sync_file "$state_folder/originals/$key.new"
  mv -f "$state_folder/originals/$key.new" "$state_folder/originals/$key"
}

# restore_original PATH: puts the kept original back. Fails when none was kept.
restore_original() {
  _original=$state_folder/originals/$key
  [ -e "$_original" ] || return 1
  _place "$_original" "$1" "$(stat -c %u:%g "$_original")" "$(file_mode "$_original")"
}

# file_sha256 PATH: 64 hexadecimal digits.
file_sha256() {
  _sum=$(sha256sum <"$1")
  printf '%s' "${_sum%% *}"
}
