/** What an Ethernet frame is (IEEE 802.3, RFC 826, 791, 8200, 768, 2131): addresses, and the innermost protocol that is known. */
const HEADER_BYTES = 14;
const VLAN = 0x8100;
const IPV4 = 0x0800;
const ARP = 0x0806;
const IPV6 = 0x86dd;
const [ICMP, TCP, UDP, ICMPV6] = [1, 6, 17, 58];
const [DHCP_SERVER, DHCP_CLIENT] = [67, 68];
const IPV6_HEADER_BYTES = 40;

type FrameProtocol = 'arp' | 'ipv4' | 'icmp' | 'tcp' | 'udp' | 'dhcp' | 'ipv6' | 'icmpv6' | 'other';

export interface EthernetFrame {
  readonly destination: string;
  readonly source: string;
  readonly etherType: number;
  /** From the outermost in: `[ipv4, udp, dhcp]`. */
  readonly protocols: readonly FrameProtocol[];
}

/** Undefined for fewer bytes than a header has. */
export function decodeFrame(bytes: Uint8Array): EthernetFrame | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const isTagged = word(bytes, 12) === VLAN;
  const at = isTagged ? HEADER_BYTES + 4 : HEADER_BYTES;
  const etherType = word(bytes, at - 2);
  return { destination: macText(bytes, 0), source: macText(bytes, 6), etherType, protocols: protocols(bytes, at, etherType) };
}

function protocols(bytes: Uint8Array, at: number, etherType: number): FrameProtocol[] {
  switch (etherType) {
    case ARP:
      return ['arp'];
    case IPV4:
      return ['ipv4', ...transport(bytes, at + ((bytes[at] ?? 0) & 0xf) * 4, bytes[at + 9] ?? 0)];
    case IPV6:
      return ['ipv6', ...transport(bytes, at + IPV6_HEADER_BYTES, bytes[at + 6] ?? 0)];
    default:
      return ['other'];
  }
}

function transport(bytes: Uint8Array, at: number, protocol: number): FrameProtocol[] {
  if (protocol === ICMP) return ['icmp'];
  if (protocol === ICMPV6) return ['icmpv6'];
  if (protocol === TCP) return ['tcp'];
  if (protocol !== UDP) return [];
  const ports = [word(bytes, at), word(bytes, at + 2)];
  return ports.includes(DHCP_SERVER) && ports.includes(DHCP_CLIENT) ? ['udp', 'dhcp'] : ['udp'];
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function macText(bytes: Uint8Array, at: number): string {
  return Array.from(bytes.subarray(at, at + 6), (byte) => byte.toString(16).padStart(2, '0')).join(':');
}
