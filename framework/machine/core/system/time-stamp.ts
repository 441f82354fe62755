/** The time stamp counter: virtual time at the frequency TSC_KHZ, and what the guest has written on top. SDM vol. 3, 18.17. */
import { MSR_TSC_OFFSET } from '../layout/cpu-state';
import { ADDED_NS, ADDED_NS_HOLDS, FORCED, FORCE_BIAS, REMAINING, SLICE_END, TSC_KHZ } from '../layout/run-state';
import { addedNs } from '../host';
import { unretired } from '../state';

/** Nanoseconds of a period of 1 kHz. */
const NS_KHZ: u64 = 1000000;

/** As the host counts them. */
function instructions(): u64 {
  const left = load<i32>(REMAINING) + (load<u32>(FORCED) ? <i32>FORCE_BIAS : 0) + unretired();
  return load<u64>(SLICE_END) - <u64>left;
}

/** Whole nanoseconds of virtual time. A guest reads the counter millions of times in a row: the host is asked when time moved without us. */
function nowNs(): u64 {
  if (!load<u32>(ADDED_NS_HOLDS)) {
    store<f64>(ADDED_NS, addedNs());
    store<u32>(ADDED_NS_HOLDS, 1);
  }
  return <u64>(<i64>(<f64>(<i64>instructions()) + load<f64>(ADDED_NS)));
}

/** A whole number of periods of 1 kHz, and its ticks at a frequency: the last answer's, and the next one's most likely. */
let periodsNs: u64 = 0;
let periodsTicks: u64 = 0;
let periodsKhz: u32 = 0;

function ticks(): u64 {
  const ns = nowNs();
  const khz = load<u32>(TSC_KHZ);
  if (ns - periodsNs >= NS_KHZ || khz != periodsKhz) {
    periodsNs = ns - (ns % NS_KHZ);
    periodsTicks = (periodsNs / NS_KHZ) * khz;
    periodsKhz = khz;
  }
  // Below 2^52, and the quotient below 2^32: no rounding takes it to the next whole number.
  const part = <f64>(<i64>((ns - periodsNs) * khz));
  return periodsTicks + <u32>(part / <f64>NS_KHZ);
}

export function timeStamp(): u64 {
  return ticks() + load<u64>(MSR_TSC_OFFSET);
}

export function setTimeStamp(value: u64): void {
  store<u64>(MSR_TSC_OFFSET, value - ticks());
}
