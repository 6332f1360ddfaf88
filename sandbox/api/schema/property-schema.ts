/** One parameter, or one key of a property string, in the words of Proxmox VE's JSON schema. */
export interface PropertySchema {
  type?: "string" | "integer" | "number" | "boolean" | "array" | "object" | "null";
  optional?: number | boolean;
  /** A named format, or the keys of a property string. */
  format?: string | Record<string, PropertySchema>;
  enum?: string[];
  pattern?: string;
  minimum?: number | string;
  maximum?: number | string;
  minLength?: number;
  maxLength?: number;
  requires?: string;
  default?: unknown;
  /** The key that a value without a key belongs to. */
  default_key?: number;
  alias?: string;
  /** `virtio=MAC`: the key is itself the value of this key. */
  keyAlias?: string;
  items?: PropertySchema;
}

export type PropertySchemas = Record<string, PropertySchema>;

/** `permissions` of a method as the schema has it: who may call it, or what has to be checked. */
export interface MethodPermissions {
  user?: "all" | "world";
  check?: unknown[];
}

export interface MethodSchema {
  parameters: PropertySchemas;
  permissions?: MethodPermissions;
}
