import { canonicalName } from "../../../../validation/dns-name";
import { quote } from "../../../host/quote";

/** Answers come over TCP (RFC 7766), so that none is cut, and as the server itself has them, never from elsewhere. */
const DIG =
  "dig @127.0.0.1 +tcp +tries=1 +time=10 +norecurse +noall +comments +answer +authority +additional";

/**
 * Shell text that asks the host's own name server for all records of a name, and of one made up beside it, which tells
 * what only stems from a wildcard. The field `zone` says about a zone that is not served whether the server knows it:
 * `unknown`, `lost` (its file is gone) or what rndc printed.
 */
export function renderQuestion({ zone, owner }: { zone: string; owner: string }): string {
  const names = [owner];
  if (owner !== canonicalName(zone)) names.push(`_${owner.slice(owner.indexOf("."))}`);
  const questions = names.map((name) => `${quote(name)} ANY`).join(" ");
  return `command -v dig >/dev/null || fail 'dig is not installed on this host: install the package bind9-dnsutils'
answers=$(${DIG} ${questions} 2>&1) ||
  fail "the name server does not answer on 127.0.0.1 port 53: start it, and have listen-on include 127.0.0.1 ($answers)"
printf '%s\\n' "$answers"
case $answers in *'flags: qr aa'*) exit 0 ;; esac
zone=$(rndc showzone ${quote(zone)} 2>&1) || case $zone in
  *'not found'*) field zone unknown; exit 0 ;;
  *) field zone "$zone"; exit 0 ;;
esac
file=$(printf '%s\\n' "$zone" | sed -n 's/.*[{; ]file "\\(\\/[^"]*\\)".*/\\1/p')
if [ "$file" ] && [ ! -e "$file" ]; then field zone lost; else field zone "$zone"; fi`;
}

/** Shell text that has the name server carry out `$in/update`, and fails with what nsupdate printed. */
export const nsupdateScript = `command -v nsupdate >/dev/null ||
  fail 'nsupdate is not installed on this host: install the package bind9-dnsutils'
nsupdate -l "$in/update" >"$in/said" 2>&1 || :
if ! grep -q 'opcode: UPDATE, status: NOERROR' "$in/said"; then
  cat "$in/said" >&2
  exit 1
fi`;
