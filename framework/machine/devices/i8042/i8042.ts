import type { AccessSize, Line, PortDevice, Resettable, Stateful } from '../../bus/types';
import type { Ps2Device } from './ps2';
import { translate } from './scan-codes';

const DATA = 0x60;
const COMMAND = 0x64;
/** Status. */
const OBF = 0x01;
const SYSTEM_FLAG = 0x04;
const LAST_WAS_COMMAND = 0x08;
const UNLOCKED = 0x10;
const AUX_OBF = 0x20;
/** Command byte. */
const KEYBOARD_INTERRUPT = 0x01;
const AUX_INTERRUPT = 0x02;
const DISABLE_KEYBOARD = 0x10;
const DISABLE_AUX = 0x20;
const TRANSLATE = 0x40;
const COMMAND_BYTE_AT_RESET = TRANSLATE | DISABLE_KEYBOARD | DISABLE_AUX;
/** Output port. */
const NOT_RESET = 0x01;
const A20 = 0x02;
const KEYBOARD_IRQ = 0x10;
const AUX_IRQ = 0x20;
/** Clock and data lines pulled up. */
const OUTPUT_PORT_IDLE = 0xcc;
/** Keyboard not locked, no manufacturing jumper, colour display. */
const INPUT_PORT = 0xb0;

const READ_RAM = 0x20;
const WRITE_RAM = 0x60;
const RAM_BYTES = 32;
const PASSWORD_TEST = 0xa4;
const NO_PASSWORD = 0xf1;
const DISABLE_AUX_PORT = 0xa7;
const ENABLE_AUX_PORT = 0xa8;
const TEST_AUX = 0xa9;
const SELF_TEST = 0xaa;
const SELF_TEST_OK = 0x55;
const TEST_KEYBOARD = 0xab;
const DISABLE_KEYBOARD_PORT = 0xad;
const ENABLE_KEYBOARD_PORT = 0xae;
const READ_INPUT_PORT = 0xc0;
const READ_OUTPUT_PORT = 0xd0;
const WRITE_OUTPUT_PORT = 0xd1;
const WRITE_KEYBOARD_BUFFER = 0xd2;
const WRITE_AUX_BUFFER = 0xd3;
const WRITE_AUX = 0xd4;
const A20_OFF = 0xdd;
const A20_ON = 0xdf;
const READ_TEST_INPUTS = 0xe0;
/** F0h to FFh pulse the low four output port bits that are 0 in the command. */
const PULSE = 0xf0;
const BREAK_PREFIX = 0xf0;

type Source = 'none' | 'controller' | 'keyboard' | 'aux';

export interface I8042Options {
  readonly name: string;
  /** IRQ1 and IRQ12. */
  readonly keyboardIrq: Line;
  readonly auxIrq: Line;
  /** The A20 gate, opened or closed by every write of the output port. */
  readonly a20: Line;
  readonly reset: () => void;
  readonly keyboard: Ps2Device;
  readonly aux: Ps2Device;
}

export interface I8042State {
  /** Internal RAM; byte 0 is the command byte. */
  ram: Uint8Array;
  outputPort: number;
  /** What the output buffer holds and whose it is. */
  data: number;
  source: Source;
  /** Replies of the controller itself that wait for the buffer. */
  replies: { byte: number; aux: boolean }[];
  /** The command that the next data byte belongs to, or 0. */
  command: number;
  lastWasCommand: boolean;
  /** A set 2 break prefix has been swallowed by the translation. */
  breaking: boolean;
}

function powerOn(): I8042State {
  const ram = new Uint8Array(RAM_BYTES);
  ram[0] = COMMAND_BYTE_AT_RESET;
  return {
    ram,
    outputPort: NOT_RESET | A20 | OUTPUT_PORT_IDLE,
    data: 0,
    source: 'none',
    replies: [],
    command: 0,
    lastWasCommand: false,
    breaking: false,
  };
}

/**
 * The 8042 keyboard controller of a PS/2 (PS/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary Device Controller").
 * Every byte is processed at once: IBF is never seen. Not modelled: passwords, diagnostics dump, line errors.
 */
export class I8042 implements PortDevice, Stateful<I8042State>, Resettable {
  readonly name: string;
  readonly portRegions = [
    { first: DATA, last: DATA, name: 'keyboard controller data' },
    { first: COMMAND, last: COMMAND, name: 'keyboard controller command' },
  ];
  readonly state = powerOn();

  constructor(private readonly options: I8042Options) {
    this.name = options.name;
    options.a20.set(true);
  }

  reset(): void {
    Object.assign(this.state, powerOn());
    this.options.a20.set(true);
    this.update();
  }

  /** The guest has not read the last byte. */
  get isFull(): boolean {
    return this.state.source !== 'none';
  }

  /** To be called when a device has something to send. */
  readonly ready = (): void => this.fill();

  readPort(port: number, size: AccessSize): number | undefined {
    if (size !== 1) return undefined;
    return port === DATA ? this.readData() : this.status();
  }

  writePort(port: number, size: AccessSize, value: number): boolean {
    if (size !== 1) return false;
    this.state.lastWasCommand = port === COMMAND;
    if (port === COMMAND) this.command(value);
    else this.writeData(value);
    this.fill();
    return true;
  }

  private get commandByte(): number {
    return this.state.ram[0]!;
  }

  private setCommandByte(set: number, clear: number): void {
    this.state.ram[0] = (this.commandByte & ~clear) | set;
  }

