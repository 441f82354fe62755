/** Constants with 128 significant bits, as number records: sign 0 and class finite, exponent, significand, the bits below. */

export const LN_2: usize = memory.data<u64>([0x100000000, 0xffffffff, 0xb17217f7d1cf79ab, 0xc9e3b39803f2f6af], 16);
export const LOG2_E: usize = memory.data<u64>([0x100000000, 0x0, 0xb8aa3b295c17f0bb, 0xbe87fed0691d3e89], 16);
export const PI: usize = memory.data<u64>([0x100000000, 0x1, 0xc90fdaa22168c234, 0xc4c6628b80dc1cd1], 16);
export const PI_HALF: usize = memory.data<u64>([0x100000000, 0x0, 0xc90fdaa22168c234, 0xc4c6628b80dc1cd1], 16);
export const PI_QUARTER: usize = memory.data<u64>([0x100000000, 0xffffffff, 0xc90fdaa22168c234, 0xc4c6628b80dc1cd1], 16);
export const PI_THREE_QUARTERS: usize = memory.data<u64>([0x100000000, 0x1, 0x96cbe3f9990e91a7, 0x9394c9e8a0a5159d], 16);
export const ATAN_1_4: usize = memory.data<u64>([0x100000000, 0xfffffffd, 0xfadbafc96406eb15, 0x6dc79ef5f7a217e6], 16);
export const ATAN_1_2: usize = memory.data<u64>([0x100000000, 0xfffffffe, 0xed63382b0dda7b45, 0x6fe445ecbc3a8d03], 16);
export const ATAN_3_4: usize = memory.data<u64>([0x100000000, 0xffffffff, 0xa4bc7d1934f70924, 0x19a87f2a457dac9f], 16);
