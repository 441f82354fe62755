import type { Resettable, Stateful } from '../bus/types';

type Device = Stateful & Partial<Resettable>;

/** Every device of a machine by name: what is saved, restored and reset. */
export class DeviceRegistry {
  private readonly devices = new Map<string, Device>();

  add(device: Device): void {
    if (this.devices.has(device.name)) throw new Error(`two devices are called ${device.name}`);
    this.devices.set(device.name, device);
  }

  reset(): void {
    for (const device of this.devices.values()) device.reset?.();
  }

  save(): Record<string, object> {
    return Object.fromEntries(Array.from(this.devices, ([name, device]) => [name, structuredClone(device.state)]));
  }

  /** Overwrites every state first, then lets devices derive their wiring, so that none sees a half-restored neighbour. */
  restore(saved: Readonly<Record<string, object>>): void {
    for (const [name, device] of this.devices) {
      const state = saved[name];
      if (!state) throw new Error(`the snapshot has no device ${name}`);
      Object.assign(device.state, structuredClone(state));
    }
    for (const device of this.devices.values()) device.restored?.();
  }
}
