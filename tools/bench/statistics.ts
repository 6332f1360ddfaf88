/** The middle of some figures; the mean of the two in the middle when their number is even. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const upper = sorted[Math.floor(half)]!;
  return Number.isInteger(half) ? (sorted[half - 1]! + upper) / 2 : upper;
}

/** Three significant digits, as far as they are behind the point. */
export function rounded(figure: number): string {
  const size = Math.abs(figure);
  return figure.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** `1.52 (1.47 to 1.60)`: the median, then the lowest and the highest of several runs. */
export function spread(figures: readonly number[]): string {
  const middle = rounded(median(figures));
  if (figures.length === 1) return `${middle} (one run)`;
  return `${middle} (${rounded(Math.min(...figures))} to ${rounded(Math.max(...figures))})`;
}

/** Seconds out of milliseconds, as `spread()` shows them. */
export function seconds(milliseconds: readonly number[]): string {
  return spread(milliseconds.map((ms) => ms / 1000));
}

/** How many times as long the first took as the second, by their medians. */
export function ratio(figures: readonly number[], beside: readonly number[]): string {
  return rounded(median(figures) / median(beside));
}
