/** `labwright/testing`: unit tests of labs, on the graph of resources they ask for. */
export { recordLab } from "./record-lab";
export type { RecordOptions } from "./record-lab";
export { RecordedLab } from "./recorded-lab";
export type { RecordedOptions, RecordedResource } from "./recorded-resource";
export type { RecordedInvoke } from "./recording-monitor";
export type { Simulate, Simulated } from "./simulate";
export { outputValue } from "./output-value";
