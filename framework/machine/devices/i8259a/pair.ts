import type { AccessSize, Line, PortDevice, Resettable } from '../../bus/types';
import { I8259a } from './chip';

const MASTER = 0x20;
const SLAVE = 0xa0;
/** Edge/level control registers of the 82371 (data sheet 290562, 4.1.4): IRQ 0, 1, 2, 8 and 13 are edge-triggered for ever. */
const ELCR1 = 0x4d0;
const ELCR2 = 0x4d1;
const ELCR1_WRITABLE = 0xf8;
const ELCR2_WRITABLE = 0xde;
/** The slave's INT drives this input of the master. */
const CASCADE = 2;
const SPURIOUS = 7;

/**
 * The two cascaded 8259A of a PC/AT with their edge/level control. `int` goes to the CPU (or to LINT0 and I/O APIC pin 0). The
 * master's cascade input follows the slave by level; reads of ELCR1 do not show that.
 */
export class I8259aPair implements PortDevice, Resettable {
  readonly portRegions = [
    { first: MASTER, last: MASTER + 1, name: 'pic master' },
    { first: SLAVE, last: SLAVE + 1, name: 'pic slave' },
    { first: ELCR1, last: ELCR2, name: 'elcr' },
  ];
  /** Both are to be registered for snapshots. */
  readonly master: I8259a;
  readonly slave: I8259a;

  constructor(int: Line) {
    this.master = new I8259a({ name: 'pic-master', int, slaveInputs: 1 << CASCADE });
    this.slave = new I8259a({ name: 'pic-slave', int: { set: (high) => this.master.setInput(CASCADE, high) }, slaveInputs: 0 });
  }

  /** INT pin of the master. */
  get int(): boolean {
    return this.master.state.int;
  }

  /** @throws RangeError for anything but IRQ 0, 1 and 3 to 15. */
  line(irq: number): Line {
    if (irq === CASCADE || irq < 0 || irq > 15) throw new RangeError(`the 8259A pair has no input for IRQ ${irq}`);
    const chip = irq < 8 ? this.master : this.slave;
    return { set: (high) => chip.setInput(irq & 7, high) };
  }

  reset(): void {
    this.slave.reset();
    this.master.reset();
  }

  /** Both INTA cycles: the vector, IR7's when the request has gone. */
  acknowledge(): number {
    const level = this.master.acknowledge();
    if (level === CASCADE) return this.slave.vector(this.slave.acknowledge() ?? SPURIOUS);
    return this.master.vector(level ?? SPURIOUS);
  }

  readPort(port: number, size: AccessSize): number | undefined {
    if (size !== 1) return undefined;
    switch (port) {
      case MASTER:
      case MASTER + 1:
        return this.master.read(port & 1);
      case SLAVE:
      case SLAVE + 1:
        return this.slave.read(port & 1);
      case ELCR1:
        return this.master.state.elcr & ELCR1_WRITABLE;
      case ELCR2:
        return this.slave.state.elcr & ELCR2_WRITABLE;
      default:
        return undefined;
    }
  }

  writePort(port: number, size: AccessSize, value: number): boolean {
    if (size !== 1) return false;
    switch (port) {
      case MASTER:
      case MASTER + 1:
        this.master.write(port & 1, value);
        return true;
      case SLAVE:
      case SLAVE + 1:
        this.slave.write(port & 1, value);
        return true;
      case ELCR1:
        this.master.setElcr(value & ELCR1_WRITABLE);
        return true;
      case ELCR2:
        this.slave.setElcr(value & ELCR2_WRITABLE);
        return true;
      default:
        return false;
    }
  }
}
