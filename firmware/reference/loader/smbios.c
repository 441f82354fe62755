/* SMBIOS 2.4: entry point and the structures that every PC has (DSP0134). */
#include "loader.h"

struct entry_point {
    char anchor[4];
    u8 checksum, length, major, minor;
    u16 max_size;
    u8 revision, formatted[5];
    char dmi[5];
    u8 dmi_checksum;
    u16 table_length;
    u32 table_address;
    u16 count;
    u8 bcd;
} __attribute__((packed));

static u8 *cursor;
static u16 count;

static void structure(u8 type, const void *body, u8 length, const char *strings)
{
    *cursor++ = type;
    *cursor++ = (u8)(length + 4);
    *cursor++ = (u8)count;
    *cursor++ = (u8)(count >> 8);
    memcpy(cursor, body, length);
    cursor += length;
    if (*strings == 0)
        *cursor++ = 0;
    while (*strings) {
        u32 bytes = strlen(strings) + 1;

        memcpy(cursor, strings, bytes);
        cursor += bytes;
        strings += bytes;
    }
    *cursor++ = 0;
    count++;
}

static void build_structures(const struct hvm_info *info)
{
    u32 megabytes = (info->low_mem_pgend + (info->high_mem_pgend ? info->high_mem_pgend - 0x100000 : 0)) >> 8;
    struct { u8 vendor, version; u16 segment; u8 date, rom; u64 features; u8 ext[2], release[4]; } __attribute__((packed))
    bios = { 1, 2, 0xf000, 3, 0, 1u << 3 | 1u << 4 | 1u << 15, { 0, 4 }, { 0, 1, 255, 255 } };
    struct { u8 maker, product, version, serial; u8 uuid[16]; u8 wakeup; } __attribute__((packed)) system = { 1, 2, 3, 0, { 0 }, 6 };
    struct { u8 maker, type, version, serial, asset, state[4]; } __attribute__((packed)) chassis = { 1, 1, 0, 0, 0, { 3, 3, 3, 2 } };
    struct { u8 socket, type, family, maker; u32 id[2]; u8 version, voltage; u16 clock, max, now; u8 status, upgrade; u16 cache[3]; }
    __attribute__((packed)) cpu = { 1, 3, 1, 2, { 0, 0 }, 0, 0, 0, 0, 0, 0x41, 1, { 0xffff, 0xffff, 0xffff } };
    struct { u8 location, use, correction; u32 kilobytes; u16 error, devices; } __attribute__((packed))
    array = { 1, 3, 3, megabytes << 10, 0xfffe, 1 };
    struct { u32 first, last; u16 array; u8 width; } __attribute__((packed)) mapped = { 0, (megabytes << 10) - 1, 3, 1 };
    struct { u8 reserved[6], status; } __attribute__((packed)) boot = { { 0 }, 0 };

    structure(0, &bios, sizeof(bios), "Milepost\0" "reference\0" "01/01/2026\0");
    structure(1, &system, sizeof(system), "Milepost\0Reference guest\0" "1\0");
    structure(3, &chassis, sizeof(chassis), "Milepost\0");
    for (u32 n = 0; n < info->nr_vcpus; n++)
        structure(4, &cpu, sizeof(cpu), "CPU\0Milepost\0");
    structure(16, &array, sizeof(array), "");
    structure(19, &mapped, sizeof(mapped), "");
    structure(32, &boot, sizeof(boot), "");
    structure(127, 0, 0, "");
}

void smbios_build(void)
{
    struct entry_point *entry = (struct entry_point *)SMBIOS_ENTRY_ADDRESS;

    cursor = (u8 *)SMBIOS_TABLE_ADDRESS;
    count = 0;
    build_structures(hvm_info());
    memset(entry, 0, sizeof(*entry));
    entry->length = sizeof(*entry);
    entry->major = 2;
    entry->minor = 4;
    entry->max_size = 64;
    memcpy(entry->dmi, "_DMI_", 5);
    entry->table_length = (u16)((u32)cursor - SMBIOS_TABLE_ADDRESS);
    entry->table_address = SMBIOS_TABLE_ADDRESS;
    entry->count = count;
    entry->bcd = 0x24;
    entry->dmi_checksum = checksum(entry->dmi, 15);
    memcpy(entry->anchor, "_SM_", 4);
    entry->checksum = checksum(entry, sizeof(*entry));
#ifdef BROKEN_SMBIOS_CHECKSUM
    entry->checksum += 0x17;
#endif
    print_line("smbios at ", (u32)entry);
}
