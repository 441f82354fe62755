; Loads of segment registers and what segments forbid. SDM vol. 3, chapters 5 and 6.

bits 32
segment_tests:
        try32 "divide by 0"
        xor edx, edx
        xor ecx, ecx
        div ecx
        tried32
        try32 "BOUND"
        mov eax, 3
        mov dword [SCRATCH], 5
        mov dword [SCRATCH + 4], 9
        bound eax, [SCRATCH]
        tried32
        try32 "INTO"
        mov al, 0x7f
        inc al
        into
        tried32
        try32 "UD2"
        ud2
        tried32
        try32 "LOCK with a register"
        db 0xf0, 0x01, 0xc0
        tried32
        try32 "x87 with CR0.EM"
        mov eax, cr0
        or al, 4
        mov cr0, eax
        fninit
        tried32
        mov eax, cr0
        and al, 0xfb
        mov cr0, eax
        try32 "read by a null selector"
        xor eax, eax
        mov ds, ax
        mov eax, [0]
        tried32
        try32 "selector past the table"
        mov ax, 0xfff8
        mov es, ax
        tried32
        try32 "segment not present"
        mov ax, ABSENT_DATA
        mov es, ax
        tried32
        try32 "stack segment not present"
        mov ax, ABSENT_DATA
        mov ss, ax
        tried32
        try32 "stack segment of CPL 3"
        mov ax, USER_DATA
        mov ss, ax
        tried32
        try32 "null stack segment"
        xor eax, eax
        mov ss, ax
        tried32
        try32 "code segment as stack"
        mov ax, CODE32
        mov ss, ax
        tried32
        try32 "execute-only segment in DS"
        mov ax, EXECUTE_ONLY
        mov ds, ax
        tried32
        try32 "within the limit"
        mov ax, SMALL_DATA
        mov ds, ax
        mov eax, [0xfc]
        tried32
        try32 "across the limit"
        mov ax, SMALL_DATA
        mov ds, ax
        mov eax, [0xfd]
        tried32
        try32 "write to code"
        mov [cs:SCRATCH], eax
        tried32
        try32 "below an expand-down segment"
        mov ax, DOWN_DATA
        mov ds, ax
        mov eax, [0xffc]
        tried32
        try32 "in an expand-down segment"
        mov ax, DOWN_DATA
        mov ds, ax
        mov eax, [0x1000]
        tried32
        try32 "far jump to data"
        jmp DATA32:segment_tests
        tried32
        try32 "far jump to code of CPL 3"
        jmp (USER_CODE & ~3):segment_tests
        tried32
        try32 "far jump to code that is not there"
        jmp 0:segment_tests
        tried32
        try32 "INT past the table"
        int 0x81
        tried32
        try32 "CPL 3: HLT"
        mov eax, .halt
        jmp to_user
.halt:  hlt
        tried32
        try32 "CPL 3: OUT"
        mov eax, .out
        jmp to_user
.out:   out 0x80, al
        tried32
        try32 "CPL 3: INT through a gate of CPL 0"
        mov eax, .int
        jmp to_user
.int:   int 0x20
        tried32
        try32 "CPL 3: INT through its gate"
        mov eax, .gate
        jmp to_user
.gate:  int UNTIL
        tried32
        try32 "CPL 3: data of CPL 0"
        mov eax, .data
        jmp to_user
.data:  mov ax, DATA32
        mov ds, ax
        tried32
        mov ax, SMALL_DATA
        lar ebx, ax
        tell 32, "LAR", ebx
        mov ax, SMALL_DATA
        lsl ebx, ax
        tell 32, "LSL", ebx
        ret
