import type { Issue } from "../../validation/issue";
import type { RecordSpec } from "./dns-zone";

/** Which names and types of one zone the program has given away. */
export class RecordRegistry {
  private readonly types = new Map<string, Set<string>>();

  constructor(private readonly zone: string) {}

  conflicts(record: Pick<RecordSpec, "name" | "type">): Issue[] {
    const there = this.types.get(record.name);
    if (!there) return [];
    const full = record.name === "@" ? this.zone : `${record.name}.${this.zone}`;
    if (there.has(record.type))
      return [
        {
          field: "name",
          value: record.name,
          fix: `${full} has ${record.type} records in this program already: list all values in one place`,
        },
      ];
    if (record.type === "CNAME" || there.has("CNAME"))
      return [
        {
          field: "name",
          value: record.name,
          fix: `${full} has other records (${[...there].sort().join(", ")}): a CNAME stands alone (RFC 1034, section 3.6.2)`,
        },
      ];
    return [];
  }

  add(record: Pick<RecordSpec, "name" | "type">): void {
    const there = this.types.get(record.name) ?? new Set();
    this.types.set(record.name, there.add(record.type));
  }
}
