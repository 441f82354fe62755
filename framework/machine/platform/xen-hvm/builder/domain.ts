/**
 * The domain builder: from a configuration to a guest that waits for its first instruction (libxl 4.17 with libxenguest
 * and qemu-xen; fact sheet part 1).
 */
import { PAGE_BYTES } from '../../../../quantities/units';
import type { PhysicalMemory } from '../../../core-host/types';
import type { MachineConfig } from '../../../types';
import type { EventChannels } from '../event-channels';
import type { GrantTable } from '../grant-table';
import { HVM_PARAM } from '../hvm-params';
import type { HvmParams } from '../hvm-params';
import type { P2m } from '../p2m';
import { guestTree } from '../xenstore/guest-tree';
import type { XenstoreRing } from '../xenstore/ring';
import type { XenstoreServer } from '../xenstore/server';
import { hvmInfo } from './hvm-info';
import { loadImages } from './images';
import { DomainBuildError, HVM_INFO_ADDRESS, IOREQ_SERVER_GFN, IOREQ_SERVER_PAGES, MAX_VCPUS, SPECIAL_GFN } from './layout';
import type { E820Entry, MemoryLayout } from './layout';
import { populateDomain } from './populate';
import { startInfo, startInfoBytes } from './start-info';

/** What the builder fills in. */
export interface DomainParts {
  readonly config: MachineConfig;
  readonly layout: MemoryLayout;
  readonly map: readonly E820Entry[];
  readonly memory: PhysicalMemory;
  readonly p2m: P2m;
  readonly params: HvmParams;
  readonly channels: EventChannels;
  readonly grants: GrantTable;
  readonly xenstore: XenstoreServer;
  readonly ring: XenstoreRing;
}

export interface BuiltDomain {
  readonly entry: number;
  readonly startInfo: number;
  readonly storePort: number;
  readonly consolePort: number;
}

/** Flags of an identity superpage: present, writable, user, accessed, dirty, 4 MiB. */
const IDENTITY_FLAGS = 0xe7;
const LARGE_PAGE_SHIFT = 22;
/** timer_mode: no delay for missed ticks. */
const TIMER_MODE_NO_DELAY = 1n;
const SHUTDOWN_REBOOT = 1n;
const DOM0 = 0;
const DEVICE_MODEL_PARAMS: readonly number[] = [
  HVM_PARAM.BUFIOREQ_PFN,
  HVM_PARAM.IOREQ_PFN,
  HVM_PARAM.IOREQ_SERVER_PFN,
  HVM_PARAM.NR_IOREQ_SERVER_PAGES,
  HVM_PARAM.HPET_ENABLED,
];

function identityPageDirectory(): Uint8Array {
  const entries = Uint32Array.from({ length: PAGE_BYTES / 4 }, (_, index) => ((index << LARGE_PAGE_SHIFT) | IDENTITY_FLAGS) >>> 0);
  return new Uint8Array(entries.buffer);
}

/** `hasDeviceModel` false: none of what only a device model or its guest uses. */
export function setParams(params: HvmParams, storePort: number, consolePort: number, hasDeviceModel: boolean): void {
  const values: readonly [index: number, value: number | bigint][] = [
    [HVM_PARAM.STORE_PFN, SPECIAL_GFN.XENSTORE],
    [HVM_PARAM.BUFIOREQ_PFN, SPECIAL_GFN.BUFIOREQ],
    [HVM_PARAM.IOREQ_PFN, SPECIAL_GFN.IOREQ],
    [HVM_PARAM.CONSOLE_PFN, SPECIAL_GFN.CONSOLE],
    [HVM_PARAM.PAGING_RING_PFN, SPECIAL_GFN.PAGING],
    [HVM_PARAM.MONITOR_RING_PFN, SPECIAL_GFN.ACCESS],
    [HVM_PARAM.SHARING_RING_PFN, SPECIAL_GFN.SHARING],
    [HVM_PARAM.IOREQ_SERVER_PFN, IOREQ_SERVER_GFN],
    [HVM_PARAM.NR_IOREQ_SERVER_PAGES, IOREQ_SERVER_PAGES],
    [HVM_PARAM.IDENT_PT, SPECIAL_GFN.IDENT_PT * PAGE_BYTES],
    [HVM_PARAM.STORE_EVTCHN, storePort],
    [HVM_PARAM.CONSOLE_EVTCHN, consolePort],
    [HVM_PARAM.HPET_ENABLED, 1],
    [HVM_PARAM.TIMER_MODE, TIMER_MODE_NO_DELAY],
    [HVM_PARAM.VPT_ALIGN, 1],
    [HVM_PARAM.TRIPLE_FAULT_REASON, SHUTDOWN_REBOOT],
  ];
  for (const [index, value] of values) {
    if (hasDeviceModel || !DEVICE_MODEL_PARAMS.includes(index)) params.initialise(index, BigInt(value));
  }
}

/** Channels to xenstored and xenconsoled, then those of the device model's I/O requests for so many vCPUs. */
export function openChannels(channels: EventChannels, vcpus: number): { storePort: number; consolePort: number } {
  const remote = (remotePort: number): number => channels.attach({ kind: 'interdomain', vcpu: 0, remoteDomain: DOM0, remotePort });
  const storePort = remote(0);
  const consolePort = remote(0);
  for (let vcpu = 0; vcpu < vcpus; vcpu++) {
    channels.attach({ kind: 'xen', vcpu });
    if (vcpu === 0) channels.attach({ kind: 'xen', vcpu });
  }
  return { storePort, consolePort };
}

/** @throws DomainBuildError for a guest that no tool stack could build. */
export function buildDomain(parts: DomainParts): BuiltDomain {
  const { config, layout, map, memory, p2m, params, channels } = parts;
  if (config.vcpus < 1 || config.vcpus > MAX_VCPUS) {
    throw new DomainBuildError(`${String(config.vcpus)} vCPUs: between 1 and ${String(MAX_VCPUS)}`);
  }
  populateDomain(p2m, layout);
  const { storePort, consolePort } = openChannels(channels, config.vcpus);
  setParams(params, storePort, consolePort, true);
  const images = loadImages(memory, config, layout);
  const info = startInfo(images.next, images.modules, map);
  if (images.next + startInfoBytes(map) > layout.lowmemEnd) throw new DomainBuildError('no room for the start info');
  memory.write(images.next, info);
  memory.write(HVM_INFO_ADDRESS, hvmInfo(layout, config.vcpus, config.apic));
  memory.write(SPECIAL_GFN.IDENT_PT * PAGE_BYTES, identityPageDirectory());
  if (config.firmware.vgaRom !== undefined && layout.vgaRomPages > 0) {
    memory.write(layout.vgaRomGfn * PAGE_BYTES, config.firmware.vgaRom);
  }
  parts.grants.initialise();
  for (const { path, value, permissions } of guestTree(config, layout, { store: storePort, console: consolePort })) {
    parts.xenstore.dom0Write(path, value, permissions);
  }
  parts.ring.introduce();
  return { entry: images.entry, startInfo: images.next, storePort, consolePort };
}
