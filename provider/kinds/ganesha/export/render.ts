import type { OwnInputsOf } from "../../../schema";
import type { exportSchema } from "./schema";

/** What an export's file says, but for the id that the host chooses. */
export type ExportBlock = Omit<OwnInputsOf<typeof exportSchema>, "name">;

/** Parameters and blocks that `renderExport` writes itself, in lower case as Ganesha compares them. */
export const ownParameters: readonly string[] = [
  "export_id",
  "path",
  "pseudo",
  "access_type",
  "fsal",
  "client",
  "clients",
];

/** A text in double quotes. A backslash is not there: the paths have none. */
const quoted = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;

/** Beginning of an export's file. */
export const renderHead = (exportId: number): string => `EXPORT {\n    Export_Id = ${exportId};\n`;

/** The file after its head. Pure. */
export function renderRest({ path, pseudo, clients, settings }: ExportBlock): string {
  const parameters = Object.entries(settings).sort(([one], [other]) => (one < other ? -1 : 1));
  return [
    `    Path = ${quoted(path)};`,
    `    Pseudo = ${quoted(pseudo)};`,
    "    Access_Type = NONE;",
    ...parameters.map(([name, value]) => `    ${name} = ${value};`),
    "    FSAL { Name = VFS; }",
    ...clients.flatMap(renderClient),
    "}",
    "",
  ].join("\n");
}

function renderClient(client: ExportBlock["clients"][number]): string[] {
  return [
    "    CLIENT {",
    `        Clients = ${client.client};`,
    `        Access_Type = ${client.accessType};`,
    `        Squash = ${client.squash};`,
    `        Anonymous_Uid = ${client.anonymousUid};`,
    `        Anonymous_Gid = ${client.anonymousGid};`,
    `        SecType = ${client.secType.join(", ")};`,
    `        PrivilegedPort = ${client.privilegedPort};`,
    "    }",
  ];
}

/** An export's whole file. Pure. */
export function renderExport(exportId: number, block: ExportBlock): string {
  return renderHead(exportId) + renderRest(block);
}
