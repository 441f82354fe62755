/* MP table, specification 1.4: floating pointer, processors, ISA bus, I/O APIC, 16 ISA interrupts. */
#include "loader.h"

struct floating { char signature[4]; u32 table; u8 length, revision, checksum, features[5]; } __attribute__((packed));
struct config {
    char signature[4]; u16 length; u8 revision, checksum; char oem[8], product[12];
    u32 oem_table; u16 oem_size, entries; u32 lapic; u16 ext_length; u8 ext_checksum, reserved;
} __attribute__((packed));
struct processor { u8 type, apic_id, version, flags; u32 signature, features; u64 reserved; } __attribute__((packed));
struct bus { u8 type, id; char name[6]; } __attribute__((packed));
struct ioapic { u8 type, id, version, flags; u32 address; } __attribute__((packed));
struct interrupt { u8 type, kind; u16 flags; u8 bus, irq, apic, pin; } __attribute__((packed));

void mp_build(void)
{
    struct floating *floating = (struct floating *)MP_ADDRESS;
    struct config *config = (struct config *)(floating + 1);
    u8 *cursor = (u8 *)(config + 1);
    u32 vcpus = hvm_info()->nr_vcpus;

    memset(floating, 0, sizeof(*floating) + sizeof(*config));
    for (u32 n = 0; n < vcpus; n++, cursor += sizeof(struct processor))
        *(struct processor *)cursor = (struct processor){ 0, (u8)(2 * n), 0x14, (u8)(1 | (n == 0) << 1), 0x600, 0x201, 0 };
    *(struct bus *)cursor = (struct bus){ 1, 0, { 'I', 'S', 'A', ' ', ' ', ' ' } };
    cursor += sizeof(struct bus);
    *(struct ioapic *)cursor = (struct ioapic){ 2, 1, 0x11, 1, 0xfec00000 };
    cursor += sizeof(struct ioapic);
    for (u8 irq = 0; irq < 16; irq++, cursor += sizeof(struct interrupt))
        *(struct interrupt *)cursor = (struct interrupt){ 3, 0, 0, 0, irq, 1, irq == 0 ? 2 : irq };
    memcpy(config->signature, "PCMP", 4);
    config->length = (u16)(cursor - (u8 *)config);
    config->revision = 4;
    memcpy(config->oem, "MILEPOST", 8);
    memcpy(config->product, "REFERENCE   ", 12);
    config->entries = (u16)(vcpus + 18);
    config->lapic = 0xfee00000;
    config->checksum = checksum(config, config->length);
    floating->table = (u32)config;
    floating->length = 1;
    floating->revision = 4;
    memcpy(floating->signature, "_MP_", 4);
    floating->checksum = checksum(floating, sizeof(*floating));
    print_line("mp table at ", MP_ADDRESS);
}
