import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

import { writeConnectionFiles } from "../../../../provider/host/connection-files";

const connection = { address: "10.0.0.1", port: 22, user: "root", hostKey: "ssh-ed25519 AAAA" };

describe("writeConnectionFiles()", () => {
  it("writes a private key for us alone, with the line ends that OpenSSH takes, and removes it", () => {
    const files = writeConnectionFiles(connection, "-----BEGIN-----\r\nkey\r\n-----END-----");
    const folder = path.dirname(files.host);
    assert.equal(
      fs.readFileSync(files.identityFile!, "utf8"),
      "-----BEGIN-----\nkey\n-----END-----\n",
    );
    assert.equal(fs.statSync(files.identityFile!).mode & 0o777, 0o600);
    assert.equal(fs.statSync(folder).mode & 0o777, 0o700);
    files.remove();
    assert.ok(!fs.existsSync(folder));
  });

  it("leaves nothing behind in a process that ends while it connects", () => {
    const module = path.join(__dirname, "../../../../provider/host/connection-files");
    const program = `
const { writeConnectionFiles } = require(${JSON.stringify(module)});
const files = writeConnectionFiles(${JSON.stringify(connection)}, "key");
process.stdout.write(files.identityFile);
process.exit(0);`;
    const { stdout } = spawnSync(process.execPath, [
      "-r",
      "ts-node/register/transpile-only",
      "-e",
      program,
    ]);
    const file = stdout.toString();
    assert.match(file, /labwright-ssh-\d+-/);
    assert.ok(!fs.existsSync(path.dirname(file)));
  });
});
