/** The time stamp counter: virtual time at the TSC's frequency, and for each vCPU what its guest has written on top. */
import type { Clock } from '../clock/clock';
import type { Core } from '../core-host/types';
import type { TscSource } from '../devices/local-apic/deadline-timer';

/** Nanoseconds of one period of 1 kHz. */
const NS_KHZ = 1_000_000;

/** Ticks up to a moment, before any offset: exact for 40 days of virtual time at 2.6 GHz, then the nearest number that there is. */
export function tscAt(ns: number, tscKhz: number): number {
  const whole = Math.floor(ns);
  const rest = whole % NS_KHZ;
  return ((whole - rest) / NS_KHZ) * tscKhz + Math.floor((rest * tscKhz) / NS_KHZ);
}

/** A vCPU's counter as RDTSC shows it. */
export function vcpuTsc(core: Pick<Core, 'tscOffset'>, clock: Pick<Clock, 'nowNs'>, tscKhz: number, vcpu: number): TscSource {
  const base = (): bigint => BigInt(tscAt(clock.nowNs(), tscKhz));
  const now = (): bigint => BigInt.asUintN(64, base() + core.tscOffset(vcpu));
  return {
    now,
    whenNs(value) {
      const left = value - now();
      if (left <= 0n) return clock.nowNs();
      const khz = BigInt(tscKhz);
      const ns = Number(((base() + left) * BigInt(NS_KHZ) + khz - 1n) / khz);
      return Number.isSafeInteger(ns) ? ns : Infinity;
    },
  };
}
