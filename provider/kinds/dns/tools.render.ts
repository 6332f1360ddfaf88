import { quote } from "../../host/quote";

/** One question to a name server. */
export interface Question {
  /** Full name with the dot at the end. */
  name: string;
  type: string;
}

/** Exit code of what is rendered here when the name server does not run (sysexits.h, EX_UNAVAILABLE). */
export const SERVER_DOWN = 69;

/** Shell text that ends the script because the name server does not run; `text` is in double quotes there. */
const down = (text: string): string => `{ printf '%s\\n' "${text}" >&2; exit ${SERVER_DOWN}; }`;

const noAnswer =
  "the name server does not answer on 127.0.0.1 port 53: start it, and have listen-on include 127.0.0.1";

/**
 * Shell text that asks the host's own name server and leaves in `$answers` what `parseAnswers` takes. Over TCP (RFC 7766),
 * so that no answer is cut, and without recursion, so that none comes from elsewhere.
 */
export function renderDig(questions: readonly Question[]): string {
  const words = questions.map(({ name, type }) => `${quote(name)} ${type}`).join(" ");
  return `command -v dig >/dev/null || ${down("dig is not installed on this host: install the package bind9-dnsutils")}
answers=$(dig @127.0.0.1 +tcp +tries=1 +time=10 +norecurse +noall +comments +answer +authority +additional \\
  ${words} 2>&1) || ${down(`${noAnswer} ($(printf '%s\\n' "$answers" | sed -n 1p))`)}`;
}

/**
 * Shell text that leaves in `$zone` the zone's configuration as named has it, nothing when named does not know the zone,
 * and in `$file` the zone's file where its path is absolute.
 */
export function renderShowZone(zone: string): string {
  return `command -v rndc >/dev/null || ${down("BIND is not installed on this host: install the package bind9")}
zone=$(rndc showzone ${quote(zone)} 2>&1) || case $zone in
  # "failure": an empty zone that named has by itself (RFC 6303) and that nobody configured.
  *'not found'* | *'failed: failure'*) zone='' ;;
  *'connect failed'*) ${down("rndc cannot ask named, is it running? rndc said: $zone")} ;;
  *) fail "rndc cannot ask named: $zone" ;;
esac
file=$(printf '%s\\n' "$zone" | sed -n 's/.*[{; ]file "\\(\\/[^"]*\\)".*/\\1/p')`;
}

/** Exit code with which `nsupdateScript` says that the update was not carried out. */
export const UPDATE_REFUSED = 66;

/** Shell text that has the name server carry out `$in/update`, and fails with what nsupdate printed. */
export const nsupdateScript = `command -v nsupdate >/dev/null ||
  fail 'nsupdate is not installed on this host: install the package bind9-dnsutils'
nsupdate -l "$in/update" >"$in/said" 2>&1 || :
if ! grep -q 'opcode: UPDATE, status: NOERROR' "$in/said"; then
  cat "$in/said" >&2
  exit ${UPDATE_REFUSED}
fi`;
