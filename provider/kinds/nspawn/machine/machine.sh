# A container: $name, its $unit, $tree, $settings_file, $drop_in and $network_file.

places() {
  name=$1 unit=systemd-nspawn@$1.service tree=$machines/$1
  settings_file=/etc/systemd/nspawn/$1.nspawn
  drop_in=/etc/systemd/system/systemd-nspawn@$1.service.d/90-labwright.conf
  network_file=$state_folder/nspawn/$1.network
}

# observe: everything there is to see, as fields; nothing without a tree.
observe() {
  [ -d "$tree" ] || return 0
  field tree 1
  field image "$(noted_image "$tree")"
  for _file in "settings $settings_file" "dropIn $drop_in" "network $network_file"; do
    if [ -f "${_file#* }" ]; then field_file "${_file%% *}" "${_file#* }"; fi
  done
  field enabled "$(systemctl is-enabled -- "$unit" 2>/dev/null || :)"
  field active "$(systemctl is-active -- "$unit" 2>/dev/null || :)"
  field shown "$(systemctl show "$@" -- "$unit")"
}

# make_tree IMAGE: a clone of the image, in place in one step. A tree of another image makes way for it once the new one is
# whole; one that does not say what it is a clone of stays.
make_tree() {
  if [ -e "$tree" ]; then
    _is=$(noted_image "$tree")
    if [ -z "$_is" ] || [ "$_is" = "$1" ]; then return 0; fi
  fi
  [ -d "$machines/$1" ] || fail "there is no image $1 in $machines: make it first, for example with labwright:nspawn:Image"
  stage "$name"
  cp -a -x --reflink=auto -- "$machines/$1" "$new"
  own_identity "$new"
  note_image "$new" "$1"
  _old=$machines/.labwright-$name-old
  if [ -e "$tree" ]; then
    stop_unit
    forget_journal
    remove_tree "$_old"
    mv -T -- "$tree" "$_old"
  fi
  mv -T -- "$new" "$tree"
  remove_tree "$_old"
}

stop_unit() {
  systemctl stop -- "$unit" 2>/dev/null || :
  if systemctl is-active --quiet -- "$unit"; then fail "$name does not stop"; fi
}

# forget_journal: takes away the link that systemd-nspawn made to the container's journal.
forget_journal() {
  [ -d "$tree" ] || return 0
  _id=$(within "$tree" etc 2>/dev/null && [ ! -L machine-id ] && head -c 32 machine-id 2>/dev/null) || _id=''
  case $_id in
    *[!0-9a-f]* | '') ;;
    *) if [ -L "/var/log/journal/$_id" ]; then rm -f -- "/var/log/journal/$_id"; fi ;;
  esac
}

# put FILE PATH MODE: the file, or none when FILE is not among the script's own. Sets put to 1 when that changed something.
put() {
  if [ ! -e "$1" ]; then
    [ -e "$2" ] || return 0
    rm -f -- "$2"
  else
    if [ -f "$2" ] && cmp -s -- "$1" "$2"; then return 0; fi
    (umask 022 && mkdir -p -- "${2%/*}")
    write_file "$2" root root "$3" "$1"
  fi
  put=1
}

make_sources() {
  [ -e "$in/sources" ] || return 0
  while IFS= read -r _source; do
    [ -e "$_source" ] || (umask 022 && mkdir -p -- "$_source")
  done <"$in/sources"
}

# start_unit start|restart: with the container's own words when it does not start, or ends at once.
start_unit() {
  systemctl reset-failed -- "$unit" 2>/dev/null || :
  _since=$(date '+%Y-%m-%d %H:%M:%S')
  if systemctl "$1" -- "$unit" >"$in/said" 2>&1; then
    # The unit counts as started before its init has done anything.
    sleep 0.3
    if systemctl is-active --quiet -- "$unit"; then return 0; fi
  fi
  journalctl --sync 2>/dev/null || :
  journalctl -q --no-pager -o cat -u "$unit" --since "$_since" 2>/dev/null | tail -n 15 >&2
  cat "$in/said" >&2
  fail "$name does not start"
}

# settle START-AT-BOOT RUNNING: the container as its files say.
settle() {
  put=0
  put "$in/limits" "$drop_in" 0644
  [ "$put" = 0 ] || systemctl daemon-reload
  put=$interrupted
  put "$in/settings" "$settings_file" 0644
  put "$in/network" "$network_file" 0644
  _enabled=$(systemctl is-enabled -- "$unit" 2>/dev/null) || :
  if [ "$1" = 1 ] && [ "$_enabled" != enabled ]; then systemctl --quiet enable -- "$unit" machines.target
  elif [ "$1" = 0 ] && [ "$_enabled" = enabled ]; then systemctl --quiet disable -- "$unit"; fi
  if [ "$2" = 0 ]; then systemctl stop -- "$unit"
  elif ! systemctl is-active --quiet -- "$unit"; then start_unit start
  elif [ "$put" = 1 ]; then start_unit restart; fi
}

# limit_again: takes back what `systemctl set-property` did to the limits: the drop-in comes after its files.
limit_again() {
  if [ -e "$drop_in" ]; then systemctl daemon-reload; fi
}

# remove_machine: the container without what is bound into it. One that was there before stays, with its own settings.
remove_machine() {
  if [ "$adopted" = 1 ]; then
    restore_original "$settings_file" || rm -f -- "$settings_file"
  else
    stop_unit
    systemctl --quiet disable -- "$unit" 2>/dev/null || :
    forget_journal
    if [ -d "$tree" ]; then
      machinectl remove -- "$name" >"$in/said" 2>&1 || {
        cat "$in/said" >&2
        fail "machinectl does not remove $name"
      }
    fi
    remove_tree "$machines/.labwright-$name-old"
    remove_tree "$machines/.labwright-$name"
    rm -f -- "$settings_file"
    systemctl reset-failed -- "$unit" 2>/dev/null || :
  fi
  rm -f -- "$network_file"
  if [ -e "$drop_in" ]; then
    rm -f -- "$drop_in"
    rmdir -- "${drop_in%/*}" 2>/dev/null || :
    systemctl daemon-reload
  fi
}
