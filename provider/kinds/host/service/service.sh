# Services of systemd and OpenRC, looked at and changed in the same words.

# look_at UNIT: sets found, enabled, running and masked to 1 or 0, and name to what the init system calls it.
look_at() {
  found=0 enabled=0 running=0 masked=0 name=$1
  case $(init_system) in
    systemd) _look_at_unit "$1" ;;
    openrc) _look_at_script "${1%.service}" ;;
    *) fail "cannot look at $1: this host has neither systemd nor OpenRC" ;;
  esac
}

_look_at_unit() {
  _shown=$(systemctl show -p Id -p LoadState -p ActiveState -p SubState -p UnitFileState -p NeedDaemonReload -- "$1")
  _load='' _active='' _sub='' _file='' stale=no
  while IFS='=' read -r _property _value; do
    case $_property in
      # An alias cannot be enabled, the unit behind it can.
      Id) name=$_value ;;
      LoadState) _load=$_value ;;
      ActiveState) _active=$_value ;;
      SubState) _sub=$_value ;;
      UnitFileState) _file=$_value ;;
      NeedDaemonReload) stale=$_value ;;
    esac
  done <<END
$_shown
END
  case $_load in not-found | '') return 0 ;; masked) masked=1 ;; esac
  found=1
  # A generated unit may stand for an init script, which systemctl asks about in other ways.
  if [ "$_file" = generated ]; then _file=$(systemctl is-enabled -- "$name" 2>/dev/null) || :; fi
  if [ "$_file" = enabled ]; then enabled=1; fi
  case $_active.$_sub in
    *.auto-restart*) ;;
    active.* | reloading.* | refreshing.* | activating.*) running=1 ;;
  esac
}

_look_at_script() {
  name=$1
  [ -x "/etc/init.d/$1" ] || return 0
  found=1
  for _level in /etc/runlevels/*/"$1"; do
    if [ -e "$_level" ] || [ -L "$_level" ]; then enabled=1; fi
  done
  if rc-service -- "$1" status >/dev/null 2>&1; then running=1; fi
}

# boot_with NAME 1-OR-0: whether it starts at boot.
boot_with() {
  case $(init_system).$2 in
    systemd.1) systemctl --quiet enable -- "$1" ;;
    systemd.0) systemctl --quiet disable -- "$1" ;;
    openrc.1) rc-update --quiet add "$1" default ;;
    openrc.0)
      # `--all` fails for every runlevel that does not have it.
      for _level in /etc/runlevels/*/"$1"; do
        _level=${_level%/*}
        rc-update --quiet del "$1" "${_level##*/}"
      done
      ;;
  esac
}

unmask() {
  systemctl --quiet unmask -- "$1"
  systemctl --quiet --runtime unmask -- "$1"
}

# run_now NAME start|stop|restart: does it and sees that a started service stays up; explains it when not.
run_now() {
  case $(init_system) in
    systemd)
      # A unit that failed too often is not started again before it is forgiven (systemd.unit(5), StartLimitBurst=).
      if [ "$2" != stop ]; then systemctl reset-failed -- "$1" 2>/dev/null || :; fi
      systemctl "$2" -- "$1" 9>&- || explain "$1" "$2"
      ;;
    openrc) rc-service -- "$1" "$2" >"$in/said" 2>&1 9>&- || explain "$1" "$2" ;;
  esac
  [ "$2" != stop ] || return 0
  # Type=simple counts as started before the program has read its configuration.
  sleep 0.3 2>/dev/null || sleep 1
  look_at "$1"
  [ "$running" = 1 ] || explain "$1" "$2"
}

# explain NAME VERB: ends the script with what the service itself said last.
explain() {
  case $(init_system) in
    systemd)
      if [ "$(systemctl show -p Type -p Result --value -- "$1" | tr '\n' ' ')" = 'oneshot success ' ]; then
        fail "$1 did its work and ended, as a service of Type=oneshot does: set running to false, or manage its timer"
      fi
      {
        echo "cannot $2 $1. Its journal ends with:"
        journalctl -q -u "$1" -n 12 -o cat --no-pager || :
      } >&2
      ;;
    openrc)
      {
        echo "cannot $2 $1:"
        tail -n 12 "$in/said"
      } >&2
      ;;
  esac
  exit 1
}

# keep_state UNIT: notes how the service was before us, for put_back.
keep_state() {
  mkdir -p "$state_folder/originals"
  [ ! -e "$state_folder/originals/$key" ] || return 0
  look_at "$1"
  echo "$enabled $running $masked" >"$state_folder/originals/$key.new"
  mv -f "$state_folder/originals/$key.new" "$state_folder/originals/$key"
}

# bring_to UNIT ENABLED RUNNING VALUES PRESUMED: the service as wanted. VALUES stands for what it has to have read, for
# this stack; where the host does not know what that was when it started, it was PRESUMED.
bring_to() {
  look_at "$1"
  if [ "$(init_system)" = systemd ] && { [ "$found" = 0 ] || [ "$stale" = yes ]; }; then
    systemctl daemon-reload
    look_at "$1"
  fi
  [ "$found" = 1 ] || fail "there is no service $1 on this host: install its package, or write its unit file, first"
  if [ "$masked" = 1 ] && [ "$2$3" != 00 ]; then
    unmask "$name"
    look_at "$1"
  fi
  if [ "$enabled" != "$2" ]; then
    boot_with "$name" "$2"
    look_at "$1"
    [ "$enabled" = "$2" ] || fail "$name cannot be enabled: its unit file has no [Install] section. Set enabled to false; what needs it starts it"
  fi
  _mark=$run_folder/loaded/$stack/$key _loaded=$5
  if [ -s "$_mark" ]; then read -r _loaded <"$_mark"; fi
  case $3.$running in
    1.0) run_now "$name" start ;;
    1.1) if [ "$_loaded" != "$4" ]; then run_now "$name" restart; fi ;;
    0.1) run_now "$name" stop ;;
  esac
  mkdir -p "${_mark%/*}"
  echo "$4" >"$_mark"
}

# put_back UNIT: the state that keep_state noted.
put_back() {
  rm -f "$run_folder/loaded/"*"/$key"
  [ -s "$state_folder/originals/$key" ] || return 0
  read -r _enabled _running _masked <"$state_folder/originals/$key"
  look_at "$1"
  [ "$found" = 1 ] || return 0
  if [ "$enabled" != "$_enabled" ] && [ "$masked" = 0 ]; then boot_with "$name" "$_enabled"; fi
  case $_running.$running in
    0.1) run_now "$name" stop ;;
    1.0) if [ "$masked" = 0 ]; then run_now "$name" start; fi ;;
  esac
  if [ "$_masked.$masked" = 1.0 ]; then systemctl --quiet mask -- "$name"; fi
}
