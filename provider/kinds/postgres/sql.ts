/**
 * A name in SQL, always quoted, so that it is no key word and keeps its capitals. Throws on what no name can have; PostgreSQL
 * would cut a name of more than 63 bytes without an error (NAMEDATALEN, 4.1.1 of its manual).
 */
export function sqlIdentifier(name: string): string {
  if (name === "" || Buffer.byteLength(name) > 63)
    throw new Error("a name in PostgreSQL has 1-63 bytes");
  return `"${carried(name).replaceAll('"', '""')}"`;
}

/** A string constant in SQL, whatever `standard_conforming_strings` says (4.1.2.2 of PostgreSQL's manual). */
export function sqlLiteral(text: string): string {
  const quoted = carried(text).replaceAll("'", "''");
  return quoted.includes("\\") ? ` E'${quoted.replaceAll("\\", "\\\\")}'` : `'${quoted}'`;
}

/** An array of strings in SQL. */
export function sqlArray(texts: readonly string[]): string {
  return `array[${texts.map(sqlLiteral).join(", ")}]::pg_catalog.text[]`;
}

function carried(text: string): string {
  if (text.includes("\0")) throw new Error("PostgreSQL cannot carry a NUL character");
  if (/\p{Surrogate}/u.test(text)) throw new Error("lone surrogates are no Unicode text");
  return text;
}
