/**
 * String instructions (SDM vol. 2, REP/MOVS/CMPS/SCAS/LODS/STOS/INS/OUTS). A REP form makes at most STEP_MAX elements a step; an
 * unfinished step leaves IP at the instruction and retires like a finished one, so that budgets and interrupts bound it.
 */
import {
  OP_FLAGS,
  OP_REP,
  OP_REPNE,
  STRING_CMPS,
  STRING_INS,
  STRING_LODS,
  STRING_MOVS,
  STRING_OUTS,
  STRING_SCAS,
  STRING_STOS,
} from '../layout/blocks';
import { IP, RDX } from '../layout/cpu-state';
import { CURRENT_OP, FORCED } from '../layout/run-state';
import { deviceAccesses } from '../memory/access';
import { FLAG_TF, currentIp, eflags } from '../state';
import { fillBlock, moveBlock } from './block-moves';
import { writeDevice } from './device-block';
import { cmpsElement, equal, insElement, lodsElement, movsElement, outsElement, scasElement, stosElement } from './element';
import { requirePort } from '../system/ports';
import { countDown, readOperands, repeatCount, size } from './operands';

const STEP_MAX: u64 = 65536;
/** What an element counts that a device served: such a step ends after 1,024 elements. */
const DEVICE_WEIGHT: u64 = 64;

function element(kind: i32): void {
  switch (kind) {
    case STRING_MOVS:
      movsElement();
      break;
    case STRING_CMPS:
      cmpsElement();
      break;
    case STRING_SCAS:
      scasElement();
      break;
    case STRING_LODS:
      lodsElement();
      break;
    case STRING_STOS:
      stosElement();
      break;
    case STRING_INS:
      insElement();
      break;
    case STRING_OUTS:
      outsElement();
      break;
    default:
      unreachable();
  }
}

function block(kind: i32, most: u64): u64 {
  if (kind == STRING_MOVS) return moveBlock(most);
  if (kind == STRING_STOS) return fillBlock(most);
  return 0;
}

/** The step ends with elements left: the instruction runs again. */
function again(): void {
  store<u64>(IP, currentIp());
  store<u32>(CURRENT_OP, 0);
}

function repeat(kind: i32, whileEqual: bool): void {
  const compares = kind == STRING_CMPS || kind == STRING_SCAS;
  let budget = eflags() & FLAG_TF ? 1 : STEP_MAX;
  while (repeatCount() != 0) {
    // Whatever an element made due (an interrupt, a stop) comes before the next one.
    if (budget == 0 || (budget < STEP_MAX && load<u32>(FORCED) && !(eflags() & FLAG_TF))) {
      again();
      return;
    }
    const left = repeatCount();
    const moved = budget > 1 ? block(kind, left < budget ? left : budget) : 0;
    if (moved != 0) {
      budget -= moved;
      continue;
    }
    const written = budget > DEVICE_WEIGHT ? writeDevice(kind, budget / DEVICE_WEIGHT) : 0;
    if (written != 0) {
      budget -= written * DEVICE_WEIGHT;
      continue;
    }
    const devices = deviceAccesses;
    element(kind);
    countDown(1);
    const weight = budget > 1 && (deviceAccesses != devices || kind == STRING_INS || kind == STRING_OUTS) ? DEVICE_WEIGHT : 1;
    budget = budget > weight ? budget - weight : 0;
    if (compares && equal() != whileEqual) return;
  }
}

/** `kind`: STRING_*. Size, address size, segment and prefixes come from the op record under way. */
export function stringOp(kind: i32): void {
  readOperands();
  const flags = <u32>load<u8>(load<u32>(CURRENT_OP), OP_FLAGS);
  if (kind == STRING_INS || kind == STRING_OUTS) requirePort(<i32>load<u16>(RDX), <i32>size);
  if (flags & (OP_REP | OP_REPNE)) repeat(kind, (flags & OP_REP) != 0);
  else element(kind);
}
