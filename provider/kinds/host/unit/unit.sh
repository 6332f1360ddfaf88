# Unit files of systemd: judged, put in place, taken up, and taken back when they do not work. With service.sh before it.

# need_systemd NAME INSTEAD: ends the script on a host with another init system.
need_systemd() {
  case $(init_system) in
    systemd) ;;
    openrc) fail "$1 needs systemd, and this host runs OpenRC: $2" ;;
    *) fail "$1 needs systemd, and this host does not run it: $2" ;;
  esac
}

# verify_units FILE...: ends the script with what systemd says of them.
verify_units() {
  _strict=--recursive-errors=no
  # systemd 249 and before end with 0 whatever they find.
  systemd-analyze --help 2>/dev/null | grep -q recursive-errors || _strict=''
  _bad=0
  systemd-analyze verify --man=no $_strict "$@" >"$in/said" 2>&1 || _bad=1
  : >"$in/about"
  for _file in "$@"; do
    grep -F -e "${_file##*/}:" "$in/said" >>"$in/about" || :
  done
  if [ ! "$_strict" ] && [ -s "$in/about" ]; then _bad=1; fi
  [ "$_bad" = 1 ] || return 0
  [ -s "$in/about" ] || cat "$in/said" >"$in/about"
  {
    echo "systemd refuses it:"
    sed "s|^[^: ]*/||" "$in/about" | sort -u
  } >&2
  exit 1
}

# stash N PATH: keeps what is at PATH, for put_back N PATH.
stash() {
  if [ -f "$2" ] && [ ! -L "$2" ]; then cp -p -- "$2" "$in/before.$1"; fi
}

put_back() {
  if [ -e "$in/before.$1" ]; then
    place_file "$in/before.$1" "$2" "$(stat -c %u:%g "$in/before.$1")" "$(file_mode "$in/before.$1")"
  else rm -f -- "$2"; fi
}

# take_mask_away PATH: `systemctl mask` puts a link to /dev/null where the unit's file was.
take_mask_away() {
  if [ -L "$1" ] && [ "$(readlink "$1")" = /dev/null ]; then rm -f -- "$1"; fi
}

# unit_exists NAME PATH: whether the host has such a unit from anywhere.
unit_exists() {
  if [ -e "$2" ] || [ -L "$2" ]; then return 0; fi
  look_at "$1"
  [ "$found" = 1 ]
}

# settle NAME ENABLED RUNNING REWRITTEN VALUES PRESUMED: the unit as wanted, once its file is in place. VALUES stands for
# what it has to run with; where the host does not know what it runs with, that was PRESUMED.
settle() {
  look_at "$1"
  if [ "$4" = 1 ] || [ "$found" = 0 ] || [ "${stale-}" = yes ]; then
    systemctl daemon-reload
    look_at "$1"
  fi
  if [ "$masked" = 1 ]; then
    unmask "$1"
    look_at "$1"
  fi
  [ "$found" = 1 ] || fail "systemd does not load $1: $(systemctl show -p LoadError --value -- "$1")"
  _mark=$run_folder/loaded/$key _loaded=$6
  if [ -s "$_mark" ]; then read -r _loaded <"$_mark"; fi
  case $3.$running in
    1.0) run_now "$1" start ;;
    1.1) if [ "$4" = 1 ] || [ "$_loaded" != "$5" ]; then restart_unit "$1"; fi ;;
    0.1) run_now "$1" stop ;;
  esac
  if [ "$3" = 0 ]; then systemctl reset-failed -- "$1" 2>/dev/null || :; fi
  if [ "$4" = 1 ] || [ "$enabled" != "$2" ]; then
    # What an Install section said before may be said no more.
    if [ "$2" = 1 ]; then systemctl --quiet reenable -- "$1"; else systemctl --quiet disable -- "$1"; fi
    look_at "$1"
    [ "$enabled" = "$2" ] || fail "$1 cannot be enabled: give its Install section a directive such as WantedBy"
  fi
  mkdir -p "${_mark%/*}"
  echo "$5" >"$_mark"
}

# restart_unit NAME: a socket is not opened again while the service it started runs.
restart_unit() {
  _held=''
  case $1 in
    *.socket)
      for _service in $(systemctl show -p Triggers --value -- "$1"); do
        if systemctl is-active --quiet -- "$_service"; then _held="$_held $_service"; fi
      done
      ;;
  esac
  for _service in $_held; do systemctl stop -- "$_service" 9>&-; done
  run_now "$1" restart
  for _service in $_held; do systemctl start -- "$_service" 9>&-; done
}

# fall_back NAME ENABLED RUNNING: once the old file is back, the unit as it was.
fall_back() {
  # What does not start may be trying again and again.
  if [ "$3" = 0 ]; then systemctl stop -- "$1" 2>/dev/null 9>&- || :; fi
  if [ "$2" = 0 ]; then systemctl --quiet disable -- "$1" 2>/dev/null || :; fi
  systemctl daemon-reload
  systemctl reset-failed -- "$1" 2>/dev/null || :
  if [ "$2" = 1 ]; then systemctl --quiet reenable -- "$1" || :; fi
  if [ "$3" = 1 ]; then
    if systemctl restart -- "$1" 9>&-; then echo "The unit that was there before is back and runs." >&2
    else echo "The unit that was there before is back, but does not start either." >&2; fi
  fi
}

# keep_unit NAME PATH: keeps the file and the state of a unit that is adopted, for give_back.
keep_unit() {
  if [ -f "$2" ] && [ ! -L "$2" ]; then keep_original "$2"; fi
  mkdir -p "$state_folder/originals"
  [ ! -e "$state_folder/originals/$key.state" ] || return 0
  look_at "$1"
  echo "$enabled $running" >"$state_folder/originals/$key.state.new"
  mv -f "$state_folder/originals/$key.state.new" "$state_folder/originals/$key.state"
}

# give_back NAME PATH: the unit away, or the adopted one as it was.
give_back() {
  rm -f "$run_folder/loaded/$key"
  _kept=$state_folder/originals/$key.state
  look_at "$1"
  if [ "$running" = 1 ] || [ "$found" = 1 ]; then systemctl stop -- "$1" 2>/dev/null 9>&- || :; fi
  systemctl --quiet disable -- "$1" 2>/dev/null || :
  if [ "$adopted" = 1 ] && restore_original "$2"; then :; else rm -f -- "$2"; fi
  systemctl daemon-reload
  systemctl reset-failed -- "$1" 2>/dev/null || :
  if [ "$adopted" = 1 ] && [ -s "$_kept" ]; then
    read -r _enabled _running <"$_kept"
    if [ "$_enabled" = 1 ]; then systemctl --quiet enable -- "$1"; fi
    if [ "$_running" = 1 ]; then run_now "$1" start; fi
  fi
  rm -f "$_kept"
}
