/** Our machine as the recordings of a real Xen show a guest. */
import type { Machine } from '../../machine/types';
import { HvmParams } from '../../machine/platform/xen-hvm/hvm-params';
import { permissionTexts } from '../../machine/platform/xen-hvm/xenstore/permissions';
import type { StoreData, StoreNode } from '../../machine/platform/xen-hvm/xenstore/store';
import type { P2mState } from '../../machine/platform/xen-hvm/p2m';

interface Saved {
  readonly devices: Readonly<Record<string, unknown>>;
}

function deviceState(machine: Machine, name: string): unknown {
  return (machine.save() as Saved).devices[name];
}

function hexLine(first: number, last: number): string {
  const bytes = (gfn: number, end: number): string => (gfn * 4096 + end).toString(16).padStart(10, '0');
  return `${bytes(first, 0)}-${bytes(last, 0xfff)} mapped ${String(last - first + 1)} pages`;
}

/** pmap.txt: runs of mapped frames. */
export function mappedLines(machine: Machine): string[] {
  const merged: { first: number; last: number }[] = [];
  for (const { gfn, count } of (deviceState(machine, 'p2m') as P2mState).runs) {
    const previous = merged.at(-1);
    if (previous?.last === gfn - 1) previous.last = gfn + count - 1;
    else merged.push({ first: gfn, last: gfn + count - 1 });
  }
  return merged.map(({ first, last }) => hexLine(first, last));
}

export function totalPages(machine: Machine): number {
  return (deviceState(machine, 'p2m') as P2mState).totalPages;
}

/** hvmparams.txt: what dom0's tools read, ERR where the hypervisor refuses. */
export function paramLines(machine: Machine): string[] {
  const params = new HvmParams({ callbackVia: () => undefined, pmPorts: () => undefined, crash: () => undefined });
  Object.assign(params.state, deviceState(machine, 'hvm-params'));
  return params.state.values.map((_, index) => {
    try {
      return `${String(index)} = 0x${params.get(index, false).toString(16)}`;
    } catch {
      return `${String(index)} = ERR`;
    }
  });
}

/** xenstore-guest.txt: `path = "value"   (permissions)` of the subtrees that the recording has. */
export function xenstoreLines(machine: Machine, wanted: (path: string) => boolean): string[] {
  const lines: string[] = [];
  const walk = (node: StoreNode, path: string): void => {
    if (wanted(path)) lines.push(`${path} = "${node.value}"   (${permissionTexts(node.permissions).join(',')})`);
    for (const name of [...node.children.keys()].sort()) {
      const child = node.children.get(name);
      if (child) walk(child, `${path}/${name}`);
    }
  };
  walk((deviceState(machine, 'xenstore') as { store: StoreData }).store.root, '');
  return lines;
}
