const FUNCTIONS = 3000;
const MULTIPLIER = 2654435761;

/** C source of a guest whose code is nearly all cold: thousands of small functions, each of a few blocks, run twice. */
export function coldCodeSource(): string {
  const functions = Array.from({ length: FUNCTIONS }, (_, n) => {
    const a = (n * MULTIPLIER) >>> 0;
    const b = (a ^ (a >>> 13)) >>> 0;
    return (
      `static u32 __attribute__((noinline)) f${n}(u32 x) { if (x & ${1 << (n % 31)}u) x += ${a}u; else x ^= ${b}u; ` +
      `if (x > ${b}u) x = x << ${(n % 7) + 1} | x >> ${31 - (n % 7)}; if (!(x & ${1 << ((n + 9) % 31)}u)) x -= ${a >>> 3}u; return x * 3 + ${n}u; }`
    );
  });
  const calls = Array.from({ length: FUNCTIONS }, (_, n) => `x = f${n}(x);`);
  return `${functions.join('\n')}\nstatic u32 __attribute__((noinline)) cold(u32 x) {\n${calls.join('\n')}\nreturn x; }\n`;
}
