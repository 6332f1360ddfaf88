import { UsageError, type Command } from "./command";
import { engine } from "./engine";
import { sandbox } from "./sandbox";

const commands: Record<string, Command> = { engine, sandbox };

const usage = `Usage: labwright COMMAND [ARGUMENTS]

${Object.entries(commands)
  .map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  .join("\n")}

labwright COMMAND --help tells more.
`;

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(usage);
    return name === undefined ? 2 : 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    process.stderr.write(`labwright: there is no command ${JSON.stringify(name)}\n\n${usage}`);
    return 2;
  }
  // Only before "--": what follows is for another program.
  const own = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  if (own[0] === "--help" || own[0] === "-h") {
    process.stdout.write(command.usage);
    return 0;
  }
  try {
    return await command.run(args);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? "";
    // parseArgs() reports what it does not know with codes of this form.
    if (error instanceof UsageError || code.startsWith("ERR_PARSE_ARGS")) {
      process.stderr.write(`labwright ${name}: ${error.message}\n\n${command.usage}`);
      return 2;
    }
    process.stderr.write(`labwright ${name}: ${error.message}\n`);
    if (process.env.LABWRIGHT_DEBUG) process.stderr.write(`${error.stack}\n`);
    return 1;
  }
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
