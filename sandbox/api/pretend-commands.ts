import type { GuestCommandResult } from "../hypervisor";

interface PretendSystem {
  hostname: string;
  files: Map<string, string>;
}

const OS_RELEASE = [
  'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"',
  'NAME="Debian GNU/Linux"',
  'VERSION_ID="12"',
  'VERSION="12 (bookworm)"',
  "ID=debian",
].join("\n");

const succeeded = (stdout: string): GuestCommandResult => ({ exitCode: 0, stdout, stderr: "" });
const failed = (stderr: string, exitCode = 1): GuestCommandResult => ({
  exitCode,
  stdout: "",
  stderr,
});

/** The few commands that the guest agent's answers are made of, and `echo`; everything else is not found. */
export function pretendCommand(
  argv: string[],
  stdin: string,
  system: PretendSystem,
): GuestCommandResult {
  const [command = "", ...args] = argv;
  switch (command.replace(/^(\/usr)?\/bin\//, "")) {
    case "echo":
      return succeeded(`${args.join(" ")}\n`);
    case "true":
      return succeeded("");
    case "hostname":
      return succeeded(`${system.hostname}\n`);
    case "uname":
      return succeeded("6.1.0-generic\n#1 SMP\nx86_64\n");
    case "date":
      return succeeded(`${String(Date.now() * 1_000_000)}\n`);
    case "cat": {
      const file = args.at(-1) ?? "";
      const text = file === "/etc/os-release" ? `${OS_RELEASE}\n` : system.files.get(file);
      return text === undefined
        ? failed(`cat: ${file}: No such file or directory\n`)
        : succeeded(text);
    }
    case "tee":
      system.files.set(args.at(-1) ?? "", stdin);
      return succeeded(stdin);
    case "chpasswd":
      return succeeded("");
    default:
      return failed(`${command}: not found\n`, 127);
  }
}
