import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { Channel } from "../../../../provider/host/channel";
import { Host } from "../../../../provider/host/host";
import { Limiter } from "../../../../provider/host/limiter";
import { prelude } from "../../../../provider/host/prelude";

/** A host whose shell is a local program instead of OpenSSH, with its folders in a temporary one. */
export class LocalHost {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "labwright-host-"));
  readonly host: Host;
  /** The programs started so far, one a connection. */
  readonly channels: Channel[] = [];

  constructor(program: readonly string[] = ["sh"], connectTimeoutMs = 10_000) {
    this.host = new Host(
      { address: "local", port: 22, user: "root", hostKey: "none" },
      {
        prelude: prelude({ state: this.at("state"), run: this.at("run") }),
        connectTimeoutMs,
        starts: new Limiter(2),
        open: () => {
          const channel = new Channel(program, process.env);
          this.channels.push(channel);
          return { channel, settled: () => undefined };
        },
      },
    );
  }

  at(name: string): string {
    return path.join(this.folder, name);
  }

  remove(): void {
    this.host.close();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
