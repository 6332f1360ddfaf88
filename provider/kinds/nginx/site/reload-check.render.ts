import { quote } from "../../../host/quote";

/**
 * Shell text that gives the field `workers`: the processes that serve now. A reload that is carried out replaces them.
 * Nothing when nginx does not run, or the kernel does not list children (CONFIG_PROC_CHILDREN).
 */
export const noteWorkers = `if read -r master </run/nginx.pid 2>/dev/null && [ -r "/proc/$master/task/$master/children" ]; then
  field workers "$(cat "/proc/$master/task/$master/children")"
fi`;

/**
 * Shell text that waits for nginx to have taken up a configuration: for a worker that is not among the ones before, and
 * for those to have stopped listening. Until then they still answer, as they were configured. Gives the field `dropped`
 * with the last words of nginx's log when no new one appears in time.
 */
export function renderReloadCheck(workersBefore: string): string {
  const before = workersBefore.trim().split(/\s+/).join(" ");
  return `before=${quote(before)} tries=100
renewed() {
  for worker in $(cat "/proc/$master/task/$master/children"); do
    case " $before " in *" $worker "*) ;; *) return 0 ;; esac
  done
  return 1
}
# A worker that finishes its last requests says so in its title; see ngx_worker_process_cycle.
listening() {
  for worker in $before; do
    if [ -e "/proc/$worker" ] && ! grep -aq 'shutting down' "/proc/$worker/cmdline"; then return 0; fi
  done 2>/dev/null
  return 1
}
new=''
while [ "$tries" -gt 0 ]; do
  if read -r master </run/nginx.pid 2>/dev/null && renewed; then
    new=1
    listening || exit 0
  fi
  tries=$((tries - 1))
  sleep 0.1 2>/dev/null || sleep 1
done
[ -n "$new" ] || field dropped "$(grep -F '[emerg]' /var/log/nginx/error.log 2>/dev/null | tail -n 3)"`;
}
