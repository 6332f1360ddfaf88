/** What the API answers instead of data. `message` keeps its newline as Proxmox VE sends it; the reason phrase loses it. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly errors?: Record<string, string>,
  ) {
    super(message);
  }
}

/** A plain `die` in a handler: status 500. */
export const failure = (message: string): ApiError => new ApiError(500, `${message}\n`);

/** Parameters that are wrong, all at once. */
export const badParameters = (errors: Record<string, string>): ApiError =>
  new ApiError(400, "Parameter verification failed.\n", errors);

export const forbidden = (detail?: string): ApiError =>
  new ApiError(403, `Permission check failed${detail === undefined ? "" : ` (${detail})`}\n`);

/** The text of an error for a task's log or exit status. */
export function errorText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\n+$/, "");
}
