; A 32-bit ELF kernel that declares three protocols: PVH by its Xen note, Multiboot (0.6.96) and Multiboot 2 by their headers. What is in the
; registers at the entry tells which of them it was.

cpu 686
bits 32
LOAD            equ 0x100000
org LOAD

MEMORY_BYTES    equ 0x4000
MB1_MAGIC       equ 0x1badb002
MB1_FLAGS       equ 3                   ; modules at pages, memory map
MB2_MAGIC       equ 0xe85250d6

file:
        db 0x7f, 'ELF', 1, 1, 1
        times 9 db 0
        dw 2, 3                         ; executable, i386
        dd 1, multiboot_entry
        dd headers - file, 0, 0
        dw 52, 32, 2, 0, 0, 0
headers:
        dd 1, 0, LOAD, LOAD, file_end - file, MEMORY_BYTES, 7, 0x1000
        dd 4, note - file, note, note, note_end - note, note_end - note, 4, 4
align 4
note:   dd 4, 4, 18                     ; XEN_ELFNOTE_PHYS32_ENTRY
        db 'Xen', 0
        dd pvh_entry
note_end:

align 4
        dd MB1_MAGIC, MB1_FLAGS, -(MB1_MAGIC + MB1_FLAGS)

align 8
mb2:    dd MB2_MAGIC, 0, mb2_end - mb2, -(MB2_MAGIC + mb2_end - mb2)
        dw 1, 0                         ; information request: memory map, command line, modules
        dd 20, 6, 1, 3
        dd 0
        dw 0, 0                         ; the end
        dd 8
mb2_end:

stack_end       equ LOAD + MEMORY_BYTES

multiboot_entry:
        mov esp, stack_end
        cmp eax, 0x2badb002
        je multiboot1
        cmp eax, 0x36d76289
        je multiboot2
        jmp report

; EBX: the information structure.
multiboot1:
        mov dword [protocol], name1
        mov eax, [ebx + 16]
        mov [cmdline], eax
        cmp dword [ebx + 20], 0
        je .no_module
        mov esi, [ebx + 24]
        mov eax, [esi]
        mov [ramdisk_at], eax
        neg eax
        add eax, [esi + 4]
        mov [ramdisk_bytes], eax
.no_module:
        mov esi, [ebx + 48]
        mov ecx, [esi]
        add ecx, 4
        mov [map_stride], ecx
        mov eax, [ebx + 44]
        xor edx, edx
        div ecx
        mov [map_count], eax
        add esi, 4
        mov [map_at], esi
        jmp report

; EBX: the list of tags.
multiboot2:
        mov dword [protocol], name2
        lea esi, [ebx + 8]
.tag:   mov eax, [esi]
        test eax, eax
        jz report
        cmp eax, 1
        je .cmdline
        cmp eax, 3
        je .module
        cmp eax, 6
        je .map
        cmp eax, 14
        je .rsdp
        cmp eax, 15
        je .rsdp
.next:  mov eax, [esi + 4]
        add eax, 7
        and eax, ~7
        add esi, eax
        jmp .tag
.cmdline:
        lea eax, [esi + 8]
        mov [cmdline], eax
        jmp .next
.module:
        mov eax, [esi + 8]
        mov [ramdisk_at], eax
        neg eax
        add eax, [esi + 12]
        mov [ramdisk_bytes], eax
        jmp .next
.map:   lea eax, [esi + 16]
        mov [map_at], eax
        mov eax, [esi + 4]
        sub eax, 16
        xor edx, edx
        mov ecx, [esi + 8]
        mov [map_stride], ecx
        div ecx
        mov [map_count], eax
        jmp .next
.rsdp:  lea eax, [esi + 8]
        mov [rsdp], eax
        jmp .next

; EBX: hvm_start_info.
pvh_entry:
        mov esp, stack_end
        cmp dword [ebx], 0x336ec578
        jne report
        mov dword [protocol], name_pvh
        mov eax, [ebx + 24]
        mov [cmdline], eax
        mov eax, [ebx + 32]
        mov [rsdp], eax
        mov eax, [ebx + 40]
        mov [map_at], eax
        mov eax, [ebx + 48]
        mov [map_count], eax
        mov dword [map_stride], 24
        cmp dword [ebx + 12], 0
        je report
        mov esi, [ebx + 16]
        mov eax, [esi]
        mov [ramdisk_at], eax
        mov eax, [esi + 8]
        mov [ramdisk_bytes], eax
        jmp report

name1:  db 'multiboot', 0
name2:  db 'multiboot2', 0
name_pvh: db 'pvh', 0

%include "report.asm"
file_end:
