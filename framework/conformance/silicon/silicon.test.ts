import { Host, whyNoHost } from './host';
import { runOnSilicon } from './run';

const CASES = 40_000;
const SEED = 20_240_101;
const SHOWN = 10;

describe('random user-mode instructions leave the state that the CPU of this machine leaves', () => {
  const reason = whyNoHost();
  if (reason !== undefined) {
    test(`nothing is compared: ${reason}`, () => {
      // A developer may be without a compiler; CI installs one.
      expect({ reason, inCi: process.env['CI'] === 'true' && reason === 'there is no gcc' }).toEqual({ reason, inCi: false });
    });
    return;
  }

  test(`${CASES} cases of seed ${SEED} (npm run silicon for more)`, () => {
    const host = new Host();
    try {
      const { disagreements, rows, byVector } = runOnSilicon(host, { cases: CASES, seed: SEED });
      const first = disagreements.slice(0, SHOWN).map(({ text }) => text);
      expect({ disagreements: disagreements.length, first }).toEqual({ disagreements: 0, first: [] });
      // Most instructions end without an exception, and there are all kinds of exceptions.
      expect(rows).toBeGreaterThan(500);
      expect(byVector.get(3)).toBeGreaterThan(CASES / 2);
      for (const vector of [0, 6, 13, 14, 16, 17]) expect(byVector.get(vector)).toBeGreaterThan(0);
    } finally {
      host.close();
    }
  }, 300_000);
});
