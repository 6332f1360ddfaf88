# lock NAME: waits for the host's lock of that name, held until the script ends. Descriptor 9 must not be inherited by a
# service that is started meanwhile, so changes run with it closed.
lock() {
  held=$1
  [ -d "$run_folder/lock" ] || mkdir -p "$run_folder/lock"
  # A script that is ended keeps the lock until its change has put right what it must.
  trap 'exit 143' HUP INT TERM
  if command -v flock >/dev/null; then
    exec 9>"$run_folder/lock/$held"
    flock 9
  else
    _wait_for_folder "$run_folder/lock/$held.d"
  fi
  put_back_unjudged "$held"
}

# _wait_for_folder LOCK: the lock where there is no flock: a folder, which only one can make.
_wait_for_folder() {
  _lock=$1
  until mkdir "$_lock" 2>/dev/null; do
    # A holder that died: its lock is moved away first, so that only one waiter takes it down.
    if read -r _holder <"$_lock/pid" && ! kill -0 "$_holder" && mv "$_lock" "$_lock.$$"; then rm -rf "$_lock.$$"; fi 2>/dev/null
    sleep 1
  done
  echo $$ >"$_lock/pid"
  trap 'rm -rf "$_lock"' EXIT
}
