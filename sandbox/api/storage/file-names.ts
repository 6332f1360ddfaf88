import { badParameters } from "../api-error";
import type { FileContent } from "./volume-id";

/** What may be uploaded or downloaded. */
export type TransferContent = Extract<FileContent, "iso" | "vztmpl" | "import">;

const EXTENSIONS: Record<TransferContent, { pattern: RegExp; message: string }> = {
  iso: { pattern: /\.(iso|img)$/i, message: "wrong file extension" },
  vztmpl: { pattern: /\.tar(\.(gz|xz|zst|bz2))?$/, message: "wrong file extension" },
  import: {
    pattern: /^[^/]+\.(ova|ovf|qcow2|raw|vmdk)$/,
    message: "invalid filename or wrong extension",
  },
};

/** A client's file name without folders and without characters that are not allowed; refuses other extensions. */
export function contentFileName(content: TransferContent, given: string): string {
  const name = given.replace(/^.*[/\\]/, "").replace(/[^-a-zA-Z0-9_.]/g, "_");
  const { pattern, message } = EXTENSIONS[content];
  if (!pattern.test(name)) throw badParameters({ filename: message });
  return name;
}
