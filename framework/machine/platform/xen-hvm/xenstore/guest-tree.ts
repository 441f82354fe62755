/**
 * What the tool stack (libxl of Xen 4.17) and the device model have written to xenstore when an HVM guest starts:
 * libxl__domain_make, libxl__build_post, libxl__domain_build, the device types' add functions, hotplug scripts and QEMU.
 */
import { KIB } from '../../../../quantities/units';
import type { DiskName, MachineConfig } from '../../../types';
import { SPECIAL_GFN } from '../builder/layout';
import type { MemoryLayout } from '../builder/layout';

/** A node: its value and its permissions as text. */
export interface TreeEntry {
  readonly path: string;
  readonly value: string;
  readonly permissions: readonly string[];
}

export interface TreePorts {
  readonly store: number;
  readonly console: number;
}

/** Console bytes that xenconsoled keeps. */
const CONSOLE_LIMIT = '1048576';
/** XenbusState. */
const INITIALISING = '1';
const INIT_WAIT = '2';
/** The device model's process id, the console's pty: of the host, as a quiet one has them. */
const DEVICE_MODEL_PID = '345';
const CONSOLE_TTY = '/dev/pts/0';

/** Device numbers of Linux's IDE disks: major << 8 | minor. */
const DEVICE_ID: Record<DiskName, number> = { hda: 768, hdb: 832, hdc: 5632, hdd: 5696 };
const DISK_NAMES: readonly DiskName[] = ['hda', 'hdb', 'hdc', 'hdd'];

class TreeWriter {
  readonly entries: TreeEntry[] = [];

  add(path: string, value: string, permissions: readonly string[]): void {
    this.entries.push({ path, value, permissions });
  }

  all(prefix: string, values: Readonly<Record<string, string>>, permissions: readonly string[]): void {
    for (const [name, value] of Object.entries(values)) this.add(`${prefix}/${name}`, value, permissions);
  }
}

interface Naming {
  readonly home: string;
  readonly vm: string;
  /** Read-only for the guest; the guest's own; the frontend that the guest owns and dom0 reads. */
  readonly readOnly: readonly string[];
  readonly owned: readonly string[];
  readonly frontend: readonly string[];
}

function naming(config: MachineConfig): Naming {
  const id = String(config.domid);
  return {
    home: `/local/domain/${id}`,
    vm: `/vm/${config.uuid}`,
    readOnly: ['n0', `r${id}`],
    owned: [`n${id}`],
    frontend: [`n${id}`, 'r0'],
  };
}

/** libxl__domain_make. */
function domainNodes(tree: TreeWriter, config: MachineConfig, names: Naming): void {
  const { home, vm, readOnly, owned } = names;
  tree.add(home, '', readOnly);
  tree.all(home, { vm, name: config.name, cpu: '', memory: '', device: '', control: '', hvmloader: '' }, readOnly);
  tree.add(`${home}/device/suspend`, '', readOnly);
  tree.add(`${home}/device/suspend/event-channel`, '', owned);
  const controls = ['shutdown', 'feature-poweroff', 'feature-reboot', 'feature-suspend', 'feature-s3', 'feature-s4', 'sysrq'];
  for (const control of controls) tree.add(`${home}/control/${control}`, '', owned);
  tree.add(`${home}/control/platform-feature-multiprocessor-suspend`, '1', readOnly);
  tree.add(`${home}/control/platform-feature-xs_reset_watches`, '1', readOnly);
  for (const name of ['data', 'drivers', 'feature', 'attr', 'error']) tree.add(`${home}/${name}`, '', owned);
  tree.add(vm, '', readOnly);
  tree.all(vm, { uuid: config.uuid, name: config.name }, readOnly);
}

