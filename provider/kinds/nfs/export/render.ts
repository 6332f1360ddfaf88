import type { OwnInputsOf } from "../../../schema";
import type { exportSchema } from "./schema";

/** What an export's file says. */
export type ExportText = Pick<OwnInputsOf<typeof exportSchema>, "path" | "clients">;

/** Characters that mean themselves in a path of exports(5), wherever they stand. */
const PLAIN = /^[A-Za-z0-9/_.,+:=-]$/;

/** A path as one word of exports(5): bytes that could mean anything else are octal escapes. */
export function escapePath(path: string): string {
  return [...path]
    .map((character) => {
      if (PLAIN.test(character)) return character;
      const bytes = [...Buffer.from(character)];
      return bytes.map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
    })
    .join("");
}

/** The text of an export's file: one line for exports(5). Pure. */
export function renderExport({ path, clients }: ExportText): string {
  const words = clients.map(({ client, options }) => `${client}(${options.join(",")})`);
  return `${escapePath(path)} ${words.join(" ")}\n`;
}

/**
 * How the entries' lines in `exportfs -s` begin: path and client. It escapes white space alone, and writes clients as
 * they were given. Pure.
 */
export function tableEntries({ path, clients }: ExportText): string[] {
  const written = path.replace(
    /\s/g,
    (space) => `\\${space.charCodeAt(0).toString(8).padStart(3, "0")}`,
  );
  return clients.map(({ client }) => `${written}  ${client}(`);
}
