import type { Container } from "../schema";
import { quote } from "./quote";
import { shellSource } from "./shell-source";

/** Shell text that begins a program inside: its words follow. It fails with the reason when there is no way in. */
export type Entry = (container: Container) => string;

/** A login's environment without the caller's own: what is inside knows nothing of the session outside. */
const CLEAN =
  "env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8";

const entries: Record<Container["type"], (name: string) => string> = {
  // --no-fork, because an nsenter that waits would be stopped with its child when the machine is shut down, and hang that.
  nspawn: (name) => `name=${quote(name)}
command -v machinectl >/dev/null || fail 'there is no machinectl: install systemd-container on the host'
leader=$(machinectl show "$name" -p Leader --value </dev/null 2>"$in/said") || leader=''
if [ -z "$leader" ]; then
  if grep -q 'No machine' "$in/said"; then
    fail "it is not running: start it with machinectl start $name; journalctl -u systemd-nspawn@$name says why it ended"
  fi
  cat "$in/said" >&2
  fail "machinectl cannot tell whether it runs"
fi
exec ${CLEAN} nsenter --target "$leader" --all --no-fork`,
};

/** The way into a container of systemd-nspawn. */
export const enterContainer: Entry = ({ type, name }) => entries[type](name);

/**
 * Waits for what it starts, also when its process group is told to end: what runs inside puts right what it must, and is
 * killed 3 seconds later if it does not. It stands outside, where no process of the container can be waited for.
 */
const WATCH = 'trap : HUP INT TERM; sh -c "$@"; exit $?';

/**
 * The script that carries another into a container. That one and its input are the files `script` and `input`; the
 * prelude is the host's own. Pure but for reading the project's own files.
 */
export function renderEntering(entry: string, machineId: string | undefined): string {
  return `cat "$1/prelude" "$in/script" "$in/input" >"$in/all"
size() { echo "$(($(wc -c <"$1")))"; }
set -- "$(size "$1/prelude")" "$(size "$in/script")" "$(size "$in/input")" ${quote(machineId ?? "-")}
exec <"$in/all"
${entry} sh -c ${quote(WATCH)} sh ${quote(shellSource("host/entered.sh"))} labwright "$@"`;
}
