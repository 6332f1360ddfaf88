/** A subcommand of `labwright`. */
export interface Command {
  /** One line for the list of commands. */
  summary: string;
  /** The text of `labwright COMMAND --help`. */
  usage: string;
  /** Runs it with the arguments after its name; returns the exit code. */
  run(args: string[]): Promise<number>;
}

/** What was typed is wrong: the message is shown with the command's usage, exit code 2. */
export class UsageError extends Error {}
