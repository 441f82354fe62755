; Long mode: four levels, no-execute, canonical addresses, 64-bit gates with IST, SYSCALL, SYSENTER, far transfers. SDM vol. 3, chapters 4 and 6.

bits 32
LEVEL4          equ TABLES
LEVEL3          equ TABLES + 0x1000
LEVEL2          equ TABLES + 0x2000
LEVEL1          equ TABLES + 0x3000             ; 2 to 4 MiB
TESTED64        equ 0x200000
NO_EXECUTE      equ 0x80000000                  ; of the upper half
EFER            equ 0xc0000080

long_tests:
        call clear_tables
        mov dword [LEVEL4], LEVEL3 | 7
        mov dword [LEVEL3], LEVEL2 | 7
        mov dword [LEVEL2], 0x87
        mov dword [LEVEL2 + 8], LEVEL1 | 7
        mov dword [LEVEL1], DATA | 7
        mov dword [LEVEL1 + 4], NO_EXECUTE
        mov dword [LEVEL1 + 8], (DATA + 0x1000) | 7
        mov dword [LEVEL1 + 16], (DATA + 0x2000) | 7
        mov dword [LEVEL1 + 20], 0x80000        ; above the physical addresses
        mov dword [LEVEL1 + 24], (DATA + 0x3000) | 3
        mov byte [DATA], 0xc3                   ; RET
        mov byte [DATA + 0x1000], 0xc3
        mov eax, LEVEL4
        mov cr3, eax
        mov eax, cr4
        or al, 0x20
        mov cr4, eax
        mov ecx, EFER
        rdmsr
        or eax, 0x901                           ; NXE LME SCE
        wrmsr
        mov eax, cr0
        or eax, 0x80000000
        mov cr0, eax
        mov edi, IDT                            ; 64-bit gates
        mov ebx, stubs64
        mov ecx, 0x81
.gate:  mov eax, ebx
        mov [edi], ax
        mov word [edi + 2], CODE64
        mov word [edi + 4], 0x8e00
        shr eax, 16
        mov [edi + 6], ax
        mov dword [edi + 8], 0
        mov dword [edi + 12], 0
        add edi, 16
        add ebx, 8
        loop .gate
        mov word [IDT + UNTIL * 16 + 4], 0xee00
        mov word [IDT + 3 * 16 + 4], 0x8e01     ; INT3 and #SS on IST1
        mov byte [IDT + 12 * 16 + 4], 1
        mov byte [IDT + 13 * 16 + 4], 1         ; and #GP
        mov edi, TSS_LONG
        xor eax, eax
        mov ecx, 26
        rep stosd
        mov dword [TSS_LONG + 4], RING0_STACK
        mov dword [TSS_LONG + 36], USER_STACK - 0x100
        mov word [TSS_LONG + 102], 104
        mov ax, LONG_TSS
        ltr ax
        lidt [idt_register64]
        try32 "compatibility mode: INT"
        ud2
        tried32
        jmp CODE64:in_long_mode

