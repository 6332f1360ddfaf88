import * as pulumi from "@pulumi/pulumi";
import { type Checker, IssueList } from "../../validation/checker";
import { Host } from "./host";
import type { HostCommandArgs } from "./host-command-args";

/** The arguments that are scripts. */
export const scripts = ["create", "update", "delete"] as const;

/** What to do about a host that is a container. */
export const containerFix =
  "use the machine that runs this container, which has no sshd of its own, and enter it in the script, " +
  "with systemd-run --machine=NAME --pipe --wait for instance";

const checkScript: Checker = (value) =>
  pulumi.Output.isInstance(value) || value instanceof Promise
    ? undefined
    : typeof value !== "string" || value.trim() === ""
      ? "give the text of a script, or leave it out"
      : value.includes("\0")
        ? "leave out the NUL character"
        : undefined;

/** What is wrong with the arguments of a `HostCommand`, as far as their values are there already. */
export function checkCommand(args: HostCommandArgs): IssueList {
  const issues = new IssueList();
  const { host, stdin, privateKey, triggers } = args;
  if (!(host instanceof Host)) issues.addSecret("host", "use a Host: vm.host, or existingHost()");
  else if (Array.isArray(host.connection.inside) && host.connection.inside.length > 0)
    issues.add("host", host.name, containerFix);
  for (const field of scripts) issues.checkOptional(field, args[field], checkScript);
  if (scripts.every((field) => args[field] === undefined))
    issues.add("create", undefined, "give a script for create, update or delete");
  if (stdin !== undefined && !isInput(stdin, "string")) issues.addSecret("stdin", "use a string");
  if (privateKey !== undefined) {
    const text: unknown = privateKey;
    if (
      typeof text === "string" ? !/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text) : !isInput(text)
    )
      issues.addSecret(
        "privateKey",
        "give the text of a private key, -----BEGIN OPENSSH PRIVATE KEY-----; sshKeyFromConfig() reads a file",
      );
  }
  if (Array.isArray(triggers))
    triggers.forEach((value: unknown, index) => {
      if (!isInput(value, "string", "number", "boolean"))
        issues.add(`triggers[${index}]`, value, "use a string, a number, true or false");
    });
  else if (triggers !== undefined && !isInput(triggers))
    issues.add("triggers", triggers, "use a list");
  return issues;
}

/** Whether a value is known later, or is of one of the types now. */
function isInput(value: unknown, ...types: string[]): boolean {
  return (
    pulumi.Output.isInstance(value) || value instanceof Promise || types.includes(typeof value)
  );
}
