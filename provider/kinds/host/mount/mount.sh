# Mounts, by systemd's units or by lines of /etc/fstab.

units=/etc/systemd/system

# mounted_at WHERE: what is mounted there last, besides automount's own file system: `SOURCE OPTIONS TYPE`, as in
# /proc/self/mounts; nothing when nothing is.
mounted_at() {
  _where=$(printf %s "$1" | sed 's/\\/\\134/g; s/ /\\040/g') awk \
    '$2 == ENVIRON["_where"] && $3 != "autofs" { found = $1 " " $4 " " $3 } END { if (found) print found }' /proc/self/mounts
}

# is_mounted WHERE: whether anything is.
is_mounted() { [ "$(mounted_at "$1")" ]; }

# make_mount_point WHERE: makes it, and notes that; refuses to hide files.
make_mount_point() {
  if [ -e "$1" ]; then
    [ -d "$1" ] || fail "where is $1: there is something else than a directory"
    if ! is_mounted "$1" && ! _watched "$1" && [ "$(ls -A -- "$1" | head -n 1)" ]; then
      fail "where is $1: the directory holds files, which a mount would hide; move them away first"
    fi
    return 0
  fi
  (umask 022 && mkdir -p -- "$1")
  mkdir -p "$state_folder/mounts"
  : >"$state_folder/mounts/$key"
}

# To look into a directory that automount watches would mount it.
_watched() { _where=$(printf %s "$1" | sed 's/ /\\040/g') awk '$2 == ENVIRON["_where"] && $3 == "autofs" { found = 1 } END { exit !found }' /proc/self/mounts; }

# drop_mount_point WHERE: removes what make_mount_point made.
drop_mount_point() {
  [ -e "$state_folder/mounts/$key" ] || return 0
  is_mounted "$1" || rmdir -- "$1" 2>/dev/null || :
  rm -f "$state_folder/mounts/$key"
}

# unit_state UNIT: `ACTIVE ENABLED`, each 1 or 0.
unit_state() {
  _active=0 _enabled=0
  case $(systemctl show -p ActiveState --value -- "$1" 2>/dev/null) in active | activating | reloading) _active=1 ;; esac
  if [ "$(systemctl is-enabled -- "$1" 2>/dev/null)" = enabled ]; then _enabled=1; fi
  echo "$_active $_enabled"
}

# look_at_units NAME: fields of the units of that name.
look_at_units() {
  [ -f "$units/$1.mount" ] && [ ! -L "$units/$1.mount" ] || return 0
  field_file mount "$units/$1.mount"
  _main=$1.mount
  if [ -f "$units/$1.automount" ]; then
    field_file automount "$units/$1.automount"
    _main=$1.automount
  fi
  field state "$(unit_state "$_main")"
  field dropins "$(systemctl show -p DropInPaths --value -- "$1.mount" "$1.automount" 2>/dev/null | tr '\n' ' ')"
}

# stop_units NAME WHERE: unmounts; explains what is in the way.
stop_units() {
  # The mount first: where something uses it, everything stays as it was.
  systemctl stop -- "$1.mount" 9>&- 2>/dev/null || :
  if is_mounted "$2"; then
    umount -- "$2" >"$in/said" 2>&1 || {
      cat "$in/said" >&2
      fail "$2 cannot be unmounted: end what uses it first (fuser -vm $2 shows it)"
    }
  fi
  systemctl stop -- "$1.automount" 9>&- 2>/dev/null || :
  # One by one: with one that is not there, systemctl would do none.
  for _unit in "$1.mount" "$1.automount"; do systemctl --quiet disable -- "$_unit" 2>/dev/null || :; done
  systemctl reset-failed -- "$1.mount" "$1.automount" 2>/dev/null || :
}

# start_units NAME MOUNTED: as wanted, from a state in which nothing runs.
start_units() {
  systemctl daemon-reload
  [ "$2" = 1 ] || return 0
  _main=$1.mount
  if [ -f "$units/$1.automount" ]; then _main=$1.automount; fi
  systemctl --quiet enable -- "$_main"
  systemctl start -- "$_main" >"$in/said" 2>&1 9>&-
}

# explain_mount NAME: what mount(8) said last.
explain_mount() {
  journalctl -q -u "$1.mount" -n 20 -o cat --no-pager 2>/dev/null | grep -v -e '^Mounting ' -e '^Mounted ' -e '^Unmount' -e 'Mount process' -e "Failed with result" -e '^Failed to mount' | tail -n 3
}

