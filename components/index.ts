/** Labwright: what a lab is described with. */
export * from "./container";
export * from "./database";
export * from "./dns";
export * from "./host";
export * from "./lab";
export * from "./proxmox";
export * from "./proxy";
export * from "./storage";
export * from "./tls";
export { nginx, postgres, Provider } from "../resources";
