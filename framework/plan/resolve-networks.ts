import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic';
import type { GuestSpec } from '../spec/types';
import { FIRST_MAC } from './defaults';
import type { PlanContext } from './file-access';
import { Resolver } from './firmware/resolve';
import type { NetworkPlan } from './types';

const NO_ROM = 'none';

/** Network cards with their addresses and option ROMs. */
export function resolveNetworks({ machine, networks }: GuestSpec, context: PlanContext, problems: Diagnostic[]): NetworkPlan[] {
  const resolver = new Resolver(context, problems);
  const planned: NetworkPlan[] = [];
  for (const [index, { model, mac, link, rom }] of networks.entries()) {
    const address = mac?.value ?? nthAddress(FIRST_MAC[machine.value], index);
    if (planned.some((other) => other.mac === address)) {
      problems.push(diagnostic('bad-value', `two network cards have the address ${address}`, { span: (mac ?? model).span }));
    }
    const image = rom && rom.value !== NO_ROM ? resolver.resolve('optionrom', rom)?.file : undefined;
    planned.push({ model: model.value, mac: address, link: link?.value !== 'down', ...(image && { rom: image }) });
  }
  return planned;
}

/** Cards of one machine count up. */
function nthAddress(first: string, index: number): string {
  const last = parseInt(first.slice(-2), 16) + index;
  return first.slice(0, -2) + last.toString(16).padStart(2, '0');
}
