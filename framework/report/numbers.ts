const STEPS = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** Three significant digits and a suffix: 999, 146k, 5.73M, 1.2G. */
export function compact(count: number): string {
  for (const [unit, suffix] of STEPS) if (count >= unit * 0.9995) return `${threeDigits(count / unit)}${suffix}`;
  return String(Math.round(count));
}

/** 12,345,678. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** Virtual or wall time, from nanoseconds: 870 ns, 14.2 ms, 2.53 s. */
export function duration(ns: number): string {
  if (ns >= 1e9 * 0.9995) return `${threeDigits(ns / 1e9)} s`;
  if (ns >= 1e6 * 0.9995) return `${threeDigits(ns / 1e6)} ms`;
  if (ns >= 1e3 * 0.9995) return `${threeDigits(ns / 1e3)} µs`;
  return `${Math.round(ns)} ns`;
}

function threeDigits(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  const text = value.toFixed(digits);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
