import { quote } from "../../../host/quote";

/**
 * Shell text that gives the field `workers`: the processes that serve now. A reload that is carried out replaces them.
 * Nothing when nginx does not run, or the kernel does not list children (CONFIG_PROC_CHILDREN).
 */
export const noteWorkers = `if read -r master </run/nginx.pid 2>/dev/null && [ -r "/proc/$master/task/$master/children" ]; then
  field workers "$(cat "/proc/$master/task/$master/children")"
fi`;

/**
 * Shell text that waits for nginx to have taken up a configuration: for a worker that is not among the ones before. Gives
 * the field `dropped` with the last words of nginx's log when none appears in time.
 */
export function renderReloadCheck(workersBefore: string): string {
  const before = workersBefore.trim().split(/\s+/).join(" ");
  return `tries=50
while [ "$tries" -gt 0 ]; do
  if read -r master </run/nginx.pid 2>/dev/null; then
    for worker in $(cat "/proc/$master/task/$master/children"); do
      case ' '${quote(before)}' ' in *" $worker "*) ;; *) exit 0 ;; esac
    done
  fi
  tries=$((tries - 1))
  sleep 0.1 2>/dev/null || sleep 1
done
field dropped "$(grep -F '[emerg]' /var/log/nginx/error.log 2>/dev/null | tail -n 3)"`;
}
