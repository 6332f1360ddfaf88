import type { OwnInputsOf } from "../../../schema";
import type { siteSchema } from "./schema";

type Identity = Pick<OwnInputsOf<typeof siteSchema>, "name" | "context">;

const FOLDERS = { http: "/etc/nginx/conf.d", stream: "/etc/nginx/stream.d" } as const;

/** The path of a site's file. */
export function sitePath({ name, context }: Identity): string {
  return `${FOLDERS[context]}/${name}.conf`;
}

/** The site whose file has this path; undefined when it is none. */
export function parseSitePath(path: string): Identity | undefined {
  const [, folder, name] = /^(.+)\/([^/]+)\.conf$/.exec(path) ?? [];
  if (name === undefined) return undefined;
  if (folder === FOLDERS.http) return { name, context: "http" };
  return folder === FOLDERS.stream ? { name, context: "stream" } : undefined;
}
