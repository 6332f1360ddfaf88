import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { archiveName, downloadCli, listedChecksum } from "../../../engine/download";
import { pulumiVersion } from "../../../engine/versions";

const sum = (data: Buffer): string => createHash("sha256").update(data).digest("hex");

describe("listedChecksum()", () => {
  const zeros = "0".repeat(64);
  it("finds a file in the formats of sha256sum", () => {
    assert.equal(listedChecksum(`${zeros}  other\n${zeros}  a.tar.gz\n`, "a.tar.gz"), zeros);
    assert.equal(listedChecksum(`${zeros} *a.tar.gz`, "a.tar.gz"), zeros);
  });
  it("takes nothing else for a checksum", () => {
    assert.equal(listedChecksum("404 not found", "not"), undefined);
    assert.equal(listedChecksum(`${zeros}  a.tar.gz.sig`, "a.tar.gz"), undefined);
  });
});

describe("downloadCli()", () => {
  const archive = archiveName(process.platform, process.arch);
  let scratch: string;
  let files: Record<string, Buffer>;
  let server: Server;
  let place: string;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "download-"));
    await mkdir(join(scratch, "pulumi"));
    await writeFile(join(scratch, "pulumi", "pulumi"), "the CLI");
    execFileSync("tar", ["-czf", archive, "pulumi"], { cwd: scratch });
    server = createServer((request, response) => {
      const file = files[request.url!.slice(1)];
      response.statusCode = file ? 200 : 404;
      response.end(file);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    place = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  beforeEach(() => {
    const data = readFileSync(join(scratch, archive));
    files = {
      [archive]: data,
      [`pulumi-${pulumiVersion}-checksums.txt`]: Buffer.from(`${sum(data)}  ${archive}\n`),
    };
  });
  after(async () => {
    server.close();
    await rm(scratch, { recursive: true });
  });

  it("unpacks an archive whose checksum is right, from the first place that has it", async () => {
    const into = join(scratch, "right");
    await downloadCli(into, [`${place}elsewhere/`, place]);
    assert.equal(readFileSync(join(into, "pulumi"), "utf8"), "the CLI");
  });

  it("refuses an archive with another checksum and leaves nothing of it", async () => {
    files[archive] = Buffer.concat([files[archive]!, Buffer.from("x")]);
    const into = join(scratch, "wrong");
    await assert.rejects(downloadCli(into, [place]), /has checksum \w{64}, its list says \w{64}/);
    assert.ok(!existsSync(into));
  });

  it("refuses an archive that no list names", async () => {
    files[`pulumi-${pulumiVersion}-checksums.txt`] = Buffer.from("");
    await assert.rejects(downloadCli(join(scratch, "none"), [place]), /lists no checksum for/);
  });

  it("goes through the proxy of the environment", async function () {
    if (spawnSync("curl", ["--version"]).error) this.skip();
    const asked: string[] = [];
    const proxy = createServer((request, response) => {
      asked.push(request.url!);
      response.end(files[new URL(request.url!).pathname.slice(1)]);
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    process.env.all_proxy = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    try {
      const into = join(scratch, "proxied");
      await downloadCli(into, ["http://get.example/"]);
      assert.equal(readFileSync(join(into, "pulumi"), "utf8"), "the CLI");
      assert.equal(asked.at(-1), `http://get.example/${archive}`);
    } finally {
      delete process.env.all_proxy;
      proxy.close();
    }
  });
});
