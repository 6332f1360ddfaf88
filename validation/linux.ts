import type { Checker } from "./checker";

/** useradd(8) of shadow and Debian's adduser agree on these; longer names break utmp. */
export const checkUserName: Checker = (value) =>
  typeof value === "string" && /^[a-z_][a-z0-9_-]{0,31}$/.test(value)
    ? undefined
    : "use a lower-case letter, then letters, digits, - or _, at most 32";

/** Debian Policy 5.6.7; other distributions also use capitals, dots and underscores. */
export const checkPackageName: Checker = (value) =>
  typeof value === "string" && /^[A-Za-z0-9][A-Za-z0-9.+_-]{0,127}$/.test(value)
    ? undefined
    : "use the name of a package such as bind9";

/** An absolute path in its shortest form: no `.`, no `..`, no doubled slash, no control character. */
export const checkAbsolutePath: Checker = (value) => {
  if (typeof value !== "string" || !value.startsWith("/"))
    return "use an absolute path such as /etc/motd";
  const problem = pathProblem(value.slice(1));
  return value === "/" ? "use a path below /" : problem;
};

/** A path below some folder: no leading slash, no `..`. */
export const checkRelativePath: Checker = (value) => {
  if (typeof value !== "string" || value === "") return "use a relative path such as index.html";
  return value.startsWith("/") ? "leave out the leading slash" : pathProblem(value);
};

function pathProblem(path: string): string | undefined {
  if (/\p{Cc}/u.test(path)) return "leave out control characters";
  const parts = path.split("/");
  if (parts.some((part) => part === "." || part === "..")) return "leave out . and ..";
  return parts.includes("") ? "leave out the doubled or trailing slash" : undefined;
}
