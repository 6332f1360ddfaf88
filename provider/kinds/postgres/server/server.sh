# A PostgreSQL server as Debian installs it.

# server_install CLUSTER VERSION: has the cluster there and running; VERSION may be empty. Sets what pg_find sets.
server_install() {
  pg_find "$1" "$2"
  if [ -z "$pg_version" ] && [ "$2" ]; then
    pg_find "$1"
    [ -z "$pg_version" ] || server_refuse_upgrade "$1" "$2"
  fi
  if [ -z "$pg_version" ] || [ ! -x "$pg_bin/postgres" ]; then
    _wanted=${2:-$pg_version}
    # A new cluster takes its locale and with it its encoding from here.
    (LC_ALL=C.UTF-8; package_install "postgresql${_wanted:+-$_wanted}" '')
    pg_find "$1" "$_wanted"
  fi
  if [ -z "$pg_version" ]; then
    _wanted=${2:-$(ls /usr/lib/postgresql | sort -n | tail -n 1)}
    LC_ALL=C.UTF-8 pg_createcluster "$_wanted" "$1" >"$in/said" 2>&1 || say_last "$in/said"
    pg_find "$1" "$_wanted"
  fi
  if [ -z "$pg_port" ]; then
    (service_restart "postgresql@$pg_version-$1") >"$in/said" 2>&1 || server_not_started "$1"
    pg_find "$1" "$pg_version"
    [ "$pg_port" ] || server_not_started "$1"
  fi
}

server_refuse_upgrade() {
  fail "cluster $1 is PostgreSQL $pg_version and not $2, and its data is not upgraded by itself: on the host, install postgresql-$2, drop the empty cluster that comes with it (pg_dropcluster --stop $2 $1), run pg_upgradecluster $pg_version $1, look whether all is well, and drop the old one (pg_dropcluster $pg_version $1); then pulumi up goes on with $2"
}

server_log() { grep -a -e FATAL -e PANIC "/var/log/postgresql/postgresql-$pg_version-$1.log" 2>/dev/null | tail -n 3; }

server_not_started() {
  server_log "$1" >&2
  fail "PostgreSQL $pg_version/$1 does not start: see /var/log/postgresql/postgresql-$pg_version-$1.log"
}

# server_settings CLUSTER: puts our file in place, judged, and has the server take it up. $in has settings, judge, reset,
# overridden and pending. Exit code 66: the server did not start with them, and they were taken back.
server_settings() {
  _file=$pg_config/conf.d/99-labwright.conf
  [ -d "$pg_config/conf.d" ] || mkdir -m 0755 "$pg_config/conf.d"
  rm -f "$in/before"
  if [ -f "$_file" ]; then cp -p "$_file" "$in/before"; fi
  export pg_bin pg_config pg_data
  write_file "$_file" root root 0644 "$in/settings" "$in/judge"
  pg_sql postgres "$in/reset" >/dev/null
  _said=$(pg_sql postgres "$in/overridden")
  [ -z "$_said" ] || fail "$_said"
  pg_reload
  if [ "$(pg_sql postgres "$in/pending")" ]; then server_restart "$1"; fi
}

# server_restart CLUSTER: restarts it, and takes the settings back when it does not come up.
server_restart() {
  _unit=postgresql@$pg_version-$1
  if (service_restart "$_unit") >"$in/said" 2>&1; then
    pg_find "$1" "$pg_version"
    [ -z "$pg_port" ] || return 0
  fi
  server_log "$1" >"$in/why"
  if [ -f "$in/before" ]; then place_file "$in/before" "$_file" root:root 0644; else rm -f "$_file"; fi
  (service_restart "$_unit") >"$in/said" 2>&1 || :
  cat "$in/why" >&2
  exit 66
}
