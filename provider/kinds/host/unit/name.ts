import type { Checker } from "../../../../validation/checker";

/** Types of units that a file describes (systemd.unit(5)); devices and scopes come from elsewhere. */
const types = [
  "service",
  "socket",
  "path",
  "timer",
  "target",
  "mount",
  "automount",
  "slice",
  "swap",
] as const;

const named = new RegExp(`^[A-Za-z0-9:_.@\\\\-]+\\.(${types.join("|")})$`);

/** The whole name of a unit with its type. A template can be neither enabled nor started, only an instance of it. */
export const checkUnitName: Checker = (value) => {
  if (typeof value !== "string" || !named.test(value) || value.length > 255 || /^[-.]/.test(value))
    return `use the name of a unit with its type, such as wiki.service (${types.join(", ")})`;
  return /@\.[a-z]+$/.test(value)
    ? "name an instance, such as worker@one.service; a template is a file: use labwright:host:File"
    : undefined;
};

/** Where an administrator's own units are (systemd.unit(5)). */
export function unitPath(name: string): string {
  return `/etc/systemd/system/${name}`;
}
