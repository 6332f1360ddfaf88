import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import ts from "typescript";

/** Properties of a type with their types in one notation; `?` at the end of optional names. */
export type Shape = Record<string, string>;

interface PropertySpec {
  type?: string;
  $ref?: string;
  items?: PropertySpec;
  additionalProperties?: PropertySpec;
}

interface ObjectSpec {
  /** Of a type that is one of some values. */
  enum?: { value: string }[];
  properties?: Record<string, PropertySpec>;
  required?: string[];
  language?: { nodejs?: { requiredOutputs?: string[] } };
}

/** The parts of a Pulumi package schema that are compared. */
export interface PackageSpec {
  types: Record<string, ObjectSpec>;
  resources: Record<
    string,
    ObjectSpec & {
      inputProperties?: Record<string, PropertySpec>;
      requiredInputs?: string[];
      stateInputs?: ObjectSpec;
    }
  >;
}

const lastName = (token: string): string => token.split(/[:/]/).pop()!;

function specType(spec: PropertySpec, refs: (token: string) => void): string {
  if (spec.$ref === "pulumi.json#/Any") return "any";
  if (spec.$ref !== undefined) {
    const token = spec.$ref.replace(/^#\/types\//, "");
    refs(token);
    return lastName(token);
  }
  if (spec.type === "array") return `${specType(spec.items!, refs)}[]`;
  if (spec.type === "object") return `map<${specType(spec.additionalProperties!, refs)}>`;
  return spec.type === "integer" ? "number" : spec.type!;
}

function specShape(
  properties: Record<string, PropertySpec> = {},
  required: string[] = [],
  refs: (token: string) => void = () => undefined,
): Shape {
  return Object.fromEntries(
    Object.entries(properties).map(([name, spec]) => [
      required.includes(name) ? name : `${name}?`,
      specType(spec, refs),
    ]),
  );
}

/** What a schema says of a resource: arguments, state, outputs and all nested types. */
export function schemaShapes(schema: PackageSpec, token: string): Record<string, Shape> {
  const resource = schema.resources[token];
  if (!resource) throw new Error(`the schema has no resource ${token}`);
  const shapes: Record<string, Shape> = {};
  const follow = (kind: "input" | "output") => (type: string) => {
    const key = `${kind} ${lastName(type)}`;
    const spec = schema.types[type]!;
    if (shapes[key] || spec.enum) return;
    shapes[key] = {};
    const required =
      (kind === "output" ? spec.language?.nodejs?.requiredOutputs : undefined) ?? spec.required;
    shapes[key] = specShape(spec.properties, required, follow(kind));
  };
  const name = lastName(token);
  const { inputProperties, requiredInputs, properties, required, stateInputs } = resource;
  shapes[`${name}Args`] = specShape(inputProperties, requiredInputs, follow("input"));
  if (stateInputs) shapes[`${name}State`] = specShape(stateInputs.properties, [], follow("input"));
  shapes[name] = specShape(properties, required, follow("output"));
  return shapes;
}

/** What the declarations of an npm SDK say of the same resource. */
export function sdkShapes(declarations: string, name: string): Record<string, Shape> {
  const shapes: Record<string, Shape> = {};
  const main = parse(declarations);
  const types = { input: typesFile(main, "input"), output: typesFile(main, "output") };
  const follow = (kind: "input" | "output") => (type: string) => {
    const key = `${kind} ${withoutArgs(lastName(type.replaceAll(".", "/")))}`;
    if (shapes[key]) return;
    shapes[key] = {};
    shapes[key] = membersShape(find(types[kind], type.split(".")), follow(kind));
  };
  shapes[`${name}Args`] = membersShape(find(main, [`${name}Args`]), follow("input"));
  // A resource without properties to look it up by has none.
  if (declares(main, `${name}State`))
    shapes[`${name}State`] = membersShape(find(main, [`${name}State`]), follow("input"));
  shapes[name] = membersShape(find(main, [name]), follow("output"));
  return shapes;
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
}

/** The file that a resource's declarations import as `inputs` or `outputs`. */
function typesFile(main: ts.SourceFile, kind: "input" | "output"): ts.SourceFile | undefined {
  for (const statement of main.statements) {
    if (!ts.isImportDeclaration(statement)) continue;
    const from = (statement.moduleSpecifier as ts.StringLiteral).text;
    if (from.endsWith(`types/${kind}`)) return parse(join(dirname(main.fileName), `${from}.d.ts`));
  }
  return undefined;
}

type Members = ts.NodeArray<ts.TypeElement> | ts.NodeArray<ts.ClassElement>;

/** Some SDKs name the inputs' form of a type so. */
function withoutArgs(name: string): string {
  return name.replace(/(?<=.)Args$/, "");
}

function declares(file: ts.SourceFile, name: string): boolean {
  return file.statements.some((node) => ts.isInterfaceDeclaration(node) && node.name.text === name);
}

function find(file: ts.SourceFile | undefined, path: string[]): Members {
  let statements: readonly ts.Statement[] = file?.statements ?? [];
  for (const [index, name] of path.entries()) {
    for (const statement of statements) {
      if (index < path.length - 1) {
        if (ts.isModuleDeclaration(statement) && statement.name.text === name) {
          statements = (statement.body as ts.ModuleBlock).statements;
          break;
        }
      } else if (
        (ts.isInterfaceDeclaration(statement) || ts.isClassDeclaration(statement)) &&
        statement.name?.text === name
      ) {
        return statement.members;
      }
    }
  }
  throw new Error(`${file?.fileName ?? "no types file"} does not declare ${path.join(".")}`);
}

function membersShape(members: Members, refs: (name: string) => void): Shape {
  const shape: Shape = {};
  for (const member of members) {
    if (!ts.isPropertySignature(member) && !ts.isPropertyDeclaration(member)) continue;
    const type = unwrap(member.type!);
    const optional = member.questionToken !== undefined || type.optional;
    const name = (member.name as ts.Identifier).text;
    shape[optional ? `${name}?` : name] = nodeType(type.node, refs);
  }
  return shape;
}

/** Without `pulumi.Input<>`, `pulumi.Output<>` and `| undefined`. */
function unwrap(node: ts.TypeNode): { node: ts.TypeNode; optional: boolean } {
  if (ts.isTypeReferenceNode(node)) {
    const name = node.typeName.getText();
    if (name === "pulumi.Input" || name === "pulumi.Output") return unwrap(node.typeArguments![0]!);
  }
  if (ts.isUnionTypeNode(node)) {
    const rest = node.types.filter((type) => type.kind !== ts.SyntaxKind.UndefinedKeyword);
    if (rest.length === 1) {
      const inner = unwrap(rest[0]!);
      return { node: inner.node, optional: inner.optional || rest.length < node.types.length };
    }
  }
  return { node, optional: false };
}

function nodeType(wrapped: ts.TypeNode, refs: (name: string) => void): string {
  const { node } = unwrap(wrapped);
  if (ts.isArrayTypeNode(node)) return `${nodeType(node.elementType, refs)}[]`;
  if (ts.isTypeLiteralNode(node)) {
    const [member] = node.members;
    if (member && ts.isIndexSignatureDeclaration(member)) {
      return `map<${nodeType(member.type, refs)}>`;
    }
  }
  const text = node.getText();
  const enumeration = /^enums\.(?:.+\.)?(.+)$/.exec(text)?.[1];
  if (enumeration !== undefined) return enumeration;
  const reference = /^(?:inputs|outputs)\.(.+)$/.exec(text)?.[1];
  if (reference === undefined) return text;
  refs(reference);
  return withoutArgs(reference.split(".").pop()!);
}