bits 64
in_long_mode:
        mov esp, STACK
        try64 "call of a page"
        mov eax, TESTED64 + 0x1000
        call rax
        tried64
        try64 "call of a no-execute page"
        mov eax, TESTED64
        call rax
        tried64
        try64 "write past what is mapped"
        mov eax, 0x600000
        mov [rax], eax
        tried64
        try64 "write in another top entry"
        mov rax, 0x8000000000
        mov [rax], eax
        tried64
        try64 "page above the physical addresses"
        mov eax, [TESTED64 + 0x2000]
        tried64
        try64 "read of a non-canonical address"
        mov rax, 0x800000000000
        mov eax, [rax]
        tried64
        try64 "read of one by RBP"
        mov rbp, 0x800000000000
        mov eax, [rbp]
        tried64
        try64 "read of one by RBP in FS"
        mov rbp, 0x8000000000001000
        mov eax, [fs:rbp]
        tried64
        try64 "jump to one"
        mov rax, 0x800000000000
        jmp rax
        tried64
        try64 "PUSH with a non-canonical RSP"
        mov rsp, 0x800000000010
        push rax
        tried64
        try64 "MSR that is not there"
        mov ecx, 0x12345678
        rdmsr
        tried64
        try64 "SYSENTER_EIP that is not canonical"
        mov ecx, 0x176
        xor eax, eax
        mov edx, 0x8000
        wrmsr
        tried64
        try64 "far call through what is no 64-bit gate"
        push qword CALL_GATE & ~3
        push qword 0
        call far [rsp]
        tried64
        try64 "IRET to a null stack at CPL 3"
        push qword 3
        push qword USER_STACK
        push qword 2
        push qword USER_CODE64
        push qword in_long_mode
        iretq
        tried64
        mov qword [SCRATCH + 0x28], 0
        try64 "INT3 on a stack of its own"
        int3
        tried64
        tell 64, "its RSP", [SCRATCH + 0x28]
        mov ecx, 0xc0000081
        xor eax, eax
        mov edx, ((USER32_LONG) << 16) | CODE64
        wrmsr
        mov ecx, 0xc0000082
        mov eax, system_call
        xor edx, edx
        wrmsr
        mov ecx, 0xc0000084
        mov eax, 0x400
        wrmsr
        try64 "SYSCALL from CPL 3"
        mov ecx, user_call
        mov r11d, 0x402
        mov esp, USER_STACK
        o64 sysret
        tried64
        mov ebx, [SCRATCH + 0x30]
        tell 64, "RCX less the caller's address", ebx
        tell 64, "R11", [SCRATCH + 0x34]
        tell 64, "flags in it", [SCRATCH + 0x38]
        tell 64, "CS in it", [SCRATCH + 0x3c]
        tell 64, "SS in it", [SCRATCH + 0x40]
        tell 64, "CS of the caller", [SCRATCH + 0x44]
        mov ecx, 0x174
        mov eax, CODE64
        xor edx, edx
        wrmsr
        mov ecx, 0x175
        mov eax, STACK
        wrmsr
        mov ecx, 0x176
        mov eax, fast_entry
        wrmsr
        try64 "SYSENTER and SYSEXIT to 64-bit mode"
        mov ecx, user_enters
        mov r11d, 2
        mov esp, USER_STACK
        o64 sysret
        tried64
        tell 64, "CS in it", [SCRATCH + 0x50]
        tell 64, "SS in it", [SCRATCH + 0x54]
        tell 64, "CS behind SYSEXIT", [SCRATCH + 0x60]
        tell 64, "SS behind it", [SCRATCH + 0x64]
        tell 64, "upper half of RSP behind it", [SCRATCH + 0x6c]
        try64 "SYSEXIT to an address that is not canonical"
        mov rdx, 0x800000000000
        mov ecx, USER_STACK
        o64 sysexit
        tried64
        try64 "SYSENTER with a null CS"
        mov ecx, 0x174
        xor eax, eax
        xor edx, edx
        wrmsr
        sysenter
        tried64
        try64 "far return to compatibility mode"
        push qword CODE32
        mov eax, compatible
        push rax
        o64 retf
bits 32
compatible:
        mov eax, 0x12345678
        inc eax                         ; 40h is no REX here
        mov [SCRATCH + 0x48], eax
        jmp CODE64:long_again
bits 64
long_again:
        tried64
        tell 64, "what it computed", [SCRATCH + 0x48]
        mov esi, finished
        call print64
        call line64
.stop:  hlt
        jmp .stop

finished db "the tests are done", 0

user_call:
        mov ax, cs
        mov [SCRATCH + 0x44], ax
        syscall
returned:
        int UNTIL
system_call:
        sub ecx, returned
        mov [SCRATCH + 0x30], ecx
        mov [SCRATCH + 0x34], r11d
        mov [SCRATCH + 0x3c], cs
        mov [SCRATCH + 0x40], ss
        mov esp, STACK - 0x200
        pushfq
        pop rax
        mov [SCRATCH + 0x38], eax
        mov ecx, returned
        o64 sysret
user_enters:
        mov rcx, 0x100000000 + USER_STACK
        mov edx, user_left
        sysenter
fast_entry:
        mov [SCRATCH + 0x50], cs
        mov [SCRATCH + 0x54], ss
        o64 sysexit
user_left:
        mov [SCRATCH + 0x60], cs
        mov [SCRATCH + 0x64], ss
        mov [SCRATCH + 0x68], rsp
        mov esp, USER_STACK
        int UNTIL

align 8
stubs64:
%rep 0x81
        call strict handle64
        times 3 nop
%endrep
handle64:
        mov [SCRATCH + 0x28], esp
        pop rax
        sub eax, stubs64 + 5
        shr eax, 3
        mov [VECTOR], eax
        cmp eax, 32
        jae .none
        mov edx, HAS_CODE
        bt edx, eax
        jnc .none
        pop rdx
        mov [ERROR], edx
.none:  mov rax, cr2
        mov [FAULT_CR2], eax
        mov ax, DATA32
        mov ss, ax
        mov ds, ax
        mov es, ax
        mov esp, [RESUME_SP]
        cld
        push qword 2
        popfq
        mov eax, [RESUME]
        cmp eax, in_long_mode
        jb .short
        jmp rax
.short: push qword CODE32       ; the one try in compatibility mode
        push rax
        o64 retf
