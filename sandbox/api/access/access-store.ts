import { createHash, randomBytes, scryptSync, timingSafeEqual } from "node:crypto";
import { JsonFile } from "../atomic-file";

export interface Token {
  comment?: string;
  /** Seconds since 1970; 0 never. */
  expire: number;
  /** 1: only what both the user and the token itself may do. */
  privsep: 0 | 1;
  /** SHA-256 of the secret. */
  secret: string;
}

export interface User {
  enable: 0 | 1;
  expire: number;
  comment?: string;
  email?: string;
  firstname?: string;
  lastname?: string;
  keys?: string;
  /** `salt$scrypt`; users of the realm pve only. */
  password?: string;
  tokens: Record<string, Token>;
}

export interface Acl {
  path: string;
  type: "user" | "group" | "token";
  ugid: string;
  roleid: string;
  propagate: 0 | 1;
}

export interface Pool {
  comment?: string;
  vms: number[];
  storage: string[];
}

/** Users, groups, roles, permissions and pools: what `/etc/pve/user.cfg` and `priv/token.cfg` hold. */
export interface AccessConfig {
  users: Record<string, User>;
  groups: Record<string, { comment?: string; users: string[] }>;
  roles: Record<string, string[]>;
  acl: Acl[];
  pools: Record<string, Pool>;
}

const EMPTY: AccessConfig = {
  users: { "root@pam": { enable: 1, expire: 0, email: "root@example.test", tokens: {} } },
  groups: {},
  roles: {},
  acl: [],
  pools: {},
};

export class AccessStore extends JsonFile<AccessConfig> {
  constructor(file: string) {
    super(file, structuredClone(EMPTY));
  }
}

export const hashSecret = (secret: string): string =>
  createHash("sha256").update(secret).digest("hex");

export function isSameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

export function hashPassword(password: string): string {
  const salt = randomBytes(12).toString("base64");
  return `${salt}$${scryptSync(password, salt, 32).toString("base64")}`;
}

export function isPassword(password: string, hash: string): boolean {
  const [salt = "", expected = ""] = hash.split("$");
  return isSameText(scryptSync(password, salt, 32).toString("base64"), expected);
}
