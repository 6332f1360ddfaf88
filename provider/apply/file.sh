# Files, replaced in one step. The folders above may belong to other users of the host, who can move things while this
# runs: so a folder is entered once, looked at, and then used as the working directory.

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

# enter_above PATH: makes the folder that PATH is in the working directory; sets folder to its real path and name to the
# rest. A symbolic link on the way counts only where root alone could have laid it.
enter_above() {
  _above=${1%/*} name=${1##*/}
  _above=${_above:-/}
  cd -P -- "$_above" || return
  folder=$(pwd -P)
  [ "$folder" != "$_above" ] || return 0
  _at=$_above
  while [ "$_at" ]; do
    [ "$(stat -c %u -- "$_at")" = 0 ] ||
      fail "$_above leads over a symbolic link to $folder, and $_at is not root's: write ${folder%/}/$name"
    _at=${_at%/*}
  done
}

# enter_own NAME: makes NAME in the working directory, a folder and no link, the working directory.
enter_own() {
  cd -P -- "./$1" || return
  [ "$(pwd -P)" = "${folder%/}/$1" ] || fail "somebody moved ${folder%/}/$1 away meanwhile"
}

# _stage_of NAME: the name of the folder beside a file in which the new one is made, and nobody else can look.
_stage_of() {
  # 255 bytes is the longest name that Linux file systems take.
  if [ "${#1}" -le 200 ]; then printf '.labwright.%s' "$1"; else printf '.labwright.%.64s' "$(printf %s "$1" | sha256sum)"; fi
}

_clear_stage() {
  if [ -d "$_stage" ] && [ ! -L "$_stage" ] && [ -O "$_stage" ]; then rm -rf -- "./$_stage"; fi
}

# _replace PATH OWNER:GROUP MODE SOURCE CHECK: see write_file. For a subshell of its own; ends it when a step fails, also
# where the caller's `if` or `&&` has switched set -e off.
_replace() {
  enter_above "$1" || exit
  _stage=$(_stage_of "$name") _judging=''
  _clear_stage
  mkdir -m 0700 -- "$_stage" || exit
  enter_own "$_stage" || exit
  trap _leave_stage EXIT
  trap 'exit 143' HUP INT TERM
  { cat "$4" >new && chown -- "$2" new && chmod -- "$3" new && sync_file new; } || exit
  if [ "$5" ]; then _note_unjudged "$1" || exit; fi
  mv -f -T -- new "../$name" || exit
  ! command -v restorecon >/dev/null || restorecon -- "../$name" >/dev/null 2>&1 || :
  if [ "$5" ]; then
    (cd / && exec sh "$5") >verdict 2>&1 </dev/null || {
      cat verdict >&2
      exit 65
    }
    rm -f -- "$_judging" || exit
    _judging=''
  fi
}

# _note_unjudged PATH: keeps what is there until the service has judged what comes, also beyond a loss of power.
_note_unjudged() {
  if [ -e "../$name" ]; then
    # A link keeps everything about the file. Not all file systems have them.
    ln -- "../$name" before 2>/dev/null || cp -p -P -- "../$name" before || return
    [ -f before ] && [ ! -L before ] || fail "$1 is not a regular file"
  fi
  mkdir -p "$state_folder/judging" || return
  _judging=$state_folder/judging/$held
  printf '%s\n' "$1" >"$_judging" && sync_file "$_judging"
}

_leave_stage() {
  if [ "$_judging" ]; then
    _put_back
    rm -f -- "$_judging"
  fi
  cd .. && _clear_stage
}

# _put_back: what was there before the new file, from the working directory, the stage.
_put_back() {
  if [ ! -e before ]; then rm -f -- "../$name"
  elif [ ! before -ef "../$name" ]; then mv -f -T -- before "../$name"; fi
}

# put_back_unjudged LOCK: a run was cut short (the host lost power) before the service under that lock had judged its file:
# what was there before comes back.
put_back_unjudged() {
  [ -s "$state_folder/judging/$1" ] || return 0
  IFS= read -r _unjudged <"$state_folder/judging/$1"
  if [ -d "${_unjudged%/*}/" ]; then
    (
      enter_above "$_unjudged"
      _stage=$(_stage_of "$name")
      if [ ! -d "$_stage" ] || [ -L "$_stage" ] || [ ! -O "$_stage" ]; then exit 0; fi
      enter_own "$_stage"
      _put_back
      cd .. && _clear_stage
    )
  fi
  rm -f -- "$state_folder/judging/$1"
}

# write_file PATH OWNER GROUP MODE SOURCE [CHECK]: SOURCE's content at PATH, unless it is there already. CHECK is a file
# with a shell command that judges the service with the new file in place: when it fails, or the script is ended while it
# runs, what was there before comes back. Calls changed.
write_file() {
  [ ! -L "$1" ] || fail "$1 is a symbolic link, not a file: name the file itself"
  [ ! -d "$1" ] || fail "$1 is a directory"
  [ ! -e "$1" ] || [ -f "$1" ] || fail "$1 is not a regular file: take it away first"
  [ -d "${1%/*}/" ] || fail "the directory ${1%/*} does not exist: create it first, for example with labwright:host:Directory"
  if [ -e "$1" ] && cmp -s -- "$5" "$1" && [ "$(file_owner "$1") $(file_mode "$1")" = "$2 $3 $4" ]; then return 0; fi
  (_replace "$1" "$2:$3" "$4" "$5" "${6-}") || exit
  changed
}

# remove_file PATH: nothing there any more. Calls changed.
remove_file() {
  if [ ! -f "$1" ] && [ ! -L "$1" ]; then return 0; fi
  (
    enter_above "$1"
    rm -f -- "./$name"
  )
  changed
}

# keep_original PATH: keeps what is there, for restore_original. The first original stays.
keep_original() {
  mkdir -p "$state_folder/originals"
  [ ! -e "$state_folder/originals/$key" ] || return 0
  _copy=$state_folder/originals/$key.new
  rm -f -- "$_copy"
  if [ -f "$1" ] && [ ! -L "$1" ]; then cp -p -P -- "$1" "$_copy"; fi
  [ -f "$_copy" ] && [ ! -L "$_copy" ] || fail "$1 is not a regular file and cannot be adopted"
  sync_file "$_copy"
  mv -f "$_copy" "$state_folder/originals/$key"
}

# restore_original PATH: puts the kept original back. Fails when none was kept.
restore_original() {
  _original=$state_folder/originals/$key
  [ -e "$_original" ] || return 1
  place_file "$_original" "$1" "$(stat -c %u:%g "$_original")" "$(file_mode "$_original")"
}

# place_file SOURCE PATH OWNER:GROUP MODE: SOURCE's content at PATH, whatever is there now.
place_file() { (_replace "$2" "$3" "$4" "$1" '') || exit; }

# file_sha256 PATH: 64 hexadecimal digits.
file_sha256() {
  _sum=$(sha256sum <"$1")
  printf '%s' "${_sum%% *}"
}
