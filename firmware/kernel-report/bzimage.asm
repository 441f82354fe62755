; A Linux image (Documentation/x86/boot.rst, protocol 2.12) with all three entries. The 16-bit one does what setup code does: asks the BIOS for the
; memory map, and enters the protected-mode kernel.

cpu x64
org 0

LOAD            equ 0x100000
SETUP_SECTORS   equ 3
SETUP_BYTES     equ (SETUP_SECTORS + 1) * 512
CAN_USE_HEAP    equ 0x80
LOADED_HIGH     equ 1
XLF_KERNEL_64   equ 1

; The zero page, as far as it is read.
ZP_RSDP         equ 0x70
ZP_E820_COUNT   equ 0x1e8
ZP_RAMDISK      equ 0x218
ZP_RAMDISK_SIZE equ 0x21c
ZP_CMDLINE      equ 0x228
ZP_E820         equ 0x2d0
ZP_E820_MAX     equ 16

        times 0x1f1 - ($ - $$) db 0
        db SETUP_SECTORS
        dw 0                            ; root_flags
        dd (kernel_end - kernel) / 16   ; syssize
        dw 0                            ; ram_size
        dw 0xffff                       ; vid_mode
        dw 0                            ; root_dev
        dw 0xaa55
bits 16
        jmp short setup                 ; 200h: the 16-bit entry, and the header's length
header:
        db 'HdrS'
        dw 0x020c
        dd 0                            ; realmode_swtch
        dw 0                            ; start_sys_seg
        dw 0                            ; kernel_version
        db 0                            ; type_of_loader
        db LOADED_HIGH                  ; loadflags
        dw 0                            ; setup_move_size
        dd LOAD                         ; code32_start
        dd 0, 0                         ; ramdisk_image, ramdisk_size
        dd 0                            ; bootsect_kludge
        dw 0                            ; heap_end_ptr
        dw 0                            ; ext_loader_ver, ext_loader_type
        dd 0                            ; cmd_line_ptr
        dd 0x7fffffff                   ; initrd_addr_max
        dd 0x1000                       ; kernel_alignment
        db 0                            ; relocatable_kernel
        db 12                           ; min_alignment
        dw XLF_KERNEL_64                ; xloadflags
        dd 255                          ; cmdline_size
        dd 0                            ; hardware_subarch
        dq 0                            ; hardware_subarch_data
        dd 0, 0                         ; payload_offset, payload_length
        dq 0                            ; setup_data
        dq LOAD                         ; pref_address
        dd 0x4000                       ; init_size
        dd 0                            ; handover_offset

; Entered at 0020h past the loader's DS = ES = SS = FS = GS. The page that DS points to becomes the zero page.
setup:
        cld
        mov ax, ds
        mov es, ax
        movzx esp, sp
        mov byte [protocol16], 1
        mov byte [ZP_E820_COUNT], 0
        mov dword [ZP_RSDP], 0          ; code lies there until here: nothing of it is needed any more
        mov dword [ZP_RSDP + 4], 0
        xor ebx, ebx
        mov di, map
.range: mov eax, 0xe820
        mov edx, 0x534d4150             ; "SMAP"
        mov ecx, 20
        int 0x15
        jc .done
        cmp eax, 0x534d4150
        jne .done
        add di, 20
        inc byte [ZP_E820_COUNT]
        cmp byte [ZP_E820_COUNT], ZP_E820_MAX
        je .done
        test ebx, ebx
        jnz .range
.done:  cli
        xor eax, eax
        mov ax, ds
        shl eax, 4
        mov esi, eax                    ; linear address of this page
        lea ecx, [eax + gdt16]
        mov [gdt16_register + 2], ecx
        lgdt [gdt16_register]
        mov ecx, [0x214]                ; code32_start
        lea ebx, [eax + map]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        mov dx, 0x18
        mov ds, dx
        mov es, dx
        mov ss, dx
        mov ebp, 'rm16'                 ; the map lies at EBX, not in the zero page
        push dword 0x10
        push ecx
        o32 retf

protocol16:     db 0
align 8
gdt16:  dq 0, 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdt16_register:
        dw 31
        dd 0
align 4
map:    times 20 * ZP_E820_MAX db 0
        times SETUP_BYTES - ($ - $$) db 0

; The protected-mode kernel, at LOAD.
kernel:
section kernel32 vstart=LOAD follows=.text
bits 32
entry32:
        mov esp, stack_end
        mov dword [protocol], name32
        cmp ebp, 'rm16'
        jne found
        mov dword [protocol], name16
        jmp from_bios

        times 0x200 - ($ - $$) db 0
bits 64
entry64:
        mov esp, stack_end
        mov dword [abs protocol], name64
        lgdt [gdt32_register]
        mov ebp, esi
        push 0x10
        push leave64
        o64 retf
bits 32
leave64:
        mov dx, 0x18
        mov ds, dx
        mov es, dx
        mov ss, dx
        mov esi, ebp
        jmp found

; ESI: the zero page.
found:
        lea ebx, [esi + ZP_E820]
from_bios:
        mov [map_at], ebx
        movzx eax, byte [esi + ZP_E820_COUNT]
        mov [map_count], eax
        mov dword [map_stride], 20
        mov eax, [esi + ZP_CMDLINE]
        mov [cmdline], eax
        mov eax, [esi + ZP_RAMDISK]
        mov [ramdisk_at], eax
        mov eax, [esi + ZP_RAMDISK_SIZE]
        mov [ramdisk_bytes], eax
        mov eax, [esi + ZP_RSDP]
        mov [rsdp], eax
        jmp report

name16: db 'linux16', 0
name32: db 'linux32', 0
name64: db 'linux64', 0
align 8
gdt32:  dq 0, 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdt32_register:
        dw 31
        dq gdt32

%include "report.asm"

align 16, db 0
kernel_end_here:
stack_end       equ LOAD + 0x4000
kernel_end      equ kernel + (kernel_end_here - entry32)
