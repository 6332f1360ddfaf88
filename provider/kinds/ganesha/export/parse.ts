import { type Block, parseBlocks } from "./blocks.parse";
import { type ExportBlock, ownParameters, renderExport } from "./render";

/** What an export's file says, and what it holds besides. */
export interface ParsedExport extends ExportBlock {
  /** 0 when the file has none. */
  exportId: number;
  /** Empty when the file is exactly as it is rendered. */
  extra: string;
}

/** Shown of what does not belong there, at most. */
const SHOWN = 500;

/** Reads an export's file. Whatever else it holds, also another way to write the same, is `extra`. Pure. */
export function parseExport(text: string): ParsedExport {
  const block = parseBlocks(text).find(({ name }) => name === "EXPORT");
  const value = (name: string) => block?.parameters.get(name)?.value ?? "";
  const settings = [...(block?.parameters ?? [])].filter(([name]) => !ownParameters.includes(name));
  const exportId = Number(value("export_id")) || 0;
  const found: ExportBlock = {
    path: value("path"),
    pseudo: value("pseudo"),
    clients: (block?.blocks ?? []).filter(({ name }) => name === "CLIENT").map(parseClient),
    settings: Object.fromEntries(settings.map(([, { name, value: said }]) => [name, said])),
  };
  const extra = renderExport(exportId, found) === text ? "" : text.slice(0, SHOWN);
  return { exportId, ...found, extra };
}

type Client = ExportBlock["clients"][number];

/** What is not said has Ganesha's own default; what a schema has no word for shows as it stands there. */
function parseClient({ parameters }: Block): Client {
  const value = (name: string, fallback: string) => parameters.get(name)?.value ?? fallback;
  return {
    client: value("clients", ""),
    accessType: value("access_type", "NONE") as Client["accessType"],
    squash: value("squash", "root_squash") as Client["squash"],
    anonymousUid: Number(value("anonymous_uid", "65534")),
    anonymousGid: Number(value("anonymous_gid", "65534")),
    secType: value("sectype", "sys")
      .split(/[\s,]+/)
      .filter(Boolean) as Client["secType"],
    privilegedPort: /^(true|yes|on)$/i.test(value("privilegedport", "false")),
  };
}
