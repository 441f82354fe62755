/** EVENT_CHANNEL_OP (public/event_channel.h). The FIFO ABI is not offered: guests stay with the 2-level one. */
import type { Channel } from '../event-channels';
import { ENOSYS, XenError } from '../errno';
import type { GuestStruct } from '../guest-access';
import type { Hypercall, HypercallHandler, Hypervisor } from '../hypervisor';
import { DOMID_SELF, requireSelf, subOp } from '../hypervisor';

const STATUS = { closed: 0, unbound: 1, interdomain: 2, pirq: 3, virq: 4, ipi: 5 } as const;
const STATUS_BYTES = 24;

/** Fills `status`, `vcpu` and the union of evtchn_status. */
function fillStatus(struct: GuestStruct, channel: Channel): GuestStruct {
  const set = (status: number): GuestStruct => struct.setU32(8, status).setU32(12, channel.vcpu);
  switch (channel.kind) {
    case 'unbound':
      return set(STATUS.unbound).setU16(16, channel.remoteDomain);
    case 'interdomain':
      return set(STATUS.interdomain).setU16(16, channel.remoteDomain).setU32(20, channel.remotePort);
    case 'pirq':
      return set(STATUS.pirq).setU32(16, channel.pirq);
    case 'virq':
      return set(STATUS.virq).setU32(16, channel.virq);
    case 'ipi':
      return set(STATUS.ipi);
    default:
      return set(STATUS.closed);
  }
}

function status(xen: Hypervisor, call: Hypercall): number {
  const struct = call.access.read(call.args[1], STATUS_BYTES);
  requireSelf(xen, struct.u16(0));
  call.access.write(call.args[1], fillStatus(struct, xen.channels.status(struct.u32(4))).bytes);
  return 0;
}

/** Reads the arguments, binds, and writes the port back at its place. */
function bind(call: Hypercall, bytes: number, portOffset: number, make: (struct: GuestStruct) => number): number {
  const struct = call.access.read(call.args[1], bytes);
  const port = make(struct);
  call.access.write(call.args[1], struct.setU32(portOffset, port).bytes);
  return 0;
}

function allocUnbound(xen: Hypervisor, call: Hypercall): number {
  return bind(call, 8, 4, (struct) => {
    requireSelf(xen, struct.u16(0));
    const remote = struct.u16(2);
    return xen.channels.allocUnbound(remote === DOMID_SELF ? xen.config.domid : remote);
  });
}

function bindInterdomain(xen: Hypervisor, call: Hypercall): number {
  return bind(call, 12, 8, (struct) => {
    requireSelf(xen, struct.u16(0));
    return xen.channels.bindInterdomain(struct.u32(4));
  });
}

export const eventChannelOp: HypercallHandler = (xen, call) => {
  const { channels } = xen;
  const read = (bytes: number): GuestStruct => call.access.read(call.args[1], bytes);
  switch (subOp(call)) {
    case 0:
      return bindInterdomain(xen, call);
    case 1:
      return bind(call, 12, 8, (struct) => channels.bindVirq(struct.u32(0), struct.u32(4)));
    case 2:
      return bind(call, 12, 8, (struct) => channels.bindPirq(struct.u32(0)));
    case 3:
      channels.close(read(4).u32(0));
      return 0;
    case 4:
      channels.send(read(4).u32(0));
      return 0;
    case 5:
      return status(xen, call);
    case 6:
      return allocUnbound(xen, call);
    case 7:
      return bind(call, 8, 4, (struct) => channels.bindIpi(struct.u32(0)));
    case 8: {
      const struct = read(8);
      channels.bindVcpu(struct.u32(0), struct.u32(4));
      return 0;
    }
    case 9:
      channels.unmask(read(4).u32(0));
      return 0;
    case 10:
    case 14:
      requireSelf(xen, read(2).u16(0));
      channels.closeAll();
      return 0;
    default:
      throw new XenError(ENOSYS);
  }
};
