import { statSync } from "node:fs";
import { badParameters, failure } from "../api-error";
import type { PveNode } from "../node";
import { parseDiskSize } from "../storage/disk-size";
import { imageSize } from "../storage/image-size";
import {
  CONTENT_FOLDERS,
  parseFileName,
  parseImageName,
  parseVolumeId,
  type FileContent,
  type ImageFormat,
} from "../storage/volume-id";
import { index, type Call, type Route } from "./call";

const STORAGES = "/nodes/{node}/storage";
const STORAGE = `${STORAGES}/{storage}`;
const VOLUME = `${STORAGE}/content/{volume}`;
const SEE = ["Datastore.Audit", "Datastore.AllocateSpace"];

const FOLDERS = [
  "content",
  "download-url",
  "file-restore",
  "import-metadata",
  "identity",
  "oci-registry-pull",
  "prunebackups",
  "rrd",
  "rrddata",
  "status",
  "upload",
];

const maySee = ({ node, who }: Call, id: string): boolean =>
  node.permissions.has(who, `/storage/${id}`, SEE, true);

const definition = (node: PveNode, id: string): Record<string, unknown> => {
  const { type, path, content, disable } = node.storages.get(id);
  const digest = node.storages.digest();
  return {
    storage: id,
    type,
    path,
    content: content.join(","),
    digest,
    ...(disable && { disable: 1 }),
  };
};

function listDefinitions(call: Call): unknown {
  const type = call.optional("type");
  return call.node.storages
    .ids()
    .filter(
      (id) => maySee(call, id) && (type === undefined || call.node.storages.get(id).type === type),
    )
    .map((id) => definition(call.node, id));
}

function state(node: PveNode, id: string): Record<string, unknown> {
  const { type, content } = node.storages.get(id);
  const { total, used, avail } = node.storages.space();
  return { type, content: content.join(","), active: 1, enabled: 1, shared: 0, total, used, avail };
}

function list(call: Call): unknown {
  const { node } = call;
  const [only, contents] = [call.optional("storage"), call.optional("content")?.split(",") ?? []];
  const isWanted = (id: string): boolean =>
    maySee(call, id) &&
    (only === undefined || only === id) &&
    (contents.length === 0 ||
      node.storages.get(id).content.some((name) => contents.includes(name)));
  return node.storages
    .ids()
    .filter(isWanted)
    .map((id) => {
      const status = state(node, id);
      return { storage: id, ...status, used_fraction: Number(status.used) / Number(status.total) };
    });
}

function status(call: Call): unknown {
  const id = call.text("storage");
  if (!call.node.storages.has(id)) throw badParameters({ storage: "No such storage." });
  return state(call.node, id);
}

const FILE_FORMATS: Record<FileContent, (name: string) => string> = {
  iso: () => "iso",
  snippets: () => "snippet",
  vztmpl: (name) => `t${/\.tar\.(\w+)$/.exec(name)?.[1] ?? "ar"}`,
  import: (name) => name.split(".").pop() ?? "raw",
  backup: (name) => /\.((?:vma|tar)(?:\.\w+)?)$/.exec(name)?.[1] ?? "vma",
};

async function content(call: Call): Promise<unknown> {
  const { node } = call;
  const id = call.text("storage");
  const storage = node.storages.get(id);
  const [wanted, vmid] = [call.optional("content"), call.integer("vmid")];
  const isWanted = (name: string): boolean =>
    storage.content.includes(name) && (wanted === undefined || wanted === name);
  const images = !isWanted("images")
    ? []
    : node.volumes
        .list(id)
        .filter(({ record }) => vmid === undefined || record.vmid === vmid)
        .map(({ volid, record }) => ({
          volid,
          content: record.format === "subvol" ? "rootdir" : "images",
          vmid: record.vmid,
          format: record.format,
          size: record.sizeBytes,
          used: record.sizeBytes,
          ctime: record.ctime,
          parent: record.base === undefined ? null : `../${record.base}`,
        }));
  const files = (Object.keys(CONTENT_FOLDERS) as FileContent[]).filter(isWanted).flatMap((kind) =>
    node.volumes.files(id, kind).map(({ volid, size, ctime }) => ({
      volid,
      content: kind,
      format: FILE_FORMATS[kind](volid),
      size,
      ctime,
    })),
  );
  return Promise.resolve([...images, ...files]);
}

/** The volume in the path: with or without its storage. */
function volumeOf(call: Call): string {
  const volume = call.text("volume");
  return volume.includes(":") ? volume : `${call.text("storage")}:${volume}`;
}

async function oneVolume(call: Call): Promise<unknown> {
  const { volumes } = call.node;
  const volid = volumeOf(call);
  const image = volumes.image(volid);
  if (image !== undefined)
    return {
      path: volumes.nodePath(volid),
      format: image.format,
      size: image.sizeBytes,
      used: image.sizeBytes,
    };
  if (!volumes.exists(volid)) throw failure(`volume_size_info on '${volid}' failed - no format`);
  const file = volumes.filePath(volid);
  const { format, sizeBytes } = await imageSize(file);
  return {
    path: volumes.nodePath(volid),
    format,
    size: sizeBytes,
    used: statSync(file).blocks * 512,
  };
}

async function allocate(call: Call): Promise<string> {
  const { node } = call;
  const storage = call.text("storage");
  const file = call.text("filename");
  const extension = /\.(raw|qcow2|vmdk)$/.exec(file)?.[1];
  const format = (call.optional("format") ?? extension ?? "raw") as ImageFormat;
  const sizeBytes = sizeArgument(call.text("size"));
  const vmid = call.vmid;
  const name = `${String(vmid)}/${file}`;
  if (parseImageName(name) === undefined)
    throw failure(`unable to parse directory volume name '${name}'`);
  return node.volumes.create({ storage, vmid, format, sizeBytes, file }, () => undefined);
}

/** A size without a unit is in KiB here. */
function sizeArgument(text: string): number {
  const bytes = parseDiskSize(/[KMGT]$/.test(text) ? text : `${text}K`);
  if (bytes === undefined) throw badParameters({ size: "value does not match the regex pattern" });
  return bytes;
}

function remove(call: Call): string {
  const { node } = call;
  const volid = volumeOf(call);
  const { storage, name } = parseVolumeId(volid);
  node.storages.get(storage);
  const owner = parseImageName(name)?.vmid;
  if (owner === undefined && parseFileName(name) === undefined)
    throw failure(`unable to parse directory volume name '${name}'`);
  const id = owner === undefined ? storage : `${String(owner)}@${storage}`;
  return call.task("imgdel", id, async (task) => {
    const wasThere = await node.volumes.remove(volid);
    if (!wasThere) task.log(`disk image '${node.volumes.nodePath(volid)}' does not exist`);
    task.log(`Removed volume '${volid}'`);
  });
}

export const storageRoutes: Route[] = [
  { method: "GET", path: "/storage", handler: listDefinitions },
  {
    method: "GET",
    path: "/storage/{storage}",
    handler: (call) => definition(call.node, call.text("storage")),
  },
  { method: "GET", path: STORAGES, handler: list },
  index(STORAGE, "subdir", FOLDERS),
  { method: "GET", path: `${STORAGE}/status`, handler: status },
  { method: "GET", path: `${STORAGE}/content`, handler: content },
  { method: "POST", path: `${STORAGE}/content`, handler: allocate },
  { method: "GET", path: VOLUME, handler: oneVolume },
  { method: "DELETE", path: VOLUME, handler: remove },
];
