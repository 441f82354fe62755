/** The pointers to the last instruction and its memory operand. SDM vol. 1, 8.1.8. */
import { SEG_CS } from '../layout/cpu-state';
import { FPU_CS, FPU_DP, FPU_DS, FPU_IP } from '../layout/fpu-state';
import { currentIp, selector } from '../state';

export function noteInstruction(): void {
  store<u64>(FPU_IP, currentIp());
  store<u32>(FPU_CS, selector(SEG_CS));
}

/** After a memory operand's last possible fault. `segment`: state address of its cache. */
export function noteMemory(segment: i32, ea: i64): void {
  noteInstruction();
  store<u64>(FPU_DP, <u64>ea);
  store<u32>(FPU_DS, selector(<usize>segment));
}
