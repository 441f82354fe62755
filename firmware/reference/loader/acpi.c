/* ACPI 2.0: RSDP below 1 MiB; RSDT, XSDT, FADT, FACS, DSDT and MADT in pages of their own. */
#include "loader.h"

struct header { char signature[4]; u32 length; u8 revision, checksum; char oem[6], table[8]; u32 oem_revision; char creator[4]; u32 creator_revision; }
__attribute__((packed));
struct gas { u8 space, width, offset, access; u64 address; } __attribute__((packed));
struct fadt {
    struct header header;
    u32 facs, dsdt;
    u8 model, profile;
    u16 sci;
    u32 smi;
    u8 enable, disable, s4, pstate;
    u32 pm1a_event, pm1b_event, pm1a_control, pm1b_control, pm2, timer, gpe0, gpe1;
    u8 pm1_event_length, pm1_control_length, pm2_length, timer_length, gpe0_length, gpe1_length, gpe1_base, cst;
    u16 c2, c3, flush, stride;
    u8 duty_offset, duty_width, day, month, century;
    u16 boot_arch;
    u8 reserved;
    u32 flags;
    struct gas reset;
    u8 reset_value, reserved2[3];
    u64 x_facs, x_dsdt;
    struct gas x_pm1a_event, x_pm1b_event, x_pm1a_control, x_pm1b_control, x_pm2, x_timer, x_gpe0, x_gpe1;
} __attribute__((packed));

static u8 *cursor;

static void *table(const char *signature, u8 revision, u32 length)
{
    struct header *header = (struct header *)cursor;

    memset(header, 0, length);
    memcpy(header->signature, signature, 4);
    header->length = length;
    header->revision = revision;
    memcpy(header->oem, "MILEPO", 6);
    memcpy(header->table, "REFERENC", 8);
    header->oem_revision = 1;
    memcpy(header->creator, "MLPT", 4);
    header->creator_revision = 1;
    cursor += (length + 63) & ~63u;
    return header;
}

static void seal(void *address)
{
    struct header *header = address;

    header->checksum = 0;
    header->checksum = checksum(header, header->length);
}

static struct gas io(u32 port, u8 bytes)
{
    return (struct gas){ 1, (u8)(bytes * 8), 0, 0, port };
}

/* \_S5 = Package { 0, 0 }: the sleep type that powers the machine off, which every ACPI system needs to find. */
static void *build_dsdt(void)
{
    static const u8 aml[] = { 0x08, '_', 'S', '5', '_', 0x12, 0x06, 0x02, 0x0a, 0x00, 0x0a, 0x00 };
    u8 *dsdt = table("DSDT", 2, sizeof(struct header) + sizeof(aml));

    memcpy(dsdt + sizeof(struct header), aml, sizeof(aml));
    seal(dsdt);
    return dsdt;
}

static void *build_fadt(u32 facs, u32 dsdt)
{
    struct fadt *fadt = table("FACP", 4, sizeof(*fadt));

    fadt->facs = facs;
    fadt->dsdt = dsdt;
    fadt->sci = 9;
    fadt->pm1a_event = 0xb000;
    fadt->pm1a_control = 0xb004;
    fadt->timer = 0xb008;
    fadt->pm1_event_length = 4;
    fadt->pm1_control_length = 2;
    fadt->timer_length = 4;
    fadt->c2 = fadt->c3 = 0xfff;
    fadt->century = 0x32;
    fadt->boot_arch = 2;
    fadt->flags = 1u << 0 | 1u << 2 | 1u << 4 | 1u << 10;
    fadt->reset = io(0xcf9, 1);
    fadt->reset_value = 6;
    fadt->x_facs = facs;
    fadt->x_dsdt = dsdt;
    fadt->x_pm1a_event = io(0xb000, 4);
    fadt->x_pm1a_control = io(0xb004, 2);
    fadt->x_timer = io(0xb008, 4);
    seal(fadt);
    return fadt;
}

static void *build_madt(u32 vcpus)
{
    struct lapic { u8 type, length, processor, apic; u32 flags; } __attribute__((packed));
    struct ioapic { u8 type, length, id, reserved; u32 address, gsi; } __attribute__((packed));
    struct source { u8 type, length, bus, irq; u32 gsi; u16 flags; } __attribute__((packed));
    struct { struct header header; u32 lapic, flags; } __attribute__((packed)) *madt;
    u32 length = sizeof(*madt) + sizeof(struct ioapic) + sizeof(struct source) + vcpus * sizeof(struct lapic);
    u8 *entry;

    madt = table("APIC", 2, length);
    madt->lapic = 0xfee00000;
    madt->flags = 1;
    entry = (u8 *)(madt + 1);
    *(struct source *)entry = (struct source){ 2, 10, 0, 0, 2, 0 };
    entry += sizeof(struct source);
    *(struct ioapic *)entry = (struct ioapic){ 1, 12, 1, 0, 0xfec00000, 0 };
    entry += sizeof(struct ioapic);
    for (u32 n = 0; n < vcpus; n++, entry += sizeof(struct lapic))
        *(struct lapic *)entry = (struct lapic){ 0, 8, (u8)n, (u8)(2 * n), 1 };
    seal(madt);
    return madt;
}

void acpi_build(void)
{
    struct { char signature[8]; u8 checksum; char oem[6]; u8 revision; u32 rsdt, length; u64 xsdt; u8 extended, reserved[3]; }
    __attribute__((packed)) *rsdp = (void *)RSDP_ADDRESS;
    struct { struct header header; u32 entries[2]; } __attribute__((packed)) *rsdt;
    struct { struct header header; u64 entries[2]; } __attribute__((packed)) *xsdt;
    u32 tables[2];
    u32 *facs = (u32 *)ACPI_ADDRESS;

    populate(ACPI_ADDRESS >> 12, ACPI_PAGES);
    cursor = (u8 *)ACPI_ADDRESS + 64;
    memset(facs, 0, 64);
    memcpy(facs, "FACS", 4);
    facs[1] = 64;
    ((u8 *)facs)[32] = 1;
    tables[0] = (u32)build_fadt((u32)facs, (u32)build_dsdt());
    tables[1] = (u32)build_madt(hvm_info()->nr_vcpus);
    rsdt = table("RSDT", 1, sizeof(*rsdt));
    xsdt = table("XSDT", 1, sizeof(*xsdt));
    for (u32 n = 0; n < 2; n++) {
        rsdt->entries[n] = tables[n];
        xsdt->entries[n] = tables[n];
    }
    seal(rsdt);
    seal(xsdt);
    memset(rsdp, 0, sizeof(*rsdp));
    memcpy(rsdp->oem, "MILEPO", 6);
    rsdp->revision = 2;
    rsdp->rsdt = (u32)rsdt;
    rsdp->length = sizeof(*rsdp);
    rsdp->xsdt = (u32)xsdt;
    memcpy(rsdp->signature, "RSD PTR ", 8);
    rsdp->checksum = checksum(rsdp, 20);
    rsdp->extended = checksum(rsdp, sizeof(*rsdp));
    print_line("acpi rsdp at ", (u32)rsdp);
}
