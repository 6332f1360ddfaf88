export { type Field, type FieldOptions, type Fields, type FieldType, type ValueOf } from "./field";
export { flag, integer, list, map, object, oneOf, text } from "./field";
export { HostConnection, JumpHost, MachineConnection } from "./host-connection";
export {
  defineKind,
  type InputsOf,
  type KindSchema,
  type OutputsOf,
  type OwnInputsOf,
  type Place,
  type StateOf,
} from "./kind-schema";
export { type ObjectType, objectType, type ValuesOf } from "./object-type";
export { providerConfig } from "./provider-config";
export { type PackageSchema, packageSchema } from "./package-schema";
