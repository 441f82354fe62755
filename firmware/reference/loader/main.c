/*
 * The reference loader: it walks the path that Xen's own firmware loader walks for an HVM guest. Hypercall page, xenstore, interrupt
 * wiring, PCI, tables, BIOS copy; then entry.S drops to real mode and jumps to F000:FFF0.
 */
#include "loader.h"

struct start_info { u32 magic, version, flags, nr_modules; u64 modules, cmdline, rsdp, memmap; u32 memmap_entries, reserved; };
struct module { u64 address, size, cmdline, reserved; };

/* What the loader tells the BIOS. bios.asm reads it at INFO_ADDRESS. */
struct info { char signature[8]; u8 length, checksum, e820_count, reserved; u32 e820; } __attribute__((packed));

#define E820_ROOM 16

struct hvm_info *hvm_info(void)
{
    struct hvm_info *info = (struct hvm_info *)0x9f800;

    if (memcmp(info->signature, "HVM INFO", 8) != 0 || info->length < sizeof(*info) || checksum(info, info->length) != 0)
        fatal("hvm_info_table is damaged");
    return info;
}

static const struct module *find_firmware(const struct start_info *start)
{
    const struct module *module = (const struct module *)(u32)start->modules;

    if (start->magic != 0x336ec578)
        fatal("start info has the wrong magic");
    for (u32 n = 0; n < start->nr_modules; n++, module++)
        if (module->cmdline != 0 && memcmp((const char *)(u32)module->cmdline, "firmware", 9) == 0)
            return module;
    fatal("no module is named firmware");
}

static void copy_bios(const struct module *module)
{
    if (module->size != BIOS_BYTES)
        fatal("the BIOS image is not 64 KiB");
    memcpy((void *)BIOS_SEGMENT, (const void *)(u32)module->address, BIOS_BYTES);
    print_line("bios at ", BIOS_SEGMENT);
}

void e820_build(void)
{
    struct info *info = (struct info *)INFO_ADDRESS;
    struct e820_entry *entry = (struct e820_entry *)(info + 1), map[E820_ROOM];
    u32 count = memory_map(map, E820_ROOM), used = 0;

    entry[used++] = (struct e820_entry){ 0, 0x9fc00, 1 };
    entry[used++] = (struct e820_entry){ 0x9fc00, 0x400, 2 };
    entry[used++] = (struct e820_entry){ 0xe0000, 0x20000, 2 };
    for (u32 n = 0; n < count && used < E820_ROOM - 2; n++)
        if (map[n].addr >= 0x100000 && map[n].addr < 0xfc000000u)
            entry[used++] = map[n];
    entry[used++] = (struct e820_entry){ ACPI_ADDRESS, ACPI_PAGES * PAGE_SIZE, 4 };
    entry[used++] = (struct e820_entry){ ACPI_ADDRESS + ACPI_PAGES * PAGE_SIZE, 0x100000000ull - ACPI_ADDRESS - ACPI_PAGES * PAGE_SIZE, 2 };
    for (u32 n = 0; n < count && used < E820_ROOM; n++)
        if (map[n].addr >= 0x100000000ull)
            entry[used++] = map[n];
    memset(info, 0, sizeof(*info));
    memcpy(info->signature, "MILEPOST", 8);
    info->length = sizeof(*info);
    info->e820_count = (u8)used;
    info->e820 = (u32)entry;
    info->checksum = checksum(info, sizeof(*info));
}

void loader_main(const struct start_info *start)
{
    const struct module *module;

    print("Milepost reference loader\n");
    hypercall_init();
    xenstore_init();
    print("bios requested: ");
    print(xenstore_read("hvmloader/bios", "none"));
    print("\n");
    module = find_firmware(start);
    apic_setup();
    pci_setup();
    smbios_build();
    copy_bios(module);
    mp_build();
    if (xenstore_read("platform/acpi", "1")[0] == '1')
        acpi_build();
    e820_build();
    xenstore_close();
    print("jumping to f000:fff0\n");
}
