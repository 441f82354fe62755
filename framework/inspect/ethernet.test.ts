import { decodeFrame } from './ethernet';

const header = 'ffffffffffff525400123456';
const decode = (hex: string) => decodeFrame(Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16)));

test.each([
  ['an ARP request', `${header}0806${'00'.repeat(46)}`, ['arp']],
  ['DHCP', `${header}080045000000000000004011000000000000ffffffff00440043${'00'.repeat(20)}`, ['ipv4', 'udp', 'dhcp']],
  ['a VLAN tag', `${header}8100000508004500000000000000ff06${'00'.repeat(30)}`, ['ipv4', 'tcp']],
  ['a router solicitation', `${header}86dd6000000000103aff${'00'.repeat(48)}`, ['ipv6', 'icmpv6']],
  ['something else', `${header}88cc`, ['other']],
])('%s', (_name, hex, protocols) => {
  expect(decode(hex)).toMatchObject({ destination: 'ff:ff:ff:ff:ff:ff', source: '52:54:00:12:34:56', protocols });
});

test('what is shorter than a header is no frame', () => expect(decode('ffff')).toBeUndefined());
