# Directories.

# make_directory PATH OWNER GROUP MODE: the directory, with what is above it. Calls changed.
make_directory() {
  [ ! -L "$1" ] || fail "$1 is a symbolic link, not a directory: name the directory itself"
  [ ! -e "$1" ] || [ -d "$1" ] || fail "$1 exists and is not a directory"
  _above=${1%/*}
  (umask 022 && mkdir -p -- "${_above:-/}")
  (
    enter_above "$1"
    if [ ! -d "$name" ]; then
      # Nobody gets in before owner and mode are right.
      mkdir -m 0700 -- "./$name"
      changed
    fi
    enter_own "$name"
    if [ "$(file_owner .)" != "$2 $3" ]; then
      chown -- "$2:$3" .
      changed
    fi
    if [ "$(file_mode .)" != "$4" ]; then
      # GNU chmod keeps a directory's set-id bits unless they are named.
      chmod -- u-s,g-s .
      chmod -- "$4" .
      changed
    fi
  )
}

# keep_owner_and_mode PATH: for remove_directory to put back.
keep_owner_and_mode() {
  [ -d "$1" ] && [ ! -L "$1" ] || fail "$1 is not a directory and cannot be adopted"
  mkdir -p "$state_folder/originals"
  echo "$(stat -c '%u:%g' -- "$1") $(file_mode "$1")" >"$state_folder/originals/$key.new"
  mv -f "$state_folder/originals/$key.new" "$state_folder/originals/$key"
}

# remove_directory PATH PURGE: the directory, with its content when PURGE is 1. One that was adopted stays and gets its
# owner and mode back.
remove_directory() {
  if [ ! -d "$1" ] || [ -L "$1" ]; then return 0; fi
  (
    enter_above "$1"
    if [ "$adopted" = 1 ]; then
      [ -s "$state_folder/originals/$key" ] || exit 0
      read -r _owner _mode <"$state_folder/originals/$key"
      enter_own "$name"
      chown -- "$_owner" .
      chmod -- "$_mode" .
    elif [ "$2" = 1 ]; then
      _refuse_mounts "${folder%/}/$name"
      rm -rf -- "./$name"
    else
      rmdir -- "./$name" 2>/dev/null || field left full
    fi
  )
}

# _refuse_mounts PATH: rm does not stop at a mount.
_refuse_mounts() {
  # As the kernel writes them (proc(5), mountinfo).
  _written=$(printf %s "$1" | sed 's/\\/\\134/g; s/ /\\040/g')
  while read -r _device _mount _rest; do
    case $_mount in
      "$_written" | "$_written"/*) fail "$_mount is mounted there: unmount it before $1 is deleted with its content" ;;
    esac
  done </proc/self/mounts
}
