export { cacheFolder, engineFolder, enginesFolder } from "./cache-folder";
export type { EnginePart, PartSource } from "./engine-part";
export { ensureEngine, type Engine } from "./ensure-engine";
export { silentProgress, streamProgress, type Progress } from "./progress";
