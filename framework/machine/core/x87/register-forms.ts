/** D8 to DF without a memory operand, by opcode, /reg and rm. */
import { RAX } from '../layout/cpu-state';
import { compareRegister, compareZero, examine } from './compare';
import { changeSign, computeWithRegister, extract, root, roundTop, scale } from './compute';
import { loadConstant } from './constants';
import { initialize } from './environment';
import { checkPending, clearExceptions } from './exceptions';
import { clearRounded, startInstruction } from './gate';
import { noteInstruction } from './pointers';
import { remainderOfTop } from './remainder';
import { pop, setEmpty, setTop, statusWord, top } from './state';
import { conditionalMove, exchange, loadRegister, storeAndPopQuietly, storeRegister } from './transfer';
import { powerOfTwo } from '../transcendental/exponential';
import { logarithm, logarithmPlusOne } from '../transcendental/logarithm';
import { arcTangent } from '../transcendental/arc-tangent';
import { cosine, partialTangent, sine, sineAndCosine } from '../transcendental/trigonometry';

/** Codes of DB E0 to E4 and DF E0, which do not wait. */
const FNENI: u32 = 0x3e0;
const FNDISI: u32 = 0x3e1;
const FNCLEX: u32 = 0x3e2;
const FNINIT: u32 = 0x3e3;
const FNSETPM: u32 = 0x3e4;
const FNSTSW_AX: u32 = 0x7e0;
const FNOP: u32 = 0x1d0;

/** true: it was one of them. FENI, FDISI and FSETPM have meant nothing since the 80387. */
function withoutWait(code: u32): bool {
  if (code == FNCLEX) clearExceptions();
  else if (code == FNINIT) initialize();
  else if (code == FNSTSW_AX) store<u16>(RAX, <u16>statusWord());
  else return code == FNENI || code == FNDISI || code == FNSETPM;
  return true;
}

/** D8, DC, DE; DC and DE have ST(i) as destination and pop with DE. */
function arithmetic(opcode: u32, operation: u32, index: u32): void {
  const pops = opcode == 6;
  if (operation == 2) compareRegister(index, true, false, pops ? 1 : 0);
  else if (operation == 3) compareRegister(index, true, false, pops ? 2 : 1);
  else computeWithRegister(operation, index, opcode == 0 ? 0 : index, pops);
}

function unary(index: u32): void {
  if (index < 2) changeSign(index == 1);
  else if (index == 4) compareZero();
  else examine();
}

/** D9 F0 to F7. */
function firstFunctions(index: u32): void {
  switch (index) {
    case 0:
      powerOfTwo();
      break;
    case 1:
      logarithm();
      break;
    case 2:
      partialTangent();
      break;
    case 3:
      arcTangent();
      break;
    case 4:
      extract();
      break;
    case 5:
      remainderOfTop(true);
      break;
    case 6:
      setTop(top() - 1);
      break;
    default:
      setTop(top() + 1);
  }
}

/** D9 F8 to FF. */
function secondFunctions(index: u32): void {
  switch (index) {
    case 0:
      remainderOfTop(false);
      break;
    case 1:
      logarithmPlusOne();
      break;
    case 2:
      root();
      break;
    case 3:
      sineAndCosine();
      break;
    case 4:
      roundTop();
      break;
    case 5:
      scale();
      break;
    case 6:
      sine();
      break;
    default:
      cosine();
  }
}

function formD9(operation: u32, index: u32): void {
  if (operation == 0) loadRegister(index);
  else if (operation == 1) exchange(index);
  else if (operation == 3) storeAndPopQuietly(index);
  else if (operation == 4) unary(index);
  else if (operation == 5) loadConstant(index);
  else if (operation == 6) firstFunctions(index);
  else secondFunctions(index);
}

/** DA and DB: FCMOVcc, FUCOMPP, FUCOMI, FCOMI. */
function formDaDb(opcode: u32, operation: u32, index: u32): void {
  if (operation < 4) conditionalMove(operation, opcode == 3, index);
  else if (opcode == 2) compareRegister(1, false, false, 2);
  else compareRegister(index, operation == 6, true, 0);
}

function formDd(operation: u32, index: u32): void {
  if (operation == 0) setEmpty(index);
  else if (operation == 1) exchange(index);
  else if (operation < 4) storeRegister(index, operation == 3);
  else compareRegister(index, false, false, operation - 4);
}

function formDf(operation: u32, index: u32): void {
  if (operation == 0) {
    setEmpty(index);
    pop();
  } else if (operation == 1) exchange(index);
  else if (operation < 4) storeRegister(index, true);
  else compareRegister(index, operation == 6, true, 1);
}

/** FCMOVcc changes C1 only when it finds an empty register. */
function isConditionalMove(opcode: u32, operation: u32): bool {
  return (opcode == 2 || opcode == 3) && operation < 4;
}

/** `code`: low three bits of the opcode << 8 | ModRM. */
export function x87Register(codeAndForm: i32): void {
  const code = <u32>codeAndForm;
  startInstruction(code);
  if (withoutWait(code)) return;
  checkPending();
  if (code == FNOP) return;
  const opcode = code >> 8;
  const operation = (code >> 3) & 7;
  noteInstruction();
  if (!isConditionalMove(opcode, operation)) clearRounded();
  const index = code & 7;
  if (opcode == 1) formD9(operation, index);
  else if (opcode == 2 || opcode == 3) formDaDb(opcode, operation, index);
  else if (opcode == 5) formDd(operation, index);
  else if (opcode == 7) formDf(operation, index);
  else arithmetic(opcode, operation, index);
}
