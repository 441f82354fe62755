import { join } from 'node:path';
import type { Plan } from '../../plan/types';
import { planSpecFile } from '../../run/plan-spec-file';
import { isInstalled, measureChild } from '../child';
import { REAL_GUESTS } from './guests';
import { lastLandmark, type Landmark } from './landmark';
import { QEMU, qemuTime, type QemuTime } from './qemu-run';

/** Issue: no guest slower than this beside QEMU TCG. */
const SLOWEST = 40;
const MIB = 2 ** 20;
const NAME_WIDTH = 32;

export interface RealSpeed {
  readonly name: string;
  readonly spec: string;
  /** Until the guest shows its last text: instructions of all its CPUs, milliseconds from the boot's start. */
  readonly instructions: number;
  readonly ms: number;
  /** Of the whole process at its highest. */
  readonly peakMiB: number;
  readonly qemu: QemuTime;
  /** Our milliseconds over QEMU's whole process. */
  readonly ratio?: number;
}

/** Boots each real guest whose name or spec has `filter` in it, once, then the same in QEMU; gives each line as it is done. */
export async function realSpeeds(root: string, filter: string, print: (line: string) => void): Promise<RealSpeed[]> {
  const speeds: RealSpeed[] = [];
  const withQemu = isInstalled(QEMU);
  for (const [name, spec] of REAL_GUESTS.filter((guest) => guest.some((text) => text.includes(filter)))) {
    const file = join(root, 'specs', `${spec}.yaml`);
    const planned = planSpecFile(file, { root });
    const landmark = planned.ok ? lastLandmark(planned.plan.milestones) : undefined;
    if (!planned.ok || !landmark) {
      print(`${name.padEnd(NAME_WIDTH)} cannot be run: ${planned.ok ? 'no text' : planned.diagnostics.map(({ what }) => what).join('; ')}`);
      continue;
    }
    try {
      const speed = await realSpeed(root, name, spec, planned.plan, landmark, withQemu);
      speeds.push(speed);
      print(realLine(speed));
    } catch (error) {
      print(`${name.padEnd(NAME_WIDTH)} ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return speeds;
}

async function realSpeed(root: string, name: string, spec: string, plan: Plan, landmark: Landmark, withQemu: boolean): Promise<RealSpeed> {
  const script = join(root, 'dist/framework/bench/measure-boot.js');
  const ours = measureChild<'ms' | 'instructions' | 'peakBytes'>(script, [plan.specPath, 'milestones', String(landmark.index)]);
  const qemu: QemuTime = withQemu ? await qemuTime(plan, landmark) : { reason: `${QEMU} is not installed` };
  const { ms, instructions, peakBytes } = ours;
  return { name, spec, instructions, ms, peakMiB: peakBytes / MIB, qemu, ...('ms' in qemu && { ratio: ms / qemu.ms }) };
}

function realLine({ name, instructions, ms, peakMiB, qemu, ratio }: RealSpeed): string {
  const millions = instructions / 1e6;
  const ours = `${millions.toFixed(millions < 10 ? 1 : 0).padStart(6)} M instructions ${(ms / 1000).toFixed(2).padStart(7)} s ${peakMiB.toFixed(0).padStart(4)} MiB`;
  const peer =
    ratio === undefined || !('ms' in qemu)
      ? `qemu: ${'reason' in qemu ? qemu.reason : ''}`
      : `qemu ${(qemu.ms / 1000).toFixed(2).padStart(6)} s  ratio ${ratio.toFixed(1).padStart(5)}${ratio > SLOWEST ? `  slower than ${SLOWEST}` : ''}`;
  return `${name.padEnd(NAME_WIDTH)} ${ours}   ${peer}`;
}
