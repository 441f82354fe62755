; Option ROM that starts a Linux kernel out of the firmware configuration device (QEMU: docs/specs/fw_cfg), by its 16-bit entry. Firmware finds the
; boot entry vector in the Plug and Play header (Plug and Play BIOS specification 1.0A, 3.2) and calls it as the device to boot from.
;
; The device says where setup code, command line, kernel and RAM disk belong, and gives their bytes: by DMA when it can, else byte by byte. Most of
; that is above 1 MiB, so the copying is done in 32-bit protected mode, over a descriptor table that lies in conventional memory.

cpu 686
bits 16
org 0

SELECTOR        equ 0x510
DATA            equ 0x511
DMA_HIGH        equ 0x514
DMA_LOW         equ 0x518
DMA_READ        equ 2
DMA_SELECT      equ 8
DMA_ERROR       equ 1

KEY_ID          equ 0x01
ID_DMA          equ 2
KERNEL_ADDRESS  equ 0x07
KERNEL_SIZE     equ 0x08
KERNEL_DATA     equ 0x11
INITRD_ADDRESS  equ 0x0a
INITRD_SIZE     equ 0x0b
INITRD_DATA     equ 0x12
CMDLINE_ADDRESS equ 0x13
CMDLINE_SIZE    equ 0x14
CMDLINE_DATA    equ 0x15
SETUP_ADDRESS   equ 0x16
SETUP_SIZE      equ 0x17
SETUP_DATA      equ 0x18

; Conventional memory that nothing uses while a boot device is tried.
WORK            equ 0x7c00
GDT             equ WORK                ; null, 32-bit code, flat data, 16-bit code, 16-bit data
GDT_BYTES       equ 40
GDT_REGISTER    equ WORK + 40
DMA             equ WORK + 48           ; control, length, address: big-endian
HAS_DMA         equ WORK + 64
CODE32          equ 0x08
FLAT            equ 0x10
CODE16          equ 0x18
DATA16          equ 0x20

SETUP_ENTRY     equ 0x20                ; paragraphs behind the setup code's first byte
STACK_ROOM      equ 16

        db 0x55, 0xaa, ROM_BYTES / 512
        jmp near initialise
        times 0x18 - ($ - $$) db 0
        dw 0                            ; no PCI data structure
        dw pnp
pnp:    db '$PnP', 1, 2
        dw 0                            ; no further header
        db 0
        db pnp_sum                      ; makes the bytes of this header sum up to 0
        dd 0
        dw maker, product
        db 0, 0, 0                      ; class
        db 0x64                         ; a boot device; may be shadowed and cached
        dw 0, 0, boot                   ; connection, disconnection and boot entry vector
        dw 0, 0

%define low(x)  ((x - $$) & 0xff)
%define high(x) ((x - $$) >> 8)
pnp_sum equ -('$' + 'P' + 'n' + 'P' + 1 + 2 + 0x64 + low(maker) + high(maker) + low(product) + high(product) + low(boot) + high(boot)) & 0xff

maker:  db 'Milepost', 0
product: db 'linuxboot', 0

; AX bit 5: a boot device is there.
initialise:
        mov ax, 0x20
        retf

boot:
        cli
        cld
        xor ax, ax
        mov ds, ax
        mov ss, ax                      ; its base is the same in both modes
        mov sp, WORK
        mov ax, SETUP_SIZE
        call read16
        test eax, eax
        jnz .kernel
        sti
        int 0x18                        ; nothing to boot here
.kernel:
        mov al, ID_DMA
        push ax
        mov ax, KEY_ID
        call read16
        pop bx
        and al, bl
        mov [HAS_DMA], al
        in al, 0x92                     ; A20, without a reset
        and al, 0xfe
        or al, 2
        out 0x92, al

        ; Code segments begin where this ROM lies.
        xor eax, eax
        mov ax, cs
        mov bx, ax
        shl eax, 4
        mov dword [GDT], 0
        mov dword [GDT + 4], 0
        mov ecx, 0x0040_9b00            ; 32-bit code
        mov di, GDT + CODE32
        call describe
        mov ecx, 0x0000_9b00            ; 16-bit code
        mov di, GDT + CODE16
        call describe
        mov dword [GDT + FLAT], 0x0000_ffff
        mov dword [GDT + FLAT + 4], 0x00cf_9300
        mov dword [GDT + DATA16], 0x0000_ffff
        mov dword [GDT + DATA16 + 4], 0x0000_9300
        mov word [GDT_REGISTER], GDT_BYTES - 1
        mov dword [GDT_REGISTER + 2], GDT
        lgdt [GDT_REGISTER]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp CODE32:copy

