; PAE paging without long mode: the pointer table's registers, pages above 4 GiB, no-execute. SDM vol. 3, 4.4.

bits 32
POINTERS        equ TABLES                      ; four entries
PAE_DIRECTORY   equ TABLES + 0x1000             ; 0 to 1 GiB
PAE_TABLE       equ TABLES + 0x2000             ; 4 to 6 MiB
OTHER_DIRECTORY equ TABLES + 0x3000             ; 1 to 2 GiB
SECOND_GIB      equ 0x40000000
PAE_TESTED      equ 0x400000                    ; its pages: absent, plain, no-execute, with a reserved bit, above 4 GiB

pae_tests:
        call clear_tables
        mov dword [POINTERS], PAE_DIRECTORY | 1
        mov dword [PAE_DIRECTORY], 0x87         ; 2 MiB at 0
        mov dword [PAE_DIRECTORY + 16], PAE_TABLE | 7
        mov dword [PAE_DIRECTORY + 24], 0x87
        mov dword [PAE_TABLE + 8], (DATA + 0x1000) | 7
        mov dword [PAE_TABLE + 16], (DATA + 0x2000) | 7
        mov dword [PAE_TABLE + 20], 0x80000000
        mov dword [PAE_TABLE + 24], DATA | 7
        mov dword [PAE_TABLE + 28], 0x40000000
        mov dword [OTHER_DIRECTORY], 0x87
        mov byte [DATA + 0x1000], 0xc3          ; RET
        mov byte [DATA + 0x2000], 0xc3
        mov dword [DATA + 0x1004], 0x600d600d
        mov eax, POINTERS
        mov cr3, eax
        mov eax, cr4
        and al, 0xef                            ; no PSE: PAE has large pages without it
        or al, 0x20
        mov cr4, eax
        mov ecx, EFER
        rdmsr
        or eax, 0x800                           ; NXE
        wrmsr
        mov eax, cr0
        or eax, 0x80010000
        mov cr0, eax
        tell 32, "PAE: a page in another place", [PAE_TESTED + 0x1004]
        try32 "read of a page that is not there"
        mov eax, [PAE_TESTED + 8]
        tried32
        try32 "write behind the directory's last entry"
        mov [0x3fe00000], eax
        tried32
        try32 "read where there is no directory"
        mov eax, [SECOND_GIB + SCRATCH]
        tried32
        try32 "call of a page"
        mov eax, PAE_TESTED + 0x1000
        call eax
        tried32
        try32 "call of a no-execute page"
        mov eax, PAE_TESTED + 0x2000
        call eax
        tried32
        try32 "page with a reserved bit"
        mov eax, [PAE_TESTED + 0x3000]
        tried32
        mov [0x600000 + SCRATCH], eax
        mov eax, [PAE_DIRECTORY + 24]
        tell 32, "large page after a write", eax
        try32 "MONITOR of a page that is not there"
        mov eax, PAE_TESTED
        xor ecx, ecx
        xor edx, edx
        monitor
        tried32
        mov dword [POINTERS + 8], OTHER_DIRECTORY | 1
        try32 "a pointer is not looked up before CR3 is loaded"
        mov eax, [SECOND_GIB + SCRATCH]
        tried32
        mov eax, cr3
        mov cr3, eax
        try32 "then it is"
        mov eax, [SECOND_GIB + SCRATCH]
        tried32
        mov dword [POINTERS + 16], OTHER_DIRECTORY | 3
        try32 "a pointer with a reserved bit"
        mov eax, cr3
        mov cr3, eax
        tried32
        mov eax, cr0
        and eax, 0x7ffeffff
        mov cr0, eax
        mov dword [POINTERS + 16], 0
        mov eax, cr4
        and al, 0xdf
        mov cr4, eax
        ret
