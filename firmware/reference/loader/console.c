/* Text on the hypervisor's debug port, E9h. */
#include "loader.h"

void print(const char *text)
{
    while (*text)
        outb(0xe9, (u8)*text++);
}

void print_hex(u32 value)
{
    for (int shift = 28; shift >= 0; shift -= 4)
        outb(0xe9, (u8)"0123456789abcdef"[(value >> shift) & 15]);
}

void print_line(const char *label, u32 value)
{
    print(label);
    print_hex(value);
    print("\n");
}

void fatal(const char *why)
{
    struct { u32 reason; } crash = { 3 };

    print("loader: ");
    print(why);
    print("\n");
    hypercall(29, 2, (u32)&crash, 0);
    for (;;)
        __asm__ volatile("cli; hlt");
}
