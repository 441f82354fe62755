import { bad, good, type Parsed } from '../../quantities/parsed';
import { MAC_ADDRESS } from '../fields/guest-scalars';

/** Of the host's side of a card: the guest cannot see it. */
const HOST_SIDE: readonly string[] = [
  'bridge',
  'gatewaydev',
  'script',
  'ip',
  'backend',
  'vifname',
  'rate',
  'devid',
  'mtu',
  'forwarddev',
  'accel',
];
/** The option ROM that qemu-xen gives an e1000. */
const ROM = 'ipxe-e1000-efi';

export interface XlVif {
  readonly model: 'e1000';
  readonly link: 'up';
  readonly rom: string;
  readonly mac?: string;
}

/** One network card of an xl.cfg (xl-network-configuration(5)), or why it cannot be had. */
export function parseXlVif(text: string): Parsed<XlVif> {
  const settings = new Map(
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map((part) =>
        part.includes('=')
          ? ([part.slice(0, part.indexOf('=')).trim(), part.slice(part.indexOf('=') + 1).trim()] as const)
          : ([part, ''] as const),
      ),
  );
  for (const name of settings.keys()) {
    if (!['mac', 'model', 'type', ...HOST_SIDE].includes(name)) return bad(`xl has no setting ${JSON.stringify(name)} for it`);
  }
  const [type, model, mac] = ['type', 'model', 'mac'].map((name) => settings.get(name));
  if (type !== undefined && type !== 'ioemu') return bad('a card without emulation is not modelled; write type=ioemu,model=e1000');
  if (model !== 'e1000') return bad(`the model ${model ?? 'rtl8139, which is xl’s default,'} is not modelled; write model=e1000`);
  if (mac === undefined) return good({ model, link: 'up', rom: ROM });
  const address = MAC_ADDRESS.parse(mac);
  return address.ok ? good({ model, link: 'up', rom: ROM, mac: address.value }) : address;
}
