import { writeFileSync } from "node:fs";

/** A table of figures, and what its rows mean. */
export interface Section {
  title: string;
  /** Markdown: what was done, and what each column is. */
  about: string;
  columns: string[];
  rows: string[][];
  /** Why something is missing. */
  failures: string[];
}

/** The figures so far: printed as they come, and kept in a file for whoever started the measuring. */
export class Report {
  readonly sections: Section[] = [];

  constructor(
    private readonly file: string,
    /** When to leave out the rest, in milliseconds since 1970. */
    private readonly deadline: number,
  ) {}

  /** Measures one table. What goes wrong is noted in it, and the next goes on. */
  async section(
    title: string,
    about: string,
    columns: string[],
    measure: (row: (...cells: string[]) => void) => Promise<void>,
  ): Promise<void> {
    const section: Section = { title, about, columns, rows: [], failures: [] };
    this.sections.push(section);
    console.log(`\n${title}`);
    try {
      await measure((...cells) => {
        section.rows.push(cells);
        const [name, ...figures] = cells;
        console.log(`  ${name}`);
        for (const [at, figure] of figures.entries())
          console.log(`    ${columns[at + 1]!.padEnd(34)} ${figure}`);
        this.save();
      });
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      section.failures.push(said);
      console.log(`  not measured: ${said}`);
    }
    this.save();
  }

  /** Throws when there is no time for more: to be called before what takes long. */
  needTime(): void {
    if (Date.now() > this.deadline) throw new Error("the rest was left out: its time was over");
  }

  private save(): void {
    writeFileSync(this.file, JSON.stringify(this.sections));
  }
}

/** docs/benchmarks.md. Pure. */
export function renderReport(
  facts: readonly [string, string][],
  sections: readonly Section[],
): string {
  const table = (rows: readonly (readonly string[])[]): string =>
    rows
      .map((cells) => `| ${cells.map((cell) => cell.replace(/\|/g, "\\|")).join(" | ")} |\n`)
      .join("");
  const blocks = sections.map(({ title, about, columns, rows, failures }) => {
    const body = rows.length > 0 ? table([columns, columns.map(() => "---"), ...rows]) : "";
    const missing = failures.map(
      (said) => `\nNot measured: \`${said.split("\n")[0]!.replace(/`/g, "'")}\`\n`,
    );
    return `## ${title}\n\n${about.trim()}\n\n${body}${missing.join("")}`;
  });
  return `# Benchmarks

Written by \`make bench\`, which makes a sandbox of its own, measures, and takes it away. Figures are the median of several
runs, with the lowest and the highest; times are seconds of wall clock unless a column says otherwise. They say how one
machine did on one day: no test asserts a time.

${table([["", ""], ["---", "---"], ...facts])}
${blocks.join("\n")}`;
}