/** libxl__build_post and libxl__domain_build. */
function buildNodes(tree: TreeWriter, config: MachineConfig, layout: MemoryLayout, names: Naming, ports: TreePorts): void {
  const { home, vm, readOnly } = names;
  const memoryKib = (layout.maxPages * 4096) / KIB - 1024;
  const videoKib = layout.videoBytes / KIB;
  const values: Record<string, string> = {
    'memory/static-max': String(memoryKib),
    'memory/target': String(memoryKib - videoKib),
    'memory/videoram': String(videoKib),
    domid: String(config.domid),
    store: '',
    'store/port': String(ports.store),
    'store/ring-ref': String(SPECIAL_GFN.XENSTORE),
    platform: '',
    'platform/acpi': config.acpi ? '1' : '0',
    'platform/acpi_s3': '1',
    'platform/acpi_s4': '1',
    'platform/acpi_laptop_slate': '0',
    'platform/device-model': 'qemu_xen',
    'hvmloader/bios': config.firmware.biosKind,
    'hvmloader/allow-memory-relocate': '0',
    image: '',
    'image/device-model-pid': DEVICE_MODEL_PID,
  };
  tree.all(home, values, readOnly);
  for (let vcpu = 0; vcpu < config.vcpus; vcpu++) {
    tree.add(`${home}/cpu/${String(vcpu)}`, '', readOnly);
    tree.add(`${home}/cpu/${String(vcpu)}/availability`, 'online', readOnly);
  }
  const vmValues = { image: '', 'image/ostype': 'hvm', rtc: '', 'rtc/timeoffset': '' };
  tree.all(vm, { ...vmValues, start_time: `${String(config.rtcSeconds)}.00` }, readOnly);
}

function consoleNodes(tree: TreeWriter, config: MachineConfig, names: Naming, ports: TreePorts): void {
  const { home, readOnly, frontend } = names;
  const id = String(config.domid);
  const backend = `/local/domain/0/backend/console/${id}/0`;
  tree.add(`${home}/console`, '', readOnly);
  tree.all(
    `${home}/console`,
    {
      backend,
      limit: CONSOLE_LIMIT,
      type: 'xenconsoled',
      output: 'pty',
      tty: CONSOLE_TTY,
      port: String(ports.console),
      'ring-ref': String(SPECIAL_GFN.CONSOLE),
    },
    readOnly,
  );
  tree.add(`${home}/console/backend-id`, '0', frontend);
  backendNodes(tree, names, 'console', id, '0', `${home}/console`, { online: '1', state: INITIALISING, protocol: 'vt100' });
}

/** The backend's directory, for each kind and domain owned by dom0. */
function backendNodes(
  tree: TreeWriter,
  names: Naming,
  kind: string,
  id: string,
  device: string,
  frontend: string,
  values: Readonly<Record<string, string>>,
): void {
  const root = `/local/domain/0/backend/${kind}`;
  for (const path of [root, `${root}/${id}`]) tree.add(path, '', ['n0']);
  tree.add(`${root}/${id}/${device}`, '', names.readOnly);
  tree.all(`${root}/${id}/${device}`, { frontend, 'frontend-id': id, ...values }, names.readOnly);
}

function frontendNodes(
  tree: TreeWriter,
  names: Naming,
  kind: string,
  device: string,
  backend: string,
  values: Readonly<Record<string, string>>,
): void {
  const root = `${names.home}/device/${kind}`;
  tree.add(root, '', names.readOnly);
  tree.add(`${root}/${device}`, '', names.frontend);
  tree.all(`${root}/${device}`, { backend, 'backend-id': '0', state: INITIALISING, ...values }, names.frontend);
}

/** A keyboard for guests with the PV driver; QEMU's backend says what it can do. */
function keyboardNodes(tree: TreeWriter, config: MachineConfig, names: Naming): void {
  const id = String(config.domid);
  const frontend = `${names.home}/device/vkbd/0`;
  backendNodes(tree, names, 'vkbd', id, '0', frontend, {
    online: '1',
    state: INIT_WAIT,
    'feature-abs-pointer': '1',
    'feature-raw-pointer': '1',
    'hotplug-status': 'connected',
  });
  frontendNodes(tree, names, 'vkbd', '0', `/local/domain/0/backend/vkbd/${id}/0`, {});
}

/** A raw image file on a loop device, as the block script sets it up. */
function diskNodes(tree: TreeWriter, config: MachineConfig, names: Naming, name: DiskName, loop: number): void {
  const id = String(config.domid);
  const device = String(DEVICE_ID[name]);
  const node = `/dev/loop${String(loop)}`;
  backendNodes(tree, names, 'vbd', id, device, `${names.home}/device/vbd/${device}`, {
    online: '1',
    removable: '0',
    bootable: '1',
    state: INIT_WAIT,
    dev: name,
    type: 'phy',
    mode: 'w',
    'device-type': 'disk',
    'discard-enable': '1',
    specification: 'xen',
    script: '/etc/xen/scripts/block',
    node,
    'physical-device': `7:${loop.toString(16)}`,
    'physical-device-path': node,
    'hotplug-status': 'connected',
    'feature-max-indirect-segments': '256',
    'max-ring-page-order': '4',
    'multi-queue-max-queues': '2',
  });
  frontendNodes(tree, names, 'vbd', device, `/local/domain/0/backend/vbd/${id}/${device}`, {
    'virtual-device': device,
    'device-type': 'disk',
    trusted: '1',
  });
}

