; SYSENTER and SYSEXIT in protected mode. SDM vol. 2.

bits 32
SYSENTER_CS     equ 0x174
SYSENTER_ESP    equ 0x175
SYSENTER_EIP    equ 0x176

%macro write_msr 2
        mov ecx, %1
        mov eax, %2
        xor edx, edx
        wrmsr
%endmacro

system_call_tests:
        write_msr SYSENTER_CS, CODE32
        write_msr SYSENTER_ESP, RING0_STACK - 0x80
        write_msr SYSENTER_EIP, .entry
        try32 "SYSENTER from CPL 3 and SYSEXIT"
        mov eax, .user
        jmp to_user
.user:  mov ecx, esp
        mov edx, .back
        stc
        sysenter
.entry: mov [SCRATCH + 0x50], cs                ; DS is still the caller's
        mov [SCRATCH + 0x54], ss
        mov [SCRATCH + 0x58], esp
        pushfd
        pop dword [SCRATCH + 0x5c]
        sub ecx, 0x10
        sysexit
.back:  mov [SCRATCH + 0x60], cs
        mov [SCRATCH + 0x64], ss
        mov [SCRATCH + 0x68], esp
        int UNTIL
        tried32
        tell 32, "CS in it", [SCRATCH + 0x50]
        tell 32, "SS in it", [SCRATCH + 0x54]
        tell 32, "ESP in it", [SCRATCH + 0x58]
        tell 32, "flags in it", [SCRATCH + 0x5c]
        tell 32, "CS behind SYSEXIT", [SCRATCH + 0x60]
        tell 32, "SS behind it", [SCRATCH + 0x64]
        tell 32, "ESP behind it", [SCRATCH + 0x68]
        try32 "CPL 3: SYSEXIT"
        mov eax, .user2
        jmp to_user
.user2: sysexit
        tried32
        write_msr SYSENTER_CS, 0
        try32 "SYSEXIT with a null CS"
        sysexit
        tried32
        ret
