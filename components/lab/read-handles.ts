import * as pulumi from "@pulumi/pulumi";
import { formatIssues } from "../../validation/issue";
import { IssueList } from "../../validation/checker";
import type { Handle, HandleContract, HandleSource } from "../handle";
import { contractOf, handleTypes } from "./contracts";
import { withoutStack } from "../refuse";

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Makes of each handle in `handles` what it stands for; refuses all that it cannot read at once. */
export function readHandles(
  stack: string,
  handles: Readonly<Record<string, unknown>>,
  parent: pulumi.Resource,
): Record<string, unknown> {
  const issues = new IssueList();
  for (const [name, handle] of Object.entries(handles)) checkHandle(issues, name, handle, stack);
  if (!issues.empty)
    throw withoutStack(
      new pulumi.RunError(formatIssues(`labReference ${JSON.stringify(stack)}`, issues.issues)),
    );
  const made = new Map<string, unknown>();
  const source: HandleSource = {
    parent,
    read<C>(contract: HandleContract<C>, handle: Handle): C {
      const key = JSON.stringify(handle);
      if (!made.has(key))
        made.set(key, contract.providers[handle.provider]!(handle as never, source));
      return made.get(key) as C;
    },
  };
  const things = Object.entries(handles).map(([name, handle]) => [
    name,
    source.read(contractOf(handle as Handle)!, handle as Handle),
  ]);
  return new Proxy(Object.fromEntries(things) as Record<string, unknown>, {
    get(there, name) {
      // A promise that is resolved with it asks for `then`, and a debugger for symbols.
      if (typeof name === "symbol" || name === "then" || name === "toJSON" || name in there)
        return there[name as string];
      throw withoutStack(
        new pulumi.RunError(
          `labReference ${JSON.stringify(stack)}: it offers no ${JSON.stringify(name)}, but ${offered(handles)}; ` +
            `add it to \`handles\` there, or, when it is there, run \`pulumi up\` on that stack`,
        ),
      );
    },
  });
}

const offered = (handles: object): string => Object.keys(handles).sort().join(", ") || "nothing";

/** Checks a handle and all handles inside it. */
function checkHandle(issues: IssueList, field: string, value: unknown, stack: string): void {
  if (!isObject(value) || typeof value["type"] !== "string") {
    issues.add(field, value, `export a handle of Labwright there, such as zone.handle`);
    return;
  }
  const { type, version, provider } = value as unknown as Handle;
  const contract = contractOf(value as unknown as Handle);
  if (!contract)
    issues.add(
      `${field}.type`,
      type,
      `this version of Labwright reads ${handleTypes.join(", ")}: use the same version in both stacks`,
    );
  else if (version !== contract.version)
    issues.add(
      `${field}.version`,
      version,
      version > contract.version
        ? `this version of Labwright reads version ${contract.version} of ${type}: update Labwright here to the one of stack ${stack}`
        : `this version of Labwright reads version ${contract.version} of ${type}: run \`pulumi up\` on stack ${stack} with the Labwright of this one`,
    );
  else if (!Object.hasOwn(contract.providers, provider))
    issues.add(
      `${field}.provider`,
      provider,
      `this version of Labwright knows ${Object.keys(contract.providers).join(", ")} for ${type}: use the same version in both stacks`,
    );
  for (const [name, inner] of Object.entries(value))
    checkInside(issues, `${field}.${name}`, inner, stack);
}

function checkInside(issues: IssueList, field: string, value: unknown, stack: string): void {
  if (Array.isArray(value))
    for (const [index, item] of value.entries())
      checkInside(issues, `${field}[${index}]`, item, stack);
  else if (
    isObject(value) &&
    typeof value["type"] === "string" &&
    value["type"].startsWith("labwright:")
  )
    checkHandle(issues, field, value, stack);
}
