import * as pulumi from "@pulumi/pulumi";
import { Host, HostCommand, type HostCommandArgs } from "../../../../components";
import { host, publicKey } from "../lab-parts";
import { type Row, wrong } from "./spoilt";

const command = (changes: Partial<HostCommandArgs>) => () =>
  new HostCommand("index", { host: host(), create: "true", ...changes });

const container = () =>
  new Host({
    name: "cell",
    address: "10.77.0.9",
    connection: {
      address: "10.77.0.9",
      hostKey: publicKey,
      inside: [{ type: "nspawn", name: "cell" }],
    },
    machine: host("parent").machine,
  });

const script = "give the text of a script, or leave it out";
const key =
  "give the text of a private key, -----BEGIN OPENSSH PRIVATE KEY-----; sshKeyFromConfig() reads a file";
const scalar = "use a string, a number, true or false";

export const commands: Row[] = [
  [
    "a command that does nothing",
    command({ create: undefined }),
    'HostCommand "index": create is missing: give a script for create, update or delete',
  ],
  ["an empty script", command({ create: "" }), `HostCommand "index": create is "": ${script}`],
  [
    "a blank script",
    command({ update: " \n" }),
    `HostCommand "index": update is " \\n": ${script}`,
  ],
  [
    "a list for a script",
    command({ delete: wrong(["rm", "x"]) }),
    `HostCommand "index": delete is ["rm","x"]: ${script}`,
  ],
  [
    "a NUL in a script",
    command({ create: "a\0b" }),
    'HostCommand "index": create is "a\\u0000b": leave out the NUL character',
  ],
  [
    "a host that is none",
    command({ host: wrong({ address: "10.77.0.7" }) }),
    'HostCommand "index": host: use a Host: vm.host, or existingHost()',
  ],
  [
    "no host",
    command({ host: wrong(undefined) }),
    'HostCommand "index": host: use a Host: vm.host, or existingHost()',
  ],
  [
    "a container",
    command({ host: container() }),
    'HostCommand "index": host is "cell": use the machine that runs this container, which has no sshd of its own, and enter it in the script, with systemd-run --machine=NAME --pipe --wait for instance',
  ],
  ["a number for stdin", command({ stdin: wrong(5) }), 'HostCommand "index": stdin: use a string'],
  [
    "an object for stdin",
    command({ stdin: wrong({ password: "canary" }) }),
    'HostCommand "index": stdin: use a string',
  ],
  [
    "a file's name for a private key",
    command({ privateKey: "/root/.ssh/id_ed25519" }),
    `HostCommand "index": privateKey: ${key}`,
  ],
  [
    "a public key for a private key",
    command({ privateKey: publicKey }),
    `HostCommand "index": privateKey: ${key}`,
  ],
  ["an empty private key", command({ privateKey: "" }), `HostCommand "index": privateKey: ${key}`],
  [
    "a number for a private key",
    command({ privateKey: wrong(1) }),
    `HostCommand "index": privateKey: ${key}`,
  ],
  [
    "a text for triggers",
    command({ triggers: wrong("abc") }),
    'HostCommand "index": triggers is "abc": use a list',
  ],
  [
    "an object among the triggers",
    command({ triggers: ["a", wrong({ b: 1 })] }),
    `HostCommand "index": triggers[1] is {"b":1}: ${scalar}`,
  ],
  [
    "nothing among the triggers",
    command({ triggers: [wrong(null)] }),
    `HostCommand "index": triggers[0] is null: ${scalar}`,
  ],
  [
    "all of a command's problems",
    command({ create: "", update: pulumi.output("fine"), stdin: wrong(1), triggers: wrong(1) }),
    `HostCommand "index": 3 problems
  - create is "": ${script}
  - stdin: use a string
  - triggers is 1: use a list`,
  ],
];
