/** Offsets, PC16550D data sheet table II. */
export const DATA = 0; // RBR, THR; DLL while LCR.DLAB
export const IER = 1; // DLM while LCR.DLAB
export const IIR = 2; // FCR on writes
export const LCR = 3;
export const MCR = 4;
export const LSR = 5;
export const MSR = 6;

export const IER_RX = 0x01;
export const IER_THRE = 0x02;
export const IER_LINE = 0x04;
export const IER_MODEM = 0x08;

export const IIR_NONE = 0x01;
export const IIR_MODEM = 0x00;
export const IIR_THRE = 0x02;
export const IIR_RX = 0x04;
export const IIR_LINE = 0x06;
export const IIR_TIMEOUT = 0x0c;
export const IIR_FIFOS = 0xc0;

export const FCR_ENABLE = 0x01;
export const FCR_CLEAR_RX = 0x02;
export const FCR_CLEAR_TX = 0x04;
/** Receive FIFO levels by FCR bits 7-6. */
export const TRIGGER_LEVELS = [1, 4, 8, 14] as const;
export const FIFO_BYTES = 16;

export const LCR_WORD = 0x03;
export const LCR_STOP = 0x04;
export const LCR_PARITY = 0x08;
export const LCR_BREAK = 0x40;
export const LCR_DLAB = 0x80;

export const MCR_DTR = 0x01;
export const MCR_RTS = 0x02;
export const MCR_OUT1 = 0x04;
export const MCR_OUT2 = 0x08;
export const MCR_LOOP = 0x10;
export const MCR_WRITABLE = 0x1f;

export const LSR_DATA = 0x01;
export const LSR_OVERRUN = 0x02;
export const LSR_BREAK = 0x10;
export const LSR_ERRORS = 0x1e;
export const LSR_THRE = 0x20;
export const LSR_TEMT = 0x40;
export const LSR_FIFO_ERROR = 0x80;

export const MSR_CTS = 0x10;
export const MSR_DSR = 0x20;
export const MSR_RI = 0x40;
export const MSR_DCD = 0x80;
/** Trailing edge of RI, not any change. */
export const MSR_TERI = 0x04;
