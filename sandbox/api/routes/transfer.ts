import { chmodSync, renameSync, rmSync } from "node:fs";
import { failure } from "../api-error";
import { download, urlMetadata } from "../storage/download";
import { contentFileName, type TransferContent } from "../storage/file-names";
import type { Call, Route } from "./call";

const STORAGE = "/nodes/{node}/storage/{storage}";

interface Target {
  /** On this machine. */
  file: string;
  /** As a real node would call it. */
  nodePath: string;
  name: string;
}

function targetOf(call: Call): Target {
  const { node } = call;
  const storage = call.text("storage");
  const content = call.text("content") as TransferContent;
  const name = contentFileName(content, call.text("filename"));
  node.storages.checkContent(storage, content);
  const volid = `${storage}:${content}/${name}`;
  return { name, file: node.volumes.filePath(volid), nodePath: node.volumes.nodePath(volid) };
}

function checksum(call: Call): { algorithm: string; value: string } | undefined {
  const [value, algorithm] = [call.optional("checksum"), call.optional("checksum-algorithm")];
  return value === undefined || algorithm === undefined ? undefined : { value, algorithm };
}

function downloadUrl(call: Call): string {
  const { file, nodePath, name } = targetOf(call);
  const verifyCertificates = call.optional("verify-certificates") !== "0";
  const wanted = {
    url: call.text("url"),
    target: file,
    nodePath,
    checksum: checksum(call),
    verifyCertificates,
  };
  return call.task("download", name, (task) => download(task, wanted));
}

function upload(call: Call): string {
  const { file } = call;
  if (file === undefined) throw failure("missing temporary file name");
  let target: Target;
  try {
    target = targetOf(call);
  } catch (error) {
    rmSync(file.path, { force: true });
    throw error;
  }
  const wanted = checksum(call);
  return call.task("imgcopy", "", async (task) => {
    try {
      task.log(`starting file import from: ${file.nodePath}`);
      if (wanted !== undefined) {
        const got = await file.digest(wanted.algorithm);
        const isSame = got.toLowerCase() === wanted.value.toLowerCase();
        task.log(`calculating checksum...${isSame ? "OK, checksum verified" : ""}`);
        if (!isSame) throw failure(`checksum mismatch: got '${got}' != expect '${wanted.value}'`);
      }
      task.log(`target node: ${call.node.name}`);
      task.log(`target file: ${target.nodePath}`);
      task.log(`file size is: ${String(file.size)}`);
      task.log(`command: cp -- ${file.nodePath} ${target.nodePath}`);
      chmodSync(file.path, 0o644);
      renameSync(file.path, target.file);
      task.log("finished file import successfully");
    } finally {
      rmSync(file.path, { force: true });
    }
  });
}

function importMetadata(call: Call): never {
  throw failure(`unable to parse directory volume name '${call.text("volume")}'`);
}

export const transferRoutes: Route[] = [
  {
    method: "GET",
    path: "/nodes/{node}/query-url-metadata",
    handler: (call) => urlMetadata(call.text("url"), call.optional("verify-certificates") !== "0"),
  },
  { method: "POST", path: `${STORAGE}/download-url`, handler: downloadUrl },
  { method: "POST", path: `${STORAGE}/upload`, handler: upload, takesFile: true },
  { method: "GET", path: `${STORAGE}/import-metadata`, handler: importMetadata },
];
