/** The time stamp counter: virtual time at the TSC's frequency, and for each vCPU what its guest has written on top. */
import type { Clock } from '../clock/clock';
import type { Core } from '../core-host/types';
import type { TscSource } from '../devices/local-apic/deadline-timer';

/** Nanoseconds of one period of 1 kHz. */
const NS_KHZ = 1_000_000n;

/** The counter at a moment, before any offset, as the core counts it. */
export function tscAt(ns: number, tscKhz: number): bigint {
  return (BigInt(Math.floor(ns)) * BigInt(tscKhz)) / NS_KHZ;
}

/** A vCPU's counter as RDTSC shows it. */
export function vcpuTsc(core: Pick<Core, 'tscOffset'>, clock: Pick<Clock, 'nowNs'>, tscKhz: number, vcpu: number): TscSource {
  const base = (): bigint => tscAt(clock.nowNs(), tscKhz);
  const now = (): bigint => BigInt.asUintN(64, base() + core.tscOffset(vcpu));
  return {
    now,
    whenNs(value) {
      const left = value - now();
      if (left <= 0n) return clock.nowNs();
      const khz = BigInt(tscKhz);
      const ns = Number(((base() + left) * NS_KHZ + khz - 1n) / khz);
      return Number.isSafeInteger(ns) ? ns : Infinity;
    },
  };
}
