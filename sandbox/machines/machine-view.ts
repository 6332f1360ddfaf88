import * as fs from "node:fs";
import * as path from "node:path";

/** What can be known of a machine without logging in. */
export interface MachineView {
  addresses: string[];
  /** Public SSH host keys: `type base64`. */
  hostKeys: string[];
  /** Who may log in by which lines of authorized_keys. */
  logins: { user: string; line: string }[];
}

const viewFile = (runDir: string): string => path.join(runDir, "view.json");

/** The view of a machine whose files cannot be read from the host, as it told it last; undefined for others. */
export function rememberedView(runDir: string): MachineView | undefined {
  try {
    return JSON.parse(fs.readFileSync(viewFile(runDir), "utf8")) as MachineView;
  } catch {
    return undefined;
  }
}

export function rememberView(runDir: string, view: MachineView): void {
  fs.writeFileSync(`${viewFile(runDir)}.new`, JSON.stringify(view), { mode: 0o600 });
  fs.renameSync(`${viewFile(runDir)}.new`, viewFile(runDir));
}

export function forgetView(runDir: string): void {
  fs.rmSync(viewFile(runDir), { force: true });
}

/** Reads what the guest's own script tells: lines `address A`, `key TYPE BASE64 COMMENT`, `login USER LINE`. */
export function parseView(text: string): MachineView {
  const view: MachineView = { addresses: [], hostKeys: [], logins: [] };
  for (const line of text.split("\n")) {
    const [, word, rest = ""] = /^(\w+) (.*)$/.exec(line) ?? [];
    if (word === "address") view.addresses.push(rest);
    const [key] = /^[a-z0-9-]+ [A-Za-z0-9+/=]+/.exec(rest) ?? [];
    if (word === "key" && key !== undefined) view.hostKeys.push(key);
    const [, user, login] = /^(\S+) (.+)$/.exec(rest) ?? [];
    if (word === "login" && user !== undefined && login !== undefined)
      view.logins.push({ user, line: login });
  }
  return view;
}
