; 32-bit and PAE paging: rights, accessed and dirty bits, large pages, reserved bits. SDM vol. 3, chapter 4.

bits 32
DIRECTORY       equ TABLES
LOW_TABLE       equ TABLES + 0x1000     ; 0 to 4 MiB, for everyone
TEST_TABLE      equ TABLES + 0x2000     ; 4 to 8 MiB
TESTED          equ 0x400000            ; its pages: absent, read-only, supervisor's, plain
LARGE           equ 0x800000

clear_tables:
        mov edi, TABLES
        mov ecx, 0x4000
        xor eax, eax
        rep stosd
        ret

paging_tests:
        call clear_tables
        mov dword [DIRECTORY], LOW_TABLE | 7
        mov dword [DIRECTORY + 4], TEST_TABLE | 7
        mov dword [DIRECTORY + 8], 0x87         ; 4 MiB at 0
        mov edi, LOW_TABLE
        mov eax, 7
        mov ecx, 1024
.fill:  mov [edi], eax
        add edi, 4
        add eax, 0x1000
        loop .fill
        mov dword [TEST_TABLE + 4], DATA | 5
        mov dword [TEST_TABLE + 8], (DATA + 0x1000) | 3
        mov dword [TEST_TABLE + 12], (DATA + 0x2000) | 7
        mov eax, DIRECTORY
        mov cr3, eax
        mov eax, cr4
        or al, 0x10                             ; PSE
        mov cr4, eax
        mov eax, cr0
        or eax, 0x80000000
        mov cr0, eax
        try32 "read of a page that is not there"
        mov eax, [TESTED + 0x123]
        tried32
        try32 "write to it"
        mov [TESTED + 0x123], eax
        tried32
        try32 "write across the border to it"
        mov dword [TESTED - 2], 1
        tried32
        try32 "supervisor writes to a read-only page, CR0.WP off"
        mov [TESTED + 0x1000], eax
        tried32
        mov eax, cr0
        or eax, 0x10000
        mov cr0, eax
        try32 "CR0.WP on"
        mov [TESTED + 0x1000], eax
        tried32
        try32 "CPL 3 reads a read-only page"
        mov eax, .user1
        jmp to_user
.user1: mov eax, [TESTED + 0x1000]
        int UNTIL
        tried32
        try32 "CPL 3 writes to it"
        mov eax, .user2
        jmp to_user
.user2: mov [TESTED + 0x1000], eax
        tried32
        try32 "CPL 3 reads the supervisor's page"
        mov eax, .user3
        jmp to_user
.user3: mov eax, [TESTED + 0x2000]
        tried32
        try32 "CPL 3 writes to a page that is not there"
        mov eax, .user4
        jmp to_user
.user4: mov [TESTED], eax
        tried32
        mov eax, [TEST_TABLE + 12]
        tell 32, "entry before its use", eax
        mov eax, [TESTED + 0x3000]
        mov eax, [TEST_TABLE + 12]
        tell 32, "after a read", eax
        mov [TESTED + 0x3000], eax
        mov eax, [TEST_TABLE + 12]
        tell 32, "after a write", eax
        mov eax, [LARGE + SCRATCH]
        mov eax, [DIRECTORY + 8]
        tell 32, "large page after a read", eax
        mov [LARGE + SCRATCH], eax
        mov eax, [DIRECTORY + 8]
        tell 32, "after a write", eax
        mov dword [DIRECTORY + 8], 0x200087
        mov eax, cr3
        mov cr3, eax
        try32 "large page with a reserved bit"
        mov eax, [LARGE]
        tried32
        mov dword [TEST_TABLE + 12], 0
        try32 "an entry is cached until INVLPG"
        mov eax, [TESTED + 0x3000]
        invlpg [TESTED + 0x3000]
        mov eax, [TESTED + 0x3000]
        tried32
        mov eax, cr0
        and eax, 0x7ffeffff
        mov cr0, eax
        ret
