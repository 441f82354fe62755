/* Shared declarations of the reference loader: types, console, memory, ports, hypercalls. */
#ifndef LOADER_H
#define LOADER_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#define PAGE_SIZE 4096u

/* The low-memory plan. Tables that an operating system looks for stand below the BIOS segment. */
#define INFO_ADDRESS 0x1000u
#define SMBIOS_ENTRY_ADDRESS 0xe0000u
#define MP_ADDRESS 0xe1000u
#define RSDP_ADDRESS 0xe2000u
#define SMBIOS_TABLE_ADDRESS 0xe3000u
#define BIOS_SEGMENT 0xf0000u
#define BIOS_BYTES 0x10000u
#define ACPI_ADDRESS 0xfc000000u
#define ACPI_PAGES 2u
#define HYPERCALL_PAGE 0x80000u
#define SHARED_INFO_GFN 0xfdfffu

struct hvm_info {
    char signature[8];
    u32 length;
    u8 checksum, apic_mode, pad[2];
    u32 nr_vcpus, low_mem_pgend, reserved_mem_pgstart, high_mem_pgend;
    u8 vcpu_online[16];
} __attribute__((packed));

struct e820_entry {
    u64 addr, size;
    u32 type;
} __attribute__((packed));

static inline void outb(u16 port, u8 value) { __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port)); }
static inline void outw(u16 port, u16 value) { __asm__ volatile("outw %0, %1" ::"a"(value), "Nd"(port)); }
static inline void outl(u16 port, u32 value) { __asm__ volatile("outl %0, %1" ::"a"(value), "Nd"(port)); }
static inline u8 inb(u16 port) { u8 value; __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port)); return value; }
static inline u16 inw(u16 port) { u16 value; __asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port)); return value; }
static inline u32 inl(u16 port) { u32 value; __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port)); return value; }

/* console.c */
void print(const char *text);
void print_hex(u32 value);
void print_line(const char *label, u32 value);
void __attribute__((noreturn)) fatal(const char *why);

/* memory.c */
void *memcpy(void *to, const void *from, u32 count);
void *memset(void *to, int value, u32 count);
int memcmp(const void *a, const void *b, u32 count);
u32 strlen(const char *text);
/* The byte that makes `count` bytes sum to zero, given that the checksum byte itself is zero now. */
u8 checksum(const void *bytes, u32 count);

/* hypercall.c */
void hypercall_init(void);
long hypercall(u32 nr, u32 a, u32 b, u32 c);
u32 hvm_param(u32 index);
void populate(u32 gfn, u32 count);
u32 memory_map(struct e820_entry *entries, u32 room);

/* xenstore.c */
void xenstore_init(void);
/* The value of a key relative to the domain's own folder, or `fallback`. Valid until the next call. */
const char *xenstore_read(const char *path, const char *fallback);
void xenstore_close(void);

/* platform.c */
void apic_setup(void);
void pci_setup(void);

/* tables */
struct hvm_info *hvm_info(void);
void smbios_build(void);
void mp_build(void);
void acpi_build(void);
void e820_build(void);

#endif
