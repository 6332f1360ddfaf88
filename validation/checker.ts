import type { Issue } from "./issue";

/**
 * Judges one value: `undefined` when it is good, otherwise the fix ("use 1-65535"). Takes anything, since a value may
 * come from a configuration file or from JavaScript.
 */
export type Checker = (value: unknown) => string | undefined;

/** Collects everything wrong with one subject, so that it can be reported at once. */
export class IssueList {
  readonly issues: Issue[] = [];

  /** Adds an issue when `value` does not pass; true when it does. */
  check(field: string, value: unknown, checker: Checker): boolean {
    const fix = checker(value);
    if (fix === undefined) return true;
    this.add(field, value, fix);
    return false;
  }

  /** Like `check`, but `undefined` is fine: for what may be left out. */
  checkOptional(field: string, value: unknown, checker: Checker): boolean {
    return value === undefined || this.check(field, value, checker);
  }

  /** Checks every entry of a list; the field of an entry is `field[index]`. */
  checkEach(field: string, values: unknown, checker: Checker): boolean {
    if (!Array.isArray(values)) {
      this.add(field, values, "use a list");
      return false;
    }
    return values
      .map((value, index) => this.check(`${field}[${index}]`, value, checker))
      .every(Boolean);
  }

  add(field: string, value: unknown, fix: string): void {
    this.issues.push({ field, value, fix });
  }

  /** For a value that must not be shown. */
  addSecret(field: string, fix: string): void {
    this.issues.push({ field, fix });
  }

  get empty(): boolean {
    return this.issues.length === 0;
  }
}
