/** The Proxmox VE release that the API behaves like. The repository id is made up: there is no such build. */
export const VERSION = { version: "9.2.11", release: "9.2", repoid: "0123456789abcdef" };
