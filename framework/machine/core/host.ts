/** What the runtime asks of the host. Addresses and ports as plain numbers; 64-bit values go through EXCHANGE. */

/** Throws one preallocated object through the Wasm frames back to `Core.run`. */
@external("host", "unwind")
export declare function unwind(): void;
/** `target`: destination gpa of an INS element, -1 for IN. */
@external("host", "portRead")
export declare function portRead(port: i32, size: i32, target: f64): i32;
@external("host", "portWrite")
export declare function portWrite(port: i32, size: i32, value: i32): void;
@external("host", "mmioRead")
export declare function mmioRead(gpa: f64, size: i32): i32;
@external("host", "mmioWrite")
export declare function mmioWrite(gpa: f64, size: i32, value: i32): void;
/** Leaves EAX, EBX, ECX, EDX at EXCHANGE. */
@external("host", "cpuid")
export declare function cpuid(leaf: i32, subleaf: i32): void;
/** Leaves the value at EXCHANGE; 0: no such MSR. */
@external("host", "readMsr")
export declare function readMsr(msr: i32): i32;
/** Takes the value from EXCHANGE; 0: refused. */
@external("host", "writeMsr")
export declare function writeMsr(msr: i32): i32;
/** Leaves the value at EXCHANGE. */
@external("host", "readTsc")
export declare function readTsc(): void;
@external("host", "vmcall")
export declare function vmcall(): i32;
@external("host", "acknowledgeInterrupt")
export declare function acknowledgeInterrupt(): i32;
/** Values before and after at EXCHANGE and EXCHANGE + 8. */
@external("host", "controlRegister")
export declare function controlRegister(index: i32): void;
@external("host", "modeChanged")
export declare function modeChanged(): void;
/** CR2 at EXCHANGE. */
@external("host", "exception")
export declare function exception(vector: i32, errorCode: i32): void;
@external("host", "softwareInterrupt")
export declare function softwareInterrupt(vector: i32): void;
/** `count` bytes at `address`. */
@external("host", "undefinedOpcode")
export declare function undefinedOpcode(address: usize, count: i32): void;
/** Linear address at EXCHANGE. */
@external("host", "executionWatch")
export declare function executionWatch(): void;
/** Value at EXCHANGE. */
@external("host", "memoryWatch")
export declare function memoryWatch(gpa: f64, size: i32, isWrite: i32): void;
@external("host", "sensitive")
export declare function sensitive(vmxReason: i32): void;
/** The memory has grown past what the machine may have, or the map is full: the host throws an error. */
@external("host", "exhausted")
export declare function exhausted(): void;
