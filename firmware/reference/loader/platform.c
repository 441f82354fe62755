/* Interrupt controllers in virtual-wire mode, PIRQ routing and PCI resources. */
#include "loader.h"

static volatile u32 *const ioapic = (u32 *)0xfec00000;
static u8 *const lapic = (u8 *)0xfee00000;

static void ioapic_write(u32 index, u32 value)
{
    ioapic[0] = index;
    ioapic[4] = value;
}

/* The 8259 reaches the CPU through pin 0 of the I/O APIC as ExtINT; LINT0 stays masked, LINT1 is NMI. */
void apic_setup(void)
{
    *(volatile u32 *)(lapic + 0xf0) = 0x1ff;
    *(volatile u32 *)(lapic + 0x350) = 0x10700;
    *(volatile u32 *)(lapic + 0x360) = 0x400;
    ioapic_write(0x10, 0x700);
    ioapic_write(0x11, 0);
}

static void select(u32 devfn, u32 reg)
{
    outl(0xcf8, 0x80000000u | devfn << 8 | (reg & 0xfc));
}

static u32 pci_read(u32 devfn, u32 reg)
{
    select(devfn, reg);
    return inl(0xcfc);
}

static void pci_write(u32 devfn, u32 reg, u32 value)
{
    select(devfn, reg);
    outl(0xcfc, value);
}

static void pci_write_byte(u32 devfn, u32 reg, u8 value)
{
    select(devfn, reg);
    outb((u16)(0xcfc + (reg & 3)), value);
}

static u32 next_io = 0xc000, next_memory = 0xf0000000;

static void assign_bars(u32 devfn)
{
    u32 command = pci_read(devfn, 4) & 0xffff;

    pci_write(devfn, 4, command & ~3u);
    for (u32 reg = 0x10; reg < 0x28; reg += 4) {
        u32 before = pci_read(devfn, reg), mask, size, *next;

        pci_write(devfn, reg, 0xffffffff);
        mask = pci_read(devfn, reg);
        pci_write(devfn, reg, before);
        if (mask == 0)
            continue;
        size = -(mask & (before & 1 ? 0xfffffffc : 0xfffffff0));
        if (before & 1)
            size &= 0xffff;
        next = before & 1 ? &next_io : &next_memory;
        *next = (*next + size - 1) & -size;
        pci_write(devfn, reg, *next);
        *next += size;
        command |= before & 1 ? 1 : 2;
    }
    pci_write(devfn, 4, command | 4);
}

void pci_setup(void)
{
    static const u8 routes[4] = { 5, 10, 11, 5 };

    for (u32 link = 0; link < 4; link++)
        pci_write_byte(8, 0x60 + link, routes[link]);
    outb(0x4d0, 0x20);
    outb(0x4d1, 0x0c);
    for (u32 devfn = 0; devfn < 256; devfn++) {
        u32 id = pci_read(devfn, 0), class;

        if (id == 0xffffffff)
            continue;
        class = pci_read(devfn, 8) >> 16;
        print_line("pci device ", devfn << 24 | (id & 0xffff));
        if (class == 0x0101)
            pci_write(devfn, 0x40, 0x80008000); /* both channels decode their legacy ports */
        if (class == 0x0680) {
            pci_write(devfn, 0x40, 0xb001);
            pci_write_byte(devfn, 0x80, 1);
        }
        assign_bars(devfn);
        if (pci_read(devfn, 0x3c) >> 8 & 0xff) {
            u32 pin = pci_read(devfn, 0x3c) >> 8 & 0xff;

            pci_write_byte(devfn, 0x3c, routes[(pin - 1 + (devfn >> 3)) & 3]);
        }
    }
}
