/** FLD1 to FLDZ. The constants have 67 bits inside the processor and are rounded as RC says. SDM vol. 2, FLD1. */
import { ROUND_NEAREST, ROUND_UP } from '../float/number';
import { roundingMode } from './exceptions';
import { pushChecked } from './transfer';

/** `truncated` significand; `upper`: what follows it is more than half a unit. */
function push(signExponent: u32, truncated: u64, upper: bool): void {
  const mode = roundingMode();
  pushChecked(signExponent, mode == ROUND_UP || (mode == ROUND_NEAREST && upper) ? truncated + 1 : truncated);
}

/** `index` as in the opcode: 1, log2(10), log2(e), pi, log10(2), ln(2), 0. */
export function loadConstant(index: u32): void {
  switch (index) {
    case 0:
      pushChecked(0x3fff, 0x8000000000000000);
      break;
    case 1:
      push(0x4000, 0xd49a784bcd1b8afe, false);
      break;
    case 2:
      push(0x3fff, 0xb8aa3b295c17f0bb, true);
      break;
    case 3:
      push(0x4000, 0xc90fdaa22168c234, true);
      break;
    case 4:
      push(0x3ffd, 0x9a209a84fbcff798, true);
      break;
    case 5:
      push(0x3ffe, 0xb17217f7d1cf79ab, true);
      break;
    default:
      pushChecked(0, 0);
  }
}