  private status(): number {
    const { state } = this;
    return (
      (state.source === 'none' ? 0 : OBF) |
      (state.source === 'aux' ? AUX_OBF : 0) |
      (this.commandByte & SYSTEM_FLAG) |
      (state.lastWasCommand ? LAST_WAS_COMMAND : 0) |
      UNLOCKED
    );
  }

  /** Reading empties the buffer, and the next byte comes in. */
  private readData(): number {
    const { data } = this.state;
    this.state.source = 'none';
    this.update();
    this.fill();
    return data;
  }

  /** Moves the next byte into a free output buffer: the controller's own, then the keyboard's, then the auxiliary device's. */
  private fill(): void {
    const { state, options } = this;
    while (state.source === 'none') {
      const reply = state.replies.shift();
      if (reply) {
        this.present(reply.byte, reply.aux ? 'aux' : 'controller');
        break;
      }
      const key = this.commandByte & DISABLE_KEYBOARD ? undefined : options.keyboard.take();
      if (key !== undefined) {
        this.presentKey(key);
        continue;
      }
      const aux = this.commandByte & DISABLE_AUX ? undefined : options.aux.take();
      if (aux === undefined) break;
      this.present(aux, 'aux');
    }
    this.update();
  }

  /** Set 2 to set 1: a break prefix is remembered and becomes bit 7 of what follows. */
  private presentKey(byte: number): void {
    const { state } = this;
    if (!(this.commandByte & TRANSLATE)) return this.present(byte, 'keyboard');
    if (byte === BREAK_PREFIX) {
      state.breaking = true;
      return;
    }
    const code = translate(byte) | (state.breaking ? 0x80 : 0);
    state.breaking = false;
    this.present(code, 'keyboard');
  }

  private present(byte: number, source: Source): void {
    this.state.data = byte;
    this.state.source = source;
  }

  private update(): void {
    const { state, options } = this;
    const { source } = state;
    options.keyboardIrq.set(source !== 'none' && source !== 'aux' && (this.commandByte & KEYBOARD_INTERRUPT) !== 0);
    options.auxIrq.set(source === 'aux' && (this.commandByte & AUX_INTERRUPT) !== 0);
  }

  private reply(byte: number, aux = false): void {
    if (this.state.replies.length < RAM_BYTES) this.state.replies.push({ byte, aux });
  }

  private writeData(value: number): void {
    const { state, options } = this;
    const { command } = state;
    state.command = 0;
    switch (command) {
      case 0:
        this.setCommandByte(0, DISABLE_KEYBOARD); // talking to the keyboard enables its interface
        return options.keyboard.write(value);
      case WRITE_OUTPUT_PORT:
        return this.writeOutputPort(value);
      case WRITE_KEYBOARD_BUFFER:
        return this.reply(value);
      case WRITE_AUX_BUFFER:
        return this.reply(value, true);
      case WRITE_AUX:
        this.setCommandByte(0, DISABLE_AUX);
        return options.aux.write(value);
      default:
        state.ram[command - WRITE_RAM] = value;
    }
  }

  private writeOutputPort(value: number): void {
    this.state.outputPort = value | OUTPUT_PORT_IDLE;
    this.options.a20.set((value & A20) !== 0);
    if (!(value & NOT_RESET)) this.options.reset();
  }

  private readOutputPort(): number {
    const { source, outputPort } = this.state;
    const irqs = source === 'none' ? 0 : source === 'aux' ? AUX_IRQ : KEYBOARD_IRQ;
    return (outputPort & ~(KEYBOARD_IRQ | AUX_IRQ)) | irqs;
  }

  private command(value: number): void {
    const { state } = this;
    state.command = 0;
    if (value >= READ_RAM && value < READ_RAM + RAM_BYTES) return this.reply(state.ram[value - READ_RAM]!);
    if (value >= WRITE_RAM && value < WRITE_RAM + RAM_BYTES) {
      state.command = value;
      return;
    }
    if (value >= PULSE) {
      if (!(value & NOT_RESET)) this.options.reset();
      return;
    }
    switch (value) {
      case WRITE_OUTPUT_PORT:
      case WRITE_KEYBOARD_BUFFER:
      case WRITE_AUX_BUFFER:
      case WRITE_AUX:
        state.command = value;
        return;
      case A20_OFF:
      case A20_ON:
        return this.writeOutputPort(value === A20_ON ? state.outputPort | A20 : state.outputPort & ~A20);
      default:
        this.interfaceCommand(value);
    }
  }

  private interfaceCommand(value: number): void {
    switch (value) {
      case PASSWORD_TEST:
        return this.reply(NO_PASSWORD);
      case DISABLE_AUX_PORT:
        return this.setCommandByte(DISABLE_AUX, 0);
      case ENABLE_AUX_PORT:
        return this.setCommandByte(0, DISABLE_AUX);
      case DISABLE_KEYBOARD_PORT:
        return this.setCommandByte(DISABLE_KEYBOARD, 0);
      case ENABLE_KEYBOARD_PORT:
        return this.setCommandByte(0, DISABLE_KEYBOARD);
      case TEST_AUX:
      case TEST_KEYBOARD:
        return this.reply(0x00);
      case SELF_TEST:
        this.state.ram[0] = COMMAND_BYTE_AT_RESET | SYSTEM_FLAG;
        return this.reply(SELF_TEST_OK);
      case READ_INPUT_PORT:
        return this.reply(INPUT_PORT);
      case READ_OUTPUT_PORT:
        return this.reply(this.readOutputPort());
      case READ_TEST_INPUTS:
        return this.reply(this.commandByte & DISABLE_KEYBOARD ? 0x02 : 0x03);
      default: // the rest has no function here
    }
  }
}
