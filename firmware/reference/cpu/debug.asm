; Debug registers and single steps. SDM vol. 3, chapter 17.

bits 32
debug_tests:
        xor eax, eax
        mov dr6, eax
        mov eax, SCRATCH + 0x40
        mov dr0, eax
        mov eax, 0x000d0001             ; DR0: four bytes, written
        mov dr7, eax
        try32 "write to a watched place"
        mov dword [SCRATCH + 0x40], 1
        tried32
        mov ebx, dr6
        tell 32, "DR6", ebx
        try32 "read of it"
        mov eax, [SCRATCH + 0x40]
        tried32
        mov eax, .stop
        mov dr1, eax
        xor eax, eax
        mov dr6, eax
        mov eax, 4                      ; DR1: executed
        mov dr7, eax
        try32 "execution of a watched place"
        nop
.stop:  nop
        tried32
        mov ebx, dr6
        tell 32, "DR6", ebx
        xor eax, eax
        mov dr6, eax
        mov dr7, eax
        try32 "single step"
        push dword 0x102
        popfd
        nop
        tried32
        mov ebx, dr6
        tell 32, "DR6", ebx
        xor eax, eax
        mov dr6, eax
        mov eax, 0x2000
        mov dr7, eax
        try32 "debug register with DR7.GD"
        mov eax, dr0
        tried32
        mov ebx, dr6
        tell 32, "DR6", ebx
        xor eax, eax
        mov dr7, eax
        try32 "DR4 with CR4.DE"
        mov eax, cr4
        or al, 8
        mov cr4, eax
        mov eax, dr4
        tried32
        try32 "INT3"
        int3
        tried32
        ret
