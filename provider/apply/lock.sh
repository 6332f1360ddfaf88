# lock NAME: waits for the host's lock of that name, held until the script ends. Descriptor 9 must not be inherited by a
# service that is started meanwhile, so changes run with it closed.
lock() {
  mkdir -p "$run_folder/lock"
  if command -v flock >/dev/null; then
    exec 9>"$run_folder/lock/$1"
    flock 9
    return
  fi
  _lock=$run_folder/lock/$1.d
  until mkdir "$_lock" 2>/dev/null; do
    # A holder that died: its lock is moved away first, so that only one waiter takes it down.
    if read -r _holder <"$_lock/pid" && ! kill -0 "$_holder" && mv "$_lock" "$_lock.$$"; then rm -rf "$_lock.$$"; fi 2>/dev/null
    sleep 1
  done
  echo $$ >"$_lock/pid"
  trap 'rm -rf "$_lock"' EXIT
  trap 'exit 143' HUP INT TERM
}
