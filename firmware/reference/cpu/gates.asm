; Call gates, tasks, VM86. SDM vol. 3, 5.8, chapter 7, chapter 20.

bits 32
gate_tests:
        try32 "CPL 3: call gate with two parameters"
        mov eax, .user
        jmp to_user
.user:  push dword 0x1111
        push dword 0x2222
        call CALL_GATE:0
        mov [SCRATCH + 0x10], eax       ; back at CPL 3
        mov [SCRATCH + 0x14], esp
        mov [SCRATCH + 0x18], cs
        int UNTIL
        tried32
        tell 32, "the gate's parameters", [SCRATCH + 0x10]
        tell 32, "ESP after it", [SCRATCH + 0x14]
        tell 32, "CS in it", [SCRATCH + 0x1c]
        tell 32, "its ESP", [SCRATCH + 0x20]
        mov edi, TSS_SECOND
        mov ecx, 26
        xor eax, eax
        rep stosd
        mov dword [TSS_SECOND + 0x20], second_task
        mov dword [TSS_SECOND + 0x24], 2
        mov dword [TSS_SECOND + 0x38], USER_STACK
        mov dword [TSS_SECOND + 0x48], DATA32
        mov dword [TSS_SECOND + 0x4c], CODE32
        mov dword [TSS_SECOND + 0x50], DATA32
        mov dword [TSS_SECOND + 0x54], DATA32
        mov word [TSS_SECOND + 102], 104
        try32 "CALL of a task and IRET from it"
        call SECOND_TSS:0
        tried32
        tell 32, "its flags", [SCRATCH + 0x24]
        movzx eax, word [TSS_SECOND]
        tell 32, "its link", eax
        movzx eax, byte [GDT + FIRST_TSS + 5]
        tell 32, "type of the first TSS", eax
        movzx eax, byte [GDT + SECOND_TSS + 5]
        tell 32, "type of the second TSS", eax
        mov eax, cr0
        and eax, 8
        tell 32, "CR0.TS", eax
        clts
        try32 "CALL of the task that runs"
        call FIRST_TSS:0
        tried32
        mov dword [IDT + 0x20 * 8], SECOND_TSS << 16
        mov dword [IDT + 0x20 * 8 + 4], 0x8500
        mov dword [TSS_SECOND + 0x20], second_task
        try32 "INT through a task gate"
        int 0x20
        tried32
        clts
        mov word [TSS_SECOND + 102], 104
        try32 "VM86: INT with IOPL 0"
        mov eax, 0x20002
        call to_vm86
        tried32
        ret

; In the gate: CPL 0, parameters on the new stack.
gate_target:
        mov ax, DATA32
        mov ds, ax
        mov [SCRATCH + 0x1c], cs
        mov [SCRATCH + 0x20], esp
        mov eax, [esp + 8]
        shl eax, 16
        or eax, [esp + 12]
        mov cx, USER_DATA
        mov ds, cx
        retf 8

second_task:
        pushfd
        pop dword [SCRATCH + 0x24]
        iret

; Real-mode code `int 21h` at SCRATCH + 80h with EFLAGS EAX.
to_vm86:
        mov word [SCRATCH + 0x80], 0x21cd
        push dword 0
        push dword 0
        push dword 0
        push dword 0
        push dword 0
        push dword USER_STACK
        push eax
        push dword 0
        push dword SCRATCH + 0x80
        iret
