/** RFC 1035, section 3.3: a character-string has at most 255 octets. */
const MAX_STRING = 255;

/** Octets as one quoted string of the zone file's notation (RFC 1035, section 5.1). */
export function quoteString(octets: Uint8Array): string {
  let text = "";
  for (const octet of octets) {
    if (octet === 0x22 || octet === 0x5c) text += `\\${String.fromCharCode(octet)}`;
    else if (octet >= 0x20 && octet < 0x7f) text += String.fromCharCode(octet);
    else text += `\\${octet.toString().padStart(3, "0")}`;
  }
  return `"${text}"`;
}

/** Plain text as the data of a TXT record: UTF-8, quoted, cut into strings of 255 octets. */
export function renderTxt(text: string): string {
  const octets = Buffer.from(text, "utf8");
  const strings = [quoteString(octets.subarray(0, MAX_STRING))];
  for (let at = MAX_STRING; at < octets.length; at += MAX_STRING)
    strings.push(quoteString(octets.subarray(at, at + MAX_STRING)));
  return strings.join(" ");
}

/** The character-strings of a record's data, quoted or bare; undefined when it is not made of such. */
export function parseStrings(data: string): Buffer[] | undefined {
  const strings: Buffer[] = [];
  const token = /[ \t]*(?:"((?:[^"\\]|\\(?:\d{3}|\D))*)"|((?:[^\s"\\;()]|\\(?:\d{3}|\D))+))/sy;
  while (token.lastIndex < data.trimEnd().length) {
    const match = token.exec(data);
    if (!match) return undefined;
    const octets = unescape(match[1] ?? match[2] ?? "");
    if (!octets) return undefined;
    strings.push(octets);
  }
  return strings.length > 0 ? strings : undefined;
}

function unescape(text: string): Buffer | undefined {
  const octets: Buffer[] = [];
  for (const [part, decimal, character] of text.matchAll(/\\(\d{3})|\\(\D)|[^\\]+/gs)) {
    if (decimal !== undefined && Number(decimal) > 255) return undefined;
    octets.push(
      decimal === undefined ? Buffer.from(character ?? part, "utf8") : Buffer.of(Number(decimal)),
    );
  }
  return Buffer.concat(octets);
}

/** The plain text of a TXT record's data; undefined when its octets are not UTF-8. */
export function parseTxt(data: string): string | undefined {
  const strings = parseStrings(data);
  if (!strings) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      Buffer.concat(strings),
    );
  } catch {
    return undefined;
  }
}
