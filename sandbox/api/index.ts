export type { ApiOptions, NodeOptions } from "./options";
export type { StorageConfig } from "./storage/storages";
export { DEFAULT_STORAGES } from "./options";
export { PretendHypervisor } from "./pretend-hypervisor";
export { runApi } from "./run-api";
export { startApi, type RunningApi } from "./start-api";
