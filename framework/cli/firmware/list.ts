import { shownPath } from '../../report/commands';
import type { FirmwareContext } from './context';

/** `milepost firmware list`: every image that specs may name, and where it is. */
export function listFirmware(context: FirmwareContext): number {
  const { store, terminal } = context;
  const width = Math.max(...store.images.map(({ image }) => image.name.length));
  for (const listed of store.images) {
    const { image, manifest } = listed;
    const found = store.find(listed, undefined);
    const where =
      'code' in found ? stateOf(found.code) : `${shownPath(found.path, terminal.cwd)}${found.build ? `  (${found.build.version})` : ''}`;
    terminal.out(`${image.name.padEnd(width)}  ${image.kind.padEnd(7)}  ${manifest.licence.padEnd(20)}  ${where}\n`);
  }
  return 0;
}

function stateOf(code: string): string {
  return code === 'firmware-missing' ? 'not here: milepost firmware fetch' : 'here, but with a hash that its manifest does not list';
}