; 64 KiB at EAX with the attributes in ECX, as the descriptor at DI.
describe:
        mov edx, eax
        shl edx, 16
        mov dx, 0xffff
        mov [di], edx
        mov edx, eax
        shr edx, 16
        mov dh, 0
        or ecx, edx
        mov [di + 4], ecx
        ret

; The 32-bit number of item AX, in EAX.
read16:
        mov dx, SELECTOR
        out dx, ax
        inc dx
        mov cx, 4
.byte:  in al, dx
        ror eax, 8
        loop .byte
        ret

bits 32
; BX: the ROM's segment.
copy:
        mov dx, FLAT
        mov ds, dx
        mov es, dx
        mov esi, items
.next:  push esi
        call item
        pop esi
        add esi, 3
        cmp esi, items_end
        jb .next
        mov eax, SETUP_ADDRESS
        call read32
        mov esi, eax
        mov eax, CMDLINE_ADDRESS
        call read32
        sub eax, esi
        sub eax, STACK_ROOM             ; the setup code's stack and heap end below the command line
        mov edi, eax
        jmp CODE16:back

items:  db SETUP_ADDRESS, SETUP_SIZE, SETUP_DATA
        db CMDLINE_ADDRESS, CMDLINE_SIZE, CMDLINE_DATA
        db KERNEL_ADDRESS, KERNEL_SIZE, KERNEL_DATA
        db INITRD_ADDRESS, INITRD_SIZE, INITRD_DATA
items_end:

; Copies what the three keys at CS:ESI stand for.
item:
        movzx eax, byte [cs:esi]
        call read32
        mov edi, eax
        movzx eax, byte [cs:esi + 1]
        call read32
        mov ecx, eax
        jecxz .done
        movzx eax, byte [cs:esi + 2]
        cmp byte [HAS_DMA], 0
        jne .dma
        mov edx, SELECTOR
        out dx, ax
        inc edx
        rep insb
.done:  ret
.dma:   shl eax, 16
        mov al, DMA_SELECT | DMA_READ
        bswap eax
        mov [DMA], eax
        bswap ecx
        mov [DMA + 4], ecx
        mov dword [DMA + 8], 0
        bswap edi
        mov [DMA + 12], edi
        xor eax, eax
        mov edx, DMA_HIGH
        out dx, eax
        mov eax, DMA
        bswap eax
        mov edx, DMA_LOW
        out dx, eax
.wait:  mov eax, [DMA]
        bswap eax
        and eax, ~DMA_ERROR
        jnz .wait
        ret

; The number of item AX, in EAX.
read32:
        push ecx
        mov edx, SELECTOR
        out dx, ax
        inc edx
        mov ecx, 4
.byte:  in al, dx
        ror eax, 8
        loop .byte
        pop ecx
        ret

bits 16
; EBX: the ROM's segment, ESI: where the setup code lies, EDI: its stack pointer.
back:
        mov dx, DATA16
        mov ds, dx
        mov es, dx
        mov ss, dx
        mov fs, dx
        mov gs, dx
        mov eax, cr0
        and al, 0xfe
        mov cr0, eax
        push bx
        push real
        retf
real:
        shr esi, 4
        mov ds, si
        mov es, si
        mov fs, si
        mov gs, si
        mov ss, si
        mov esp, edi
        add si, SETUP_ENTRY
        push si
        push word 0
        retf

        db 0                            ; the Makefile makes all bytes sum up to 0 by the last one
ROM_BYTES equ 1024
        times ROM_BYTES - ($ - $$) db 0
