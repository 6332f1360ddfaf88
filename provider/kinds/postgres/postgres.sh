# PostgreSQL's clusters as Debian keeps them: /etc/postgresql/VERSION/CLUSTER. Programs are called from their version's own
# folder: the wrappers in /usr/bin start Perl each time.

# pg_find CLUSTER [VERSION]: looks for the cluster: of that version; without one, the one that runs, else the newest. Sets
# pg_version (empty: there is none), pg_config, pg_data, pg_bin, and pg_port and pg_socket (empty: it does not run).
pg_find() {
  pg_version='' pg_config='' pg_data='' pg_bin='' pg_port='' pg_socket=''
  for _folder in /etc/postgresql/*/"$1"; do
    [ -f "$_folder/postgresql.conf" ] || continue
    _version=${_folder#/etc/postgresql/}
    _version=${_version%%/*}
    if [ "${2-}" ] && [ "$_version" != "$2" ]; then continue; fi
    _data=$(sed -n "s/^[[:space:]]*data_directory[[:space:]]*=[[:space:]]*'\([^']*\)'.*/\1/p" "$_folder/postgresql.conf" | tail -n 1)
    _data=${_data:-/var/lib/postgresql/$_version/$1} _port='' _socket=''
    if [ -r "$_data/postmaster.pid" ]; then
      { read -r _pid && read -r _line && read -r _line && read -r _port && read -r _socket; } <"$_data/postmaster.pid" || _port=''
      if ! kill -0 "$_pid" 2>/dev/null; then _port='' _socket=''; fi
    fi
    if [ "$pg_version" ]; then
      if [ "$pg_port" ] && [ -z "$_port" ]; then continue; fi
      if [ -n "$pg_port" ] || [ -z "$_port" ]; then [ "${_version%%.*}" -gt "${pg_version%%.*}" ] || continue; fi
    fi
    pg_version=$_version pg_config=$_folder pg_data=$_data pg_bin=/usr/lib/postgresql/$_version/bin pg_port=$_port pg_socket=$_socket
  done
}

# pg_need CLUSTER: the same, and fails unless it runs.
pg_need() {
  pg_find "$1"
  [ "$pg_version" ] || fail "there is no PostgreSQL cluster $1 on this host: make it first, with labwright:postgres:Server"
  [ "$pg_port" ] || fail "PostgreSQL $pg_version/$1 does not run: start it with \`systemctl start postgresql@$pg_version-$1\`, and see its log when that fails"
}

# pg_run DATABASE PROGRAM [ARGUMENT]...: one of PostgreSQL's programs as its superuser. What a database's owner has set for it
# does not count, names are PostgreSQL's own unless they say where they are, and no statement gets into the server's log.
pg_run() {
  (
    PGDATABASE=$1 _program=$2
    shift 2
    cd /
    HOME=/ PGHOST=$pg_socket PGPORT=$pg_port PGUSER=postgres PGCLIENTENCODING=UTF8 PGAPPNAME=labwright
    PGOPTIONS='-c search_path= -c standard_conforming_strings=on -c client_min_messages=warning -c default_transaction_read_only=off -c statement_timeout=0 -c log_statement=none -c log_duration=off -c log_min_duration_statement=-1 -c log_min_duration_sample=-1 -c log_transaction_sample_rate=0 -c log_min_error_statement=panic'
    export HOME PGHOST PGPORT PGUSER PGDATABASE PGCLIENTENCODING PGAPPNAME PGOPTIONS
    exec setpriv --reuid=postgres --regid=postgres --init-groups -- "$pg_bin/$_program" "$@"
  )
}

# pg_sql DATABASE FILE: runs the statements of the file and prints what they give, as psql does without frills.
pg_sql() {
  _code=0
  pg_run "$1" psql -X -q -A -t -v ON_ERROR_STOP=1 -f - <"$2" 2>"$in/.psql" || _code=$?
  if [ "$_code" != 0 ]; then
    sed 's/^psql:<stdin>:[0-9]*: //; s/^psql: error: //' "$in/.psql" >&2
    return "$_code"
  fi
}

# pg_field NAME DATABASE FILE: the same, as a field.
pg_field() {
  pg_sql "$2" "$3" >"$in/.rows"
  field_file "$1" "$in/.rows"
}

# pg_reload: has the server read its configuration files, and waits until it has.
pg_reload() {
  echo 'select pg_catalog.pg_conf_load_time();' >"$in/.loaded"
  _before=$(pg_sql postgres "$in/.loaded")
  echo 'select pg_catalog.pg_reload_conf();' >"$in/.reload"
  pg_sql postgres "$in/.reload" >"$in/.rows"
  _tries=100
  while [ "$(pg_sql postgres "$in/.loaded")" = "$_before" ]; do
    _tries=$((_tries - 1))
    [ "$_tries" -gt 0 ] || fail "PostgreSQL has not read its configuration files within 10 seconds: see its log"
    sleep 0.1
  done
}
