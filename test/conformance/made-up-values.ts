/**
 * Values that a server makes up: task ids, uuids, digests, names of uploads, hardware addresses, password hashes. Each value
 * in a recording stands for one value of the replay.
 */
const KINDS = [
  /UPID:[^:\s]+:[0-9A-F]{8}:[0-9A-F]{8,9}:[0-9A-F]{8}:[^:\s]*:[^:\s]*:[^:\s]+:/,
  /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/,
  /\b(?!da39a3ee)[0-9a-f]{40}\b/,
  /\b[0-9a-f]{32}\b/,
  /\b[Bb][Cc]:24:11(?::[0-9A-Fa-f]{2}){3}\b/,
  /\$5\$[./\w]+\$[./\w]{43}/,
];
const ANY = new RegExp(KINDS.map(({ source }) => source).join("|"), "g");
const HARDWARE_ADDRESS = /^bc:24:11:/i;

/** Hardware addresses are the same in upper and lower case. */
const canonical = (value: string): string =>
  HARDWARE_ADDRESS.test(value) ? value.toUpperCase() : value;
const kindOf = (value: string): number =>
  KINDS.findIndex((kind) => new RegExp(`^${kind.source}$`).test(value));

export class MadeUpValues {
  private readonly replayed = new Map<string, string>();
  private readonly taken = new Set<string>();

  /** Two recorded values never stand for the same replayed one, so that repeated ones show up as differences. */
  bind(recorded: string, replayed: string): void {
    const [from, to] = [canonical(recorded), canonical(replayed)];
    if (this.replayed.has(from) || this.taken.has(to)) return;
    this.replayed.set(from, to);
    this.taken.add(to);
  }

  /** Learns from an answer that has as many made-up values of each kind as the recorded one. */
  learn(recorded: string, replayed: string): void {
    const [from, to] = [recorded.match(ANY) ?? [], replayed.match(ANY) ?? []];
    for (const kind of KINDS.keys()) {
      const [expected, actual] = [from, to].map((values) =>
        values.filter((value) => kindOf(value) === kind),
      );
      if (expected?.length !== actual?.length) continue;
      expected?.forEach((value, i) => {
        this.bind(value, actual?.[i] ?? value);
      });
    }
  }

  /** Puts this replay's values in the place of the recorded ones. */
  resolve(text: string): string {
    return text.replace(ANY, (value) => {
      const found = this.replayed.get(canonical(value));
      if (found === undefined) return value;
      return value === canonical(value) ? found : found.toLowerCase();
    });
  }

  /** What a client made up stays as it is. */
  keep(text: string): void {
    for (const value of text.match(ANY) ?? []) this.bind(value, value);
  }
}
