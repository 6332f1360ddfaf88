export type {
  Field,
  FieldOptions,
  Fields,
  FieldType,
  ObjectType,
  ValueOf,
  ValuesOf,
} from "./field";
export {
  Container,
  containerTypes,
  HostConnection,
  JumpHost,
  MachineConnection,
} from "./host-connection";
export { flag, integer, list, map, object, oneOf, text, texts } from "./field";
export {
  defineKind,
  type InputsOf,
  type KindSchema,
  type OutputsOf,
  type OwnInputsOf,
  type Place,
  type StateOf,
} from "./kind-schema";
export { objectType } from "./object-type";
export { providerConfig } from "./provider-config";
export { type PackageSchema, packageSchema } from "./package-schema";
