import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { shellSource } from "../../../../../provider/host/shell-source";
import { shells } from "../../apply/script-runs";

/** What `apt-get indextargets` prints on some hosts. */
const hosts: Record<string, string> = {
  debian: `http://mirror.example.net/debian/ bookworm main
http://mirror.example.net/debian/ bookworm contrib
http://mirror.example.net/debian/ bookworm-updates main
http://mirror.example.net/debian-security/ bookworm-security main
`,
  "a cloud image": `mirror+file:MIRRORS/ bookworm main\n`,
  "no network": `cdrom://[Debian]/ bookworm main\nfile:/srv/mirror/ bookworm main\n`,
};

for (const shell of shells)
  describe(`apt_lines of images in ${shell.join(" ")}`, () => {
    const folder = mkdtempSync(path.join(tmpdir(), "labwright-image-"));
    after(() => rmSync(folder, { recursive: true }));

    const lines = (host: string, suite: string, mirror = ""): string => {
      const list = path.join(folder, "mirrors.list");
      writeFileSync(list, "# the nearest\nhttps://deb.example.net/debian\tpriority:1\n");
      mkdirSync(path.join(folder, "in"), { recursive: true });
      const aptGet = `#!/bin/sh\ncat ${folder}/targets\n`;
      writeFileSync(path.join(folder, "apt-get"), aptGet, { mode: 0o755 });
      writeFileSync(path.join(folder, "targets"), hosts[host]!.replace("MIRRORS", list));
      const script = `set -eu
in=${folder}/in
fail() { echo "$1"; exit 1; }
PATH=${folder}:$PATH
${shellSource("kinds/nspawn/image/image.sh")}
apt_lines ${suite} '${mirror}'`;
      const [program, ...words] = shell as [string, ...string[]];
      return spawnSync(program, [...words, "-c", script], { encoding: "utf8" }).stdout;
    };

    it("are the host's own for its release, with updates and security", () => {
      assert.equal(
        lines("debian", "bookworm"),
        `deb http://mirror.example.net/debian bookworm contrib main
deb http://mirror.example.net/debian bookworm-updates main
deb http://mirror.example.net/debian-security bookworm-security main
`,
      );
    });

    it("are the host's mirror for another release", () => {
      assert.equal(lines("debian", "trixie"), "deb http://mirror.example.net/debian trixie main\n");
    });

    it("name the first of a list of mirrors", () => {
      assert.equal(
        lines("a cloud image", "bookworm"),
        "deb https://deb.example.net/debian bookworm main\n",
      );
    });

    it("are none where a container could not fetch from, and the mirror that was given", () => {
      assert.equal(lines("no network", "bookworm"), "");
      assert.equal(
        lines("no network", "bookworm", "http://mirror.example.net/debian"),
        "deb http://mirror.example.net/debian bookworm main\n",
      );
    });
  });
