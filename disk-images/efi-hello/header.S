/* The PE32+ (x86-64) or PE32 (IA-32) header of an EFI application whose only section is the whole image: code without relocations, so it runs anywhere. */
.section .header, "a"
base:
  .ascii "MZ"
  .skip 58
  .long pe - base
pe:
  .ascii "PE\0\0"
#ifdef __x86_64__
  .short 0x8664            /* x86-64 */
#else
  .short 0x014c            /* IA-32 */
#endif
  .short 1                 /* sections */
  .long 0, 0, 0
  .short section - optional
#ifdef __x86_64__
  .short 0x0222            /* executable, large addresses, no debug information */
#else
  .short 0x0302            /* executable, 32 bits, no debug information */
#endif
optional:
#ifdef __x86_64__
  .short 0x020b
#else
  .short 0x010b
#endif
  .byte 1, 0
  .long image_size - 0x200 /* code */
  .long 0, 0
  .long efi_main_offset
  .long 0x200
#ifdef __x86_64__
  .quad 0                  /* image base */
#else
  .long 0x200              /* data */
  .long 0                  /* image base */
#endif
  .long 0x200, 0x200       /* section and file alignment */
  .short 0, 0, 0, 0, 0, 0
  .long 0
  .long image_size
  .long 0x200              /* headers */
  .long 0                  /* checksum */
  .short 10                /* EFI application */
  .short 0
#ifdef __x86_64__
  .quad 0, 0, 0, 0
#else
  .long 0, 0, 0, 0
#endif
  .long 0
  .long 6                  /* directories, none of which holds anything */
  .skip 6 * 8
section:
  .ascii ".text\0\0\0"
  .long image_size - 0x200
  .long 0x200
  .long image_size - 0x200
  .long 0x200
  .long 0, 0
  .short 0, 0
  .long 0xe0000020         /* code, executable, readable, writable */
