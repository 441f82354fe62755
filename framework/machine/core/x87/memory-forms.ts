/** D8 to DF with a memory operand, by opcode and /reg. */
import { A, B, copyNumber, unpack32, unpack64 } from '../float/number';
import { compareTop } from './compare';
import { computeWithMemory } from './compute';
import { loadControl, loadEnvironment, restoreState, saveEnvironment, saveState, storeControl, storeStatus } from './environment';
import { checkPending } from './exceptions';
import { startInstruction, startOperation } from './gate';
import { readOperand } from './operands';
import { noteMemory } from './pointers';
import { pop } from './state';
import {
  loadDecimal,
  loadExtended,
  loadInteger,
  loadReal,
  readInteger,
  storeDecimal,
  storeExtended,
  storeInteger,
  storeReal,
} from './transfer';

/** D8, DA, DC, DE: ST(0) with m32, m32int, m64, m16int. */
function arithmetic(opcode: u32, operation: u32, segment: i32, ea: i64): void {
  if (opcode == 0) unpack32(B, <u32>readOperand(segment, ea, 4));
  else if (opcode == 4) unpack64(B, readOperand(segment, ea, 8));
  else {
    readInteger(segment, ea, opcode == 2 ? 4 : 2);
    copyNumber(B, A);
  }
  noteMemory(segment, ea);
  if (operation != 2 && operation != 3) computeWithMemory(operation);
  else if (compareTop(true, false) && operation == 3) pop();
}

/** D9 /4 to /7. */
function controlForm(operation: u32, segment: i32, ea: i64): void {
  if (operation == 4 || operation == 5) checkPending();
  if (operation == 4) loadEnvironment(segment, ea);
  else if (operation == 5) loadControl(segment, ea);
  else if (operation == 6) saveEnvironment(segment, ea);
  else storeControl(segment, ea);
}

/** DD /4, /6, /7. */
function stateForm(operation: u32, segment: i32, ea: i64): void {
  if (operation == 4) {
    checkPending();
    restoreState(segment, ea);
  } else if (operation == 6) saveState(segment, ea);
  else storeStatus(segment, ea);
}

function real(operation: u32, size: u32, segment: i32, ea: i64): void {
  if (operation == 0) loadReal(segment, ea, size);
  else storeReal(segment, ea, size, operation == 3);
}

function integer(operation: u32, size: u32, segment: i32, ea: i64): void {
  if (operation == 0) loadInteger(segment, ea, size);
  else storeInteger(segment, ea, size, operation == 1, operation != 2);
}

/** DB and DF /4 to /7. */
function wide(code: u32, segment: i32, ea: i64): void {
  switch (code) {
    case 0x35:
      loadExtended(segment, ea);
      break;
    case 0x37:
      storeExtended(segment, ea);
      break;
    case 0x74:
      loadDecimal(segment, ea);
      break;
    case 0x75:
      loadInteger(segment, ea, 8);
      break;
    case 0x76:
      storeDecimal(segment, ea);
      break;
    default:
      storeInteger(segment, ea, 8, false, true);
  }
}

/** `code`: low three bits of the opcode << 8 | ModRM. */
export function x87Memory(code: i32, segment: i32, ea: i64): void {
  startInstruction(<u32>code);
  const opcode = (<u32>code) >> 8;
  const operation = ((<u32>code) >> 3) & 7;
  if (opcode == 1 && operation >= 4) {
    controlForm(operation, segment, ea);
    return;
  }
  if (opcode == 5 && operation >= 4) {
    stateForm(operation, segment, ea);
    return;
  }
  startOperation();
  if (!(opcode & 1)) arithmetic(opcode, operation, segment, ea);
  else if (operation >= 4) wide((opcode << 4) | operation, segment, ea);
  else if (opcode == 1) real(operation, 4, segment, ea);
  else if (opcode == 3) integer(operation, 4, segment, ea);
  else if (opcode == 7) integer(operation, 2, segment, ea);
  else if (operation == 1) storeInteger(segment, ea, 8, true, true);
  else real(operation, 8, segment, ea);
}
