# Timers of systemd. With service.sh and unit.sh before it.

# judge_time calendar|timespan FIELD VALUE: ends the script when systemd does not understand it.
judge_time() {
  if systemd-analyze "$1" -- "$3" >"$in/said" 2>&1; then return 0; fi
  {
    echo "$2 is not understood by systemd:"
    cat "$in/said"
  } >&2
  exit 1
}

# iso TIMESTAMP: what systemctl prints of a time, in ISO 8601; empty for none.
iso() {
  case $1 in '' | n/a | 0) ;; *) date -u -d "$1" +%FT%TZ ;; esac
}

# timer_facts NAME: fields on its last run and its next one.
timer_facts() {
  _shown=$(systemctl show -p Result -p ActiveState -p ExecMainStartTimestampMonotonic -- "$1.service")
  _result='' _active='' _started=0
  while IFS='=' read -r _property _value; do
    case $_property in
      Result) _result=$_value ;;
      ActiveState) _active=$_value ;;
      ExecMainStartTimestampMonotonic) _started=$_value ;;
    esac
  done <<END
$_shown
END
  case $_active in
    activating | deactivating) _result=running ;;
    *) if [ "${_started:-0}" = 0 ]; then _result=none; fi ;;
  esac
  field lastResult "$_result"
  field lastRun "$(iso "$(TZ=UTC systemctl show -p LastTriggerUSec --value -- "$1.timer")")"
  field nextElapse "$(iso "$(TZ=UTC systemctl show -p NextElapseUSecRealtime --value -- "$1.timer")")"
}

# keep_service PATH, give_service_back PATH: the service's file of an adopted timer; the timer's own goes the usual way.
keep_service() {
  _copy=$state_folder/originals/$key.service
  if [ -e "$_copy" ] || [ ! -f "$1" ] || [ -L "$1" ]; then return 0; fi
  cp -p -- "$1" "$_copy.new"
  mv -f "$_copy.new" "$_copy"
}

give_service_back() {
  _copy=$state_folder/originals/$key.service
  [ "$adopted" = 1 ] && [ -e "$_copy" ] || return 1
  place_file "$_copy" "$1" "$(stat -c %u:%g "$_copy")" "$(file_mode "$_copy")"
  rm -f "$_copy"
}
