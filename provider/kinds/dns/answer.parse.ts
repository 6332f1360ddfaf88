/** One record as dig prints it. */
export interface PrintedRecord {
  owner: string;
  ttl: number;
  type: string;
  /** In the server's own notation. */
  data: string;
}

/** What a name server said to one question. */
export interface Answer {
  /** RFC 1035, section 4.1.1: `NOERROR`, `NXDOMAIN`, `REFUSED`, ... */
  status: string;
  authoritative: boolean;
  answer: PrintedRecord[];
  authority: PrintedRecord[];
  additional: PrintedRecord[];
}

const SECTIONS = { ANSWER: "answer", AUTHORITY: "authority", ADDITIONAL: "additional" } as const;

/** The answers in the output of `dig +noall +comments +answer +authority +additional`, in the questions' order. */
export function parseAnswers(output: string): Answer[] {
  const answers: Answer[] = [];
  let records: PrintedRecord[] = [];
  for (const line of output.split("\n")) {
    const header = /^;; ->>HEADER<<- opcode: QUERY, status: (\w+)/.exec(line);
    const section = /^;; (ANSWER|AUTHORITY|ADDITIONAL) SECTION:/.exec(line);
    const current = answers.at(-1);
    if (header) {
      answers.push({
        status: header[1]!,
        authoritative: false,
        answer: [],
        authority: [],
        additional: [],
      });
    } else if (current && line.startsWith(";; flags:")) {
      current.authoritative = /^;; flags:[^;]* aa[ ;]/.test(line);
    } else if (current && section) {
      records = current[SECTIONS[section[1] as keyof typeof SECTIONS]];
    } else if (current && line !== "" && !line.startsWith(";")) {
      const record = parseLine(line);
      if (record) records.push(record);
    }
  }
  return answers;
}

function parseLine(line: string): PrintedRecord | undefined {
  const [, owner, ttl, type, data] =
    /^(\S+)[ \t]+(\d+)[ \t]+IN[ \t]+(\S+)[ \t]+(.*)$/.exec(line) ?? [];
  if (owner === undefined || data === undefined) return undefined;
  return { owner: owner.toLowerCase(), ttl: Number(ttl), type: type!, data };
}
