/** What the runtime asks of the host. Addresses and ports as plain numbers; 64-bit values go through EXCHANGE. */

/** Throws one preallocated object through the Wasm frames back to `Core.run`. */
export declare function unwind(): void;
/** `target`: destination gpa of an INS element, -1 for IN. */
export declare function portRead(port: i32, size: i32, target: f64): i32;
export declare function portWrite(port: i32, size: i32, value: i32): void;
export declare function mmioRead(gpa: f64, size: i32): i32;
export declare function mmioWrite(gpa: f64, size: i32, value: i32): void;
/** Writes of `count` elements in a row, from `source` in steps of `step` bytes, until one makes something due; gives how many. */
export declare function mmioWrites(gpa: f64, size: i32, count: i32, source: usize, step: i32): i32;
/** Leaves EAX, EBX, ECX, EDX at EXCHANGE. */
export declare function cpuid(leaf: i32, subleaf: i32): void;
/** Leaves the value at EXCHANGE; 0: no such MSR. */
export declare function readMsr(msr: i32): i32;
/** Takes the value from EXCHANGE; 0: refused. */
export declare function writeMsr(msr: i32): i32;
/** Virtual nanoseconds besides the one of each instruction. */
export declare function addedNs(): f64;
/** IA32_TSC was written: its offset changed. */
export declare function tscWritten(): void;
/** Leaves 64 random bits at EXCHANGE. */
export declare function readRandom(): void;
export declare function vmcall(): i32;
export declare function acknowledgeInterrupt(): i32;
/** Values before and after at EXCHANGE and EXCHANGE + 8. */
export declare function controlRegister(index: i32): void;
export declare function modeChanged(): void;
/** CR2 at EXCHANGE. */
export declare function exception(vector: i32, errorCode: i32): void;
export declare function softwareInterrupt(vector: i32): void;
/** `count` bytes at `address`. */
export declare function undefinedOpcode(address: usize, count: i32): void;
/** Linear address at EXCHANGE. */
export declare function executionWatch(): void;
/** Value at EXCHANGE. */
export declare function memoryWatch(gpa: f64, size: i32, isWrite: i32): void;
/** Level of FERR#. */
export declare function floatError(level: i32): void;
export declare function sensitive(vmxReason: i32): void;
/** The memory has grown past what the machine may have, or the map is full: the host throws an error. */
export declare function exhausted(): void;
