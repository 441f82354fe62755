/* The hypercall page and the few hypercalls that a loader needs (32-bit guest ABI). */
#include "loader.h"

#define HYPERCALL_MEMORY_OP 12
#define HYPERCALL_XEN_VERSION 17
#define HYPERCALL_HVM_OP 34
#define DOMID_SELF 0x7ff0

static void cpuid(u32 leaf, u32 *a, u32 *b, u32 *c, u32 *d)
{
    __asm__ volatile("cpuid" : "=a"(*a), "=b"(*b), "=c"(*c), "=d"(*d) : "a"(leaf), "c"(0));
}

long hypercall(u32 nr, u32 a, u32 b, u32 c)
{
    long result;

    __asm__ volatile("call *%%eax" : "=a"(result), "+b"(a), "+c"(b), "+d"(c) : "0"(HYPERCALL_PAGE + nr * 32) : "memory");
    return result;
}

void hypercall_init(void)
{
    u32 base, a, b, c, d, pages, msr;
    char extra[16];

    for (base = 0x40000000; base < 0x40010000; base += 0x100) {
        cpuid(base, &a, &b, &c, &d);
        if (b == 0x566e6558 && c == 0x65584d4d && d == 0x4d4d566e && a - base >= 2)
            break;
    }
    /* Until the page stands, a hypercall is a plain return. */
    memset((void *)HYPERCALL_PAGE, 0xc3, PAGE_SIZE);
    if (base >= 0x40010000)
        fatal("no hypervisor found");
    cpuid(base + 2, &pages, &msr, &c, &d);
    for (u32 page = 0; page < pages; page++)
        __asm__ volatile("wrmsr" : : "c"(msr), "a"(HYPERCALL_PAGE + page * PAGE_SIZE + page), "d"(0) : "memory");
    cpuid(base + 1, &a, &b, &c, &d);
    if (hypercall(HYPERCALL_XEN_VERSION, 1, (u32)extra, 0) != 0)
        fatal("xen_version failed");
    print_line("hypervisor version ", a);
}

u32 hvm_param(u32 index)
{
    struct { u16 domid, pad; u32 index; u64 value; } __attribute__((packed)) param = { DOMID_SELF, 0, index, 0 };

    if (hypercall(HYPERCALL_HVM_OP, 1, (u32)&param, 0) != 0)
        fatal("HVMOP_get_param failed");
    return (u32)param.value;
}

void populate(u32 gfn, u32 count)
{
    for (; count; count--, gfn++) {
        struct { u32 extents, nr, order, flags; u16 domid, pad; } reservation = { (u32)&gfn, 1, 0, 0, DOMID_SELF, 0 };

        if (hypercall(HYPERCALL_MEMORY_OP, 6, (u32)&reservation, 0) != 1)
            fatal("populate_physmap failed");
    }
}

u32 memory_map(struct e820_entry *entries, u32 room)
{
    struct { u32 count, buffer; } map = { room, (u32)entries };

    if (hypercall(HYPERCALL_MEMORY_OP, 9, (u32)&map, 0) != 0 || map.count == 0)
        fatal("memory_map failed");
    return map.count;
}