# mount_by_units NAME WHERE MOUNTED AUTOMOUNT: the units as given in $in/mount and $in/automount; the old ones come back when
# it cannot be mounted.
mount_by_units() {
  _again=0
  if ! cmp -s "$in/mount" "$units/$1.mount"; then _again=1; fi
  if [ "$4" = 1 ]; then cmp -s "$in/automount" "$units/$1.automount" || _again=1
  elif [ -e "$units/$1.automount" ]; then _again=1; fi
  _main=$1.mount
  if [ "$4" = 1 ]; then _main=$1.automount; fi
  if [ "$3" = 1 ]; then [ "$(unit_state "$_main")" = '1 1' ] || _again=1
  elif [ "$(unit_state "$1.mount") $(unit_state "$1.automount")" != '0 0 0 0' ] || is_mounted "$2"; then _again=1; fi
  if [ "$(systemctl show -p DropInPaths --value -- "$1.mount" "$1.automount" 2>/dev/null | tr -d '\n ')" ]; then
    rm -rf "$units/$1.mount.d" "$units/$1.automount.d"
    _again=1
  fi
  if [ "$3" = 1 ] && ! _as_wanted "$2"; then _again=1; fi
  [ "$_again" = 1 ] || return 0
  for _kind in mount automount; do
    if [ -f "$units/$1.$_kind" ]; then cat "$units/$1.$_kind" >"$in/before.$_kind"; fi
  done
  _was=0
  if [ -e "$in/before.mount" ] && [ "$(unit_state "$1.mount") $(unit_state "$1.automount")" != '0 0 0 0' ]; then _was=1; fi
  stop_units "$1" "$2"
  write_file "$units/$1.mount" root root 0644 "$in/mount"
  if [ "$4" = 1 ]; then write_file "$units/$1.automount" root root 0644 "$in/automount"; else remove_file "$units/$1.automount"; fi
  make_mount_point "$2"
  if start_units "$1" "$3"; then return 0; fi
  explain_mount "$1" >"$in/why"
  systemctl --quiet disable -- "$_main" 2>/dev/null || :
  systemctl reset-failed -- "$1.mount" "$1.automount" 2>/dev/null || :
  if [ -e "$in/before.mount" ]; then
    write_file "$units/$1.mount" root root 0644 "$in/before.mount"
    if [ -e "$in/before.automount" ]; then write_file "$units/$1.automount" root root 0644 "$in/before.automount"; else remove_file "$units/$1.automount"; fi
    start_units "$1" "$_was" || :
  else
    remove_file "$units/$1.mount"
    remove_file "$units/$1.automount"
    systemctl daemon-reload
    drop_mount_point "$2"
  fi
  fail "$2 cannot be mounted, nothing was changed: $(cat "$in/why" "$in/said")"
}

# _as_wanted WHERE: whether what is mounted there, if anything, is what $source and $readonly say.
_as_wanted() {
  _there=$(mounted_at "$1")
  [ "$_there" ] || return 0
  [ -z "$source" ] || [ "${_there%% *}" = "$source" ] || return 1
  _flags=${_there#* }
  case ,${_flags%% *}, in *,ro,*) [ "$readonly" = 1 ] ;; *) [ "$readonly" = 0 ] ;; esac
}

# fstab_line MARK: the line under the mark in /etc/fstab.
fstab_line() {
  _mark=$1 awk 'found { print; exit } $0 == ENVIRON["_mark"] { found = 1 }' /etc/fstab 2>/dev/null || :
}

# fstab_without MARK: /etc/fstab without the mark and the line under it.
fstab_without() {
  [ ! -e /etc/fstab ] || _mark=$1 awk 'skip { skip = 0; next } $0 == ENVIRON["_mark"] { skip = 1; next } { print }' /etc/fstab
}

# write_fstab FILE: puts it in place, with the owner and mode that the old one has.
write_fstab() {
  [ -e /etc/fstab ] || : >/etc/fstab
  _owner=$(file_owner /etc/fstab)
  write_file /etc/fstab "${_owner% *}" "${_owner#* }" "$(file_mode /etc/fstab)" "$1"
}

# mount_by_fstab WHERE MOUNTED SECONDS: the line in $in/line under the mark in $in/mark.
mount_by_fstab() {
  _mark=$(cat "$in/mark") _again=0
  if [ "$(fstab_line "$_mark")" != "$(cat "$in/line")" ]; then
    fstab_without "$_mark" >"$in/fstab"
    cat "$in/mark" "$in/line" >>"$in/fstab"
    cp /etc/fstab "$in/fstab.before" 2>/dev/null || : >"$in/fstab.before"
    write_fstab "$in/fstab"
    _again=1
  fi
  if [ "$2" = 0 ]; then
    if is_mounted "$1"; then _unmount "$1"; fi
    return 0
  fi
  _boot_service
  if is_mounted "$1" && { [ "$_again" = 1 ] || ! _as_wanted "$1"; }; then _unmount "$1"; fi
  if is_mounted "$1"; then return 0; fi
  make_mount_point "$1"
  if timeout "$3" mount -- "$1" >"$in/said" 2>&1 9>&- || timeout "$3" mount "$1" >"$in/said" 2>&1 9>&-; then return 0; fi
  if [ "$_again" = 1 ]; then
    write_fstab "$in/fstab.before"
    drop_mount_point "$1"
    if [ "$(fstab_line "$_mark")" ]; then timeout "$3" mount "$1" >/dev/null 2>&1 9>&- || :; fi
  fi
  fail "$1 cannot be mounted, nothing was changed: $(cat "$in/said")"
}

_unmount() {
  umount "$1" >"$in/said" 2>&1 || {
    cat "$in/said" >&2
    fail "$1 cannot be unmounted: end what uses it first (fuser -m $1 shows it)"
  }
}

# _boot_service: the service of OpenRC that mounts it at boot.
_boot_service() {
  [ "$(init_system)" = openrc ] || return 0
  _boot=localmount
  if [ "$network" = 1 ]; then
    _boot=netmount
    if [ -x /etc/init.d/nfsmount ]; then _boot=nfsmount; fi
  fi
  [ -x "/etc/init.d/$_boot" ] || return 0
  for _level in /etc/runlevels/*/"$_boot"; do
    if [ -e "$_level" ] || [ -L "$_level" ]; then return 0; fi
  done
  rc-update --quiet add "$_boot" default
}
