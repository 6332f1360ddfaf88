import type { IssueList } from "../../validation/checker";

/** What the server's part of nfs.conf(5) is rendered from. */
export interface NfsConf {
  threads: number;
  version3: boolean;
  settings: Record<string, Record<string, string>>;
}

/** Text of a file in `/etc/nfs.conf.d`. Pure. */
export function renderNfsConf({ threads, version3, settings }: NfsConf): string {
  const sections: Record<string, Record<string, string>> = { ...settings };
  sections["nfsd"] = {
    ...settings["nfsd"],
    threads: String(threads),
    vers3: version3 ? "y" : "n",
  };
  return Object.keys(sections)
    .sort()
    .map((section) => {
      const entries = Object.entries(sections[section]!).sort(([one], [other]) =>
        one < other ? -1 : 1,
      );
      return `[${section}]\n${entries.map(([key, value]) => `${key}=${value}\n`).join("")}`;
    })
    .join("\n");
}

/** What speaks against settings of nfs.conf(5). */
export function checkSections(
  issues: IssueList,
  settings: Record<string, Record<string, string>>,
): void {
  for (const [section, entries] of Object.entries(settings))
    for (const [key, value] of Object.entries(entries)) {
      const field = `settings.${section}.${key}`;
      if (section === "nfsd" && (key === "threads" || key === "vers3"))
        issues.add(field, value, "leave it out: threads and version3 say it");
      else if (!/^[a-z][a-z0-9-]*$/.test(section) || !/^[A-Za-z][A-Za-z0-9.-]*$/.test(key))
        issues.add(
          field,
          value,
          "use a section and a name of nfs.conf(5), such as nfsd, grace-time",
        );
      if (typeof value !== "string" || !/^[A-Za-z0-9/_.:,+ -]+$/.test(value))
        issues.add(field, value, "use letters, digits, spaces and / _ . : , + -");
    }
}
