# Coalesced reloads. Every change of a service counts its generation up, under the service's lock; a reload covers all
# generations counted when it begins. The counters live on the host, so this works across stacks and killed runs, and in
# /run, because a service that was started with the machine has read everything.

_counter() { if [ -s "$1" ]; then cat "$1"; else echo 0; fi; }

# want_activation: counts a change, and tells the caller which generation has to be covered. $service is empty when the
# change activates nothing.
want_activation() {
  [ "$service" ] && [ ! -e "$in/.keep-running" ] || return 0
  mkdir -p "$run_folder/activate"
  _at=$run_folder/activate/$service
  _wanted=$(_counter "$_at.wanted")
  if [ -e "$in/.changed" ] || [ "$interrupted" = 1 ]; then
    _wanted=$((_wanted + 1))
    echo "$_wanted" >"$_at.wanted.new"
    mv -f "$_at.wanted.new" "$_at.wanted"
  fi
  [ "$(_counter "$_at.$how")" -ge "$_wanted" ] || field generation "$_wanted"
}

# activate COUNTER SERVICE HOW GENERATION IF-RUNNING: reloads or restarts unless that generation is covered.
activate() {
  _at=$run_folder/activate/$1
  if [ "$(_counter "$_at.$3")" -ge "$4" ]; then
    field activated covered
    return 0
  fi
  _wanted=$(_counter "$_at.wanted")
  if [ "$5" = 1 ] && ! service_running "$2"; then
    field activated stopped
  else
    "service_$3" "$2" 9>&-
    field activated "$3"
  fi
  echo "$_wanted" >"$_at.reload"
  if [ "$3" = restart ]; then echo "$_wanted" >"$_at.restart"; fi
}

# init_system: prints systemd, openrc or none.
init_system() {
  if [ -d /run/systemd/system ]; then echo systemd
  elif command -v rc-service >/dev/null; then echo openrc
  else echo none; fi
}

service_running() {
  case $(init_system) in
    systemd) systemctl is-active --quiet -- "$1" ;;
    openrc) rc-service -- "${1%.service}" status >/dev/null 2>&1 ;;
    *) return 1 ;;
  esac
}

service_reload() {
  case $(init_system) in
    systemd) systemctl reload-or-restart -- "$1" ;;
    openrc)
      _name=${1%.service}
      if ! service_running "$1"; then rc-service -- "$_name" start
      elif rc-service -- "$_name" describe 2>&1 | grep -q '^ *[*]* *reload'; then rc-service -- "$_name" reload
      else rc-service -- "$_name" restart; fi
      ;;
    *) fail "cannot reload $1: this host has neither systemd nor OpenRC" ;;
  esac
}

service_restart() {
  case $(init_system) in
    systemd) systemctl restart -- "$1" ;;
    openrc) rc-service -- "${1%.service}" restart ;;
    *) fail "cannot restart $1: this host has neither systemd nor OpenRC" ;;
  esac
}
