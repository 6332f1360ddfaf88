import { hashSecret, type AccessStore } from "./access-store";

/** Makes sure that the given tokens exist, with these secrets and without privilege separation. */
export function applyTokens(access: AccessStore, tokens: { id: string; secret: string }[]): void {
  for (const { id, secret } of tokens) {
    const [, userid = "", tokenid = ""] = /^([^!\s]+@[^!\s]+)!([\w.-]+)$/.exec(id) ?? [];
    if (tokenid === "") throw new Error(`Token id "${id}" is not of the form USER@REALM!NAME`);
    const user = (access.value.users[userid] ??= { enable: 1, expire: 0, tokens: {} });
    user.tokens[tokenid] = { expire: 0, privsep: 0, secret: hashSecret(secret) };
  }
  access.save();
}