/** An emulated CD-ROM drive: the device model itself is the backend. */
function cdromNodes(tree: TreeWriter, config: MachineConfig, names: Naming, name: DiskName): void {
  const id = String(config.domid);
  const device = String(DEVICE_ID[name]);
  backendNodes(tree, names, 'qdisk', id, device, `${names.home}/device/vbd/${device}`, {
    params: `aio:${name}.iso`,
    online: '1',
    removable: '1',
    bootable: '1',
    state: INIT_WAIT,
    dev: name,
    type: 'qdisk',
    mode: 'r',
    'device-type': 'cdrom',
    'discard-enable': '0',
    specification: 'xen',
    'hotplug-status': 'connected',
    'feature-flush-cache': '1',
    'max-ring-page-order': '4',
    info: '5',
    'sector-size': '2048',
    sectors: String(Math.floor((config.cdroms?.[name]?.sizeBytes ?? 0) / 2048)),
  });
  frontendNodes(tree, names, 'vbd', device, `/local/domain/0/backend/qdisk/${id}/${device}`, {
    'virtual-device': device,
    'device-type': 'cdrom',
    trusted: '1',
  });
}

/** What the device models say of themselves: dom0's own, which serves PV backends, and the guest's. */
function deviceModelNodes(tree: TreeWriter, config: MachineConfig): void {
  const root = '/local/domain/0/device-model';
  tree.add(root, '', ['n0']);
  const models: [id: string, kinds: readonly string[]][] = [
    ['0', ['9pfs', 'console', 'qnic', 'qusb', 'vfb', 'vkbd']],
    [String(config.domid), ['9pfs', 'console', 'qusb', 'vkbd']],
  ];
  for (const [id, kinds] of models) {
    tree.add(`${root}/${id}`, '', ['n0']);
    tree.add(`${root}/${id}/state`, 'running', ['n0']);
    tree.add(`${root}/${id}/backends`, '', ['n0']);
    for (const kind of kinds) tree.add(`${root}/${id}/backends/${kind}`, '', ['n0', `n${id}`]);
  }
}

/** As guestTree, for a PVH guest: no loader, no device model, no emulated devices. */
export function pvhTree(config: MachineConfig, layout: MemoryLayout, ports: TreePorts): TreeEntry[] {
  const ofLoader = /\/(hvmloader|platform|image)(\/|$)|\/memory\/videoram$/;
  const tree = new TreeWriter();
  const names = naming(config);
  for (const path of ['/local', '/local/domain', '/local/domain/0', '/local/domain/0/backend', '/vm']) tree.add(path, '', ['n0']);
  domainNodes(tree, config, names);
  buildNodes(tree, config, layout, names, ports);
  consoleNodes(tree, config, names, ports);
  return tree.entries.filter(({ path }) => !ofLoader.test(path));
}

/** Every node, parents before their children. */
export function guestTree(config: MachineConfig, layout: MemoryLayout, ports: TreePorts): TreeEntry[] {
  const tree = new TreeWriter();
  const names = naming(config);
  tree.add('/local', '', ['n0']);
  tree.add('/local/domain', '', ['n0']);
  tree.add('/local/domain/0', '', ['n0']);
  tree.add('/local/domain/0/backend', '', ['n0']);
  tree.add('/vm', '', ['n0']);
  domainNodes(tree, config, names);
  buildNodes(tree, config, layout, names, ports);
  consoleNodes(tree, config, names, ports);
  let loop = 0;
  for (const name of DISK_NAMES) {
    if (config.disks[name] !== undefined) diskNodes(tree, config, names, name, loop++);
    if (config.cdroms?.[name] !== undefined) cdromNodes(tree, config, names, name);
  }
  keyboardNodes(tree, config, names);
  deviceModelNodes(tree, config);
  return tree.entries;
}
