import { quote } from "../../../host/quote";
import type { Listening } from "./listen.parse";

/** Patterns of the addresses, as ss prints them, whose holder keeps a socket from being opened. */
function conflicting({ address, family }: Listening): string {
  // `*` is a socket for both families.
  if (family === 4) return address === undefined ? "'*' | [0-9]*" : `'*' | 0.0.0.0 | ${address}`;
  return address === undefined ? "'*' | '['*" : `'*' | '[::]' | '[${address}]'`;
}

/** Shell text that fails when another program than nginx holds the socket. */
function renderSocketCheck(listening: Listening): string {
  const { port, protocol } = listening;
  return `ss -Hlnp ${protocol === "tcp" ? "-t" : "-u"} 'sport = :${port}' >"$0.sockets" 2>/dev/null || :
while read -r _ _ _ local _ holder; do
  case $holder in *'"nginx"'*) continue ;; esac
  local=\${local%:*}
  case \${local%%%*} in ${conflicting(listening)}) ;; *) continue ;; esac
  name=\${holder#*'"'} process=\${holder#*pid=}
  case $holder in
    *'"'*pid=*) holder="\${name%%'"'*} (process \${process%%[!0-9]*})" ;;
    *) holder='another program' ;;
  esac
  echo "port ${port} is held by $holder: stop it, or have the site listen on another port"
  exit 1
done <"$0.sockets"`;
}

/**
 * Shell script that judges nginx's whole configuration with a site's file in place. Besides what `nginx -t` finds, it
 * fails when nginx does not include the file, and when another program holds one of its sockets: nginx tests neither, and
 * a reload would then be dropped without a word.
 */
export function renderJudge(path: string, listening: readonly Listening[]): string {
  const folder = path.slice(0, path.lastIndexOf("/"));
  const block = folder.endsWith("stream.d") ? "stream" : "http";
  const advice = `${path} is not part of nginx's configuration: have nginx.conf say include ${folder}/*.conf; in its ${block} block`;
  return `nginx -T >"$0.dump" 2>"$0.said" || { cat "$0.said"; exit 1; }
grep -qxF ${quote(`# configuration file ${path}:`)} "$0.dump" || { echo ${quote(advice)}; exit 1; }
${listening.map(renderSocketCheck).join("\n")}
:
`;
}
