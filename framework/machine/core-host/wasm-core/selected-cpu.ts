import { OP_OFFSET } from '../../core/layout/blocks';
import {
  CR,
  EFER,
  GPR,
  IP,
  LAST_FAR_CS,
  LAST_FAR_IP,
  MODE,
  MODE_CODE32,
  MODE_CODE64,
  MODE_LONG,
  MODE_PAGING,
  MODE_PROTECTED,
  MODE_SMM,
  MODE_VM86,
  SEG_CS,
  SEG_SELECTOR,
} from '../../core/layout/cpu-state';
import { CURRENT_OP } from '../../core/layout/run-state';
import { flagsImage } from '../cpu-state';
import type { CpuMode } from '../types';
import type { Views } from '../views';

const GPR_BYTES = 16 * 8;
/** From this high half on, a number cannot hold all 64-bit values with it. */
const EXACT_HIGH = 2 ** 20;
const FNV_PRIME = 0x0100_0193;

/** The state of the vCPU that is in place, as the Wasm memory holds it. */
export class SelectedCpu {
  constructor(protected readonly views: Views) {}

  digest(): number {
    let digest = Number(this.ip & 0xffff_ffffn) ^ this.cs;
    for (let at = GPR; at < GPR + GPR_BYTES; at += 4) digest = Math.imul(digest ^ this.views.u32(at), FNV_PRIME) | 0;
    return digest;
  }

  gpr(index: number): bigint {
    return this.views.u64(GPR + (index & 15) * 8);
  }

  setGpr(index: number, value: bigint): void {
    this.views.setU64(GPR + (index & 15) * 8, BigInt.asUintN(64, value));
  }

  get cs(): number {
    return this.views.u32(SEG_CS + SEG_SELECTOR);
  }

  get ip(): bigint {
    const op = this.views.u32(CURRENT_OP);
    const start = this.views.u64(IP);
    if (op === 0) return start;
    const here = start + BigInt(this.views.u16(op + OP_OFFSET));
    return BigInt.asUintN((this.views.u32(MODE) & MODE_CODE64) !== 0 ? 64 : 32, here);
  }

  get ipValue(): number | bigint {
    const high = this.views.u32(IP + 4);
    if (high >= EXACT_HIGH) return this.ip;
    const op = this.views.u32(CURRENT_OP);
    const low = this.views.u32(IP) + (op === 0 ? 0 : this.views.u16(op + OP_OFFSET));
    return (this.views.u32(MODE) & MODE_CODE64) !== 0 || op === 0 ? high * 2 ** 32 + low : low >>> 0;
  }

  get mode(): CpuMode {
    const mode = this.views.u32(MODE);
    if ((mode & MODE_PROTECTED) === 0) return (mode & MODE_SMM) !== 0 ? 'smm' : 'real';
    if ((mode & MODE_VM86) !== 0) return 'vm86';
    if ((mode & MODE_CODE64) !== 0) return 'long';
    if ((mode & MODE_LONG) !== 0) return (mode & MODE_CODE32) !== 0 ? 'compatibility32' : 'compatibility16';
    return (mode & MODE_CODE32) !== 0 ? 'protected32' : 'protected16';
  }

  get paging(): boolean {
    return (this.views.u32(MODE) & MODE_PAGING) !== 0;
  }

  get inSmm(): boolean {
    return (this.views.u32(MODE) & MODE_SMM) !== 0;
  }

  get rflags(): bigint {
    return BigInt(flagsImage(this.views));
  }

  controlRegister(index: 0 | 2 | 3 | 4 | 8): bigint {
    return this.views.u64(CR + index * 8);
  }

  get efer(): bigint {
    return this.views.u64(EFER);
  }

  get lastFar(): { cs: number; ip: bigint } {
    return { cs: this.views.u32(LAST_FAR_CS), ip: this.views.u64(LAST_FAR_IP) };
  }
}
