import { optional } from '../fields/field';
import { MAC_ADDRESS_OR_GROUP } from '../fields/guest-scalars';
import { unsignedRange, word } from '../fields/scalars';
import { milestone } from './schema';

const PROTOCOLS = ['arp', 'ipv4', 'icmp', 'tcp', 'udp', 'dhcp', 'ipv6', 'icmpv6', 'other'] as const;

export const FRAME_SENT = milestone({
  key: 'frame-sent',
  met: 'a network card has sent a frame',
  main: 'protocol',
  fields: {
    protocol: optional(word(PROTOCOLS), 'a protocol that the frame carries, inner or outer'),
    nic: optional(word(['net0', 'net1', 'net2', 'net3']), 'by which card'),
    destination: optional(MAC_ADDRESS_OR_GROUP, 'to which address'),
    source: optional(MAC_ADDRESS_OR_GROUP, 'from which address'),
    type: optional(unsignedRange(0xffff, 'an EtherType or a range', ['0x0800']), 'EtherType'),
  },
  examples: ['frame-sent: dhcp', 'frame-sent: { protocol: arp, nic: net0, destination: "ff:ff:ff:ff:ff:ff" }'],
});
