import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  randomBytes,
  sign,
  verify,
  type KeyObject,
} from "node:crypto";
import path from "node:path";
import { readIfThere, writeAtomic } from "../atomic-file";
import { isSameText } from "./access-store";

/** Tickets are good for two hours; five minutes of clock difference are forgiven. Source: PVE::AccessControl. */
const LIFETIME_SECONDS = 2 * 3600;
const TOLERATED_FUTURE_SECONDS = 300;

const now = (): number => Math.floor(Date.now() / 1000);
const hex = (n: number): string => n.toString(16).toUpperCase().padStart(8, "0");

/** Signs and verifies `PVE:user:TIME::SIGNATURE` tickets and the CSRF prevention tokens that go with them. */
export class Tickets {
  private readonly key: KeyObject;
  private readonly csrfSecret: string;

  constructor(folder: string, privateKeyPem: string) {
    this.key = createPrivateKey(privateKeyPem);
    const file = path.join(folder, "csrf.key");
    this.csrfSecret = readIfThere(file) ?? randomBytes(32).toString("hex");
    writeAtomic(file, this.csrfSecret);
  }

  create(userid: string): { ticket: string; CSRFPreventionToken: string } {
    const plain = `PVE:${userid}:${hex(now())}`;
    const signature = sign("sha256", Buffer.from(plain), this.key).toString("base64");
    return {
      ticket: `${plain}::${signature}`,
      CSRFPreventionToken: this.csrfToken(userid, hex(now())),
    };
  }

  /** The user of a good ticket. */
  verify(ticket: string): string | undefined {
    const match = /^(PVE:([^:\s]+@[^:\s]+):([0-9A-F]{8}))::([\w+/=]+)$/.exec(ticket);
    if (match === null) return undefined;
    const [, plain = "", userid, time = "", signature = ""] = match;
    const publicKey = createPublicKey(this.key);
    const isGenuine = verify(
      "sha256",
      Buffer.from(plain),
      publicKey,
      Buffer.from(signature, "base64"),
    );
    return isGenuine && isFresh(time) ? userid : undefined;
  }

  private csrfToken(userid: string, time: string): string {
    const digest = createHmac("sha256", this.csrfSecret)
      .update(`${time}:${userid}`)
      .digest("base64");
    return `${time}:${digest.replace(/=+$/, "")}`;
  }

  isCsrfToken(token: string | undefined, userid: string): boolean {
    const time = /^([0-9A-F]{8}):/.exec(token ?? "")?.[1];
    return (
      time !== undefined && isFresh(time) && isSameText(token ?? "", this.csrfToken(userid, time))
    );
  }
}

function isFresh(time: string): boolean {
  const age = now() - parseInt(time, 16);
  return age <= LIFETIME_SECONDS && age >= -TOLERATED_FUTURE_SECONDS;
}
