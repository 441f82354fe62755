/**
 * Settings of xl.cfg(5) by what Milepost does with them.
 * Host-only settings cannot be seen by the guest: they are accepted and have no effect.
 */
export const HOST_ONLY: readonly string[] = [
  ...['on_poweroff', 'on_reboot', 'on_watchdog', 'on_crash', 'on_soft_reset', 'vnc', 'vnclisten', 'vncdisplay', 'vncunused', 'vncpasswd'],
  ...['sdl', 'opengl', 'nographic', 'keymap', 'spice', 'spiceport', 'spicetls_port', 'spicehost', 'spicedisable_ticketing', 'spicepasswd'],
  ...[
    'spiceagent_mouse',
    'spicevdagent',
    'spice_clipboard_sharing',
    'spiceusbredirection',
    'spice_image_compression',
    'spice_streaming_video',
  ],
  ...['cpus', 'cpus_soft', 'cpu_weight', 'cap', 'pool', 'numa_placement', 'seclabel', 'init_seclabel', 'device_model_stubdomain_seclabel'],
  ...[
    'event_channels',
    'max_event_channels',
    'max_grant_frames',
    'max_maptrack_frames',
    'max_grant_version',
    'shadow_memory',
    'hap',
    'oos',
  ],
  ...[
    'serial',
    'vif_mac',
    'vmtrace_buf_kb',
    'vpmu',
    'suppress_global',
    'guest_loglvl',
    'device_model_override',
    'gfx_passthru_kind',
    'vm_notify',
  ],
];

/** Settings that are supported at one value only, and that value (numbers and words as written). */
export const FIXED: Readonly<Record<string, readonly string[]>> = {
  device_model_version: ['qemu-xen'],
  acpi_s3: ['1'],
  acpi_s4: ['1'],
  acpi_laptop_slate: ['0'],
  pae: ['1'],
  nx: ['1'],
  hpet: ['1'],
  viridian: ['0'],
  nestedhvm: ['0'],
  altp2mhvm: ['0'],
  altp2m: ['disabled'],
  usb: ['0'],
  localtime: ['0'],
  rtc_timeoffset: ['0'],
  xen_platform_pci: ['1'],
  tsc_mode: ['default', 'native'],
  timer_mode: ['no_missed_ticks_pending', 'one_missed_tick_pending', '1', '2'],
  gfx_passthru: ['0'],
  invtsc: ['0'],
  mmio_hole: ['256'],
};

/** Settings that change what the guest sees and are not modelled; an empty list is as good as absent. */
export const UNSUPPORTED: Readonly<Record<string, string>> = {
  pci: 'PCI passthrough is not modelled',
  usbdev: 'USB is not modelled',
  usbdevice: 'USB is not modelled',
  usbctrl: 'USB is not modelled',
  soundhw: 'sound cards are not modelled',
  vtpm: 'TPMs are not modelled',
  vkb: 'para-virtual keyboards are not modelled',
  vfb: 'para-virtual frame buffers are not modelled',
  channel: 'channels are not modelled',
  p9: '9pfs is not modelled',
  cpuid: 'CPUID policies come with a later version',
  acpi_firmware: 'ACPI passthrough tables come with a later version',
  smbios_firmware: 'SMBIOS passthrough tables come with a later version',
  ms_vm_genid: 'the generation ID comes with a later version',
  device_model_args: 'there is no QEMU here to take arguments',
  device_model_args_hvm: 'there is no QEMU here to take arguments',
  vnuma: 'virtual NUMA is not modelled',
  bootloader: 'boot loaders on the host are for PV guests',
  passthrough: 'PCI passthrough is not modelled',
  ioports: 'passthrough of ports is not modelled',
  irqs: 'passthrough of interrupts is not modelled',
  iomem: 'passthrough of memory is not modelled',
  driver_domain: 'driver domains are not modelled',
};
