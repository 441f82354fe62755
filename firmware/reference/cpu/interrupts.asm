; Interprocessor interrupts: destinations, priorities, NMI, INIT. SDM vol. 3, 11.6 to 11.8. Counts are told a byte a processor, the first lowest.

bits 32
INTERRUPT_TABLE equ 0x5000                      ; 256 gates
COUNTED         equ 0x40
PASSED_ON       equ 0x42
WAKE            equ 0x43
NMI             equ 2
TO_SELF         equ 0x44000
TO_ALL          equ 0x84000
TO_OTHERS       equ 0xc4000
LOGICAL         equ 0x800
LOWEST          equ 0x100
AROUND          equ 100

interrupt_register:
        dw 0x7ff
        dd INTERRUPT_TABLE, 0

; The 8259As are masked.
prepare_interrupts:
        mov al, 0xff
        out 0x21, al
        out 0xa1, al
        mov edi, INTERRUPT_TABLE
        mov ecx, 256
.gate:  mov eax, ignored
        call gate
        loop .gate
        mov edi, INTERRUPT_TABLE + COUNTED * 8
        mov eax, counted
        call gate
        mov edi, INTERRUPT_TABLE + PASSED_ON * 8
        mov eax, passed_on
        call gate
        mov edi, INTERRUPT_TABLE + WAKE * 8
        mov eax, wake
        call gate
        mov edi, INTERRUPT_TABLE + NMI * 8
        mov eax, non_maskable
        call gate
        lidt [interrupt_register]
        ret

; A gate at EDI for EAX.
gate:   mov [edi], ax
        mov word [edi + 2], CODE32
        mov word [edi + 4], 0x8e00
        shr eax, 16
        mov [edi + 6], ax
        add edi, 8
        ret

ignored:
        iret
wake:   mov dword [APIC_EOI], 0
        iret
counted:
        push ebx
        call own_id
        lock inc dword [COUNTS + ebx * 4]
        mov dword [APIC_EOI], 0
        pop ebx
        iret
non_maskable:
        push ebx
        call own_id
        lock inc dword [NMIS + ebx * 4]
        pop ebx
        iret
passed_on:                                      ; to the next processor, until RING_LEFT is used up
        push ebx
        call own_id
        lock inc dword [COUNTS + ebx * 4]
        mov dword [APIC_EOI], 0
        dec dword [RING_LEFT]
        jz .end
        inc ebx
        and ebx, PROCESSORS - 1
        shl ebx, 24
        mov [APIC_TARGET], ebx
        mov dword [APIC_COMMAND], 0x4000 | PASSED_ON
.end:   pop ebx
        iret

; Sends EAX to the APICs EDX, leaves the counts at ESI in EBX, and clears them.
sent:   shl edx, 24
        mov [APIC_TARGET], edx
        mov [APIC_COMMAND], eax
        call pause_a_while
counts: xor ebx, ebx
        mov ecx, PROCESSORS
.next:  shl ebx, 8
        or bl, [esi + ecx * 4 - 4]
        mov dword [esi + ecx * 4 - 4], 0
        loop .next
        ret

%macro send 3-4 COUNTS                          ; "what", command, APICs
        mov eax, %2
        mov edx, %3
        mov esi, %4
        call sent
        tell 32, %1, ebx
%endmacro

interrupt_tests:
        send "interrupt to processor 2", 0x4000 | COUNTED, 2
        send "to itself", TO_SELF | COUNTED, 0
        send "to all", TO_ALL | COUNTED, 0
        send "to all others", TO_OTHERS | COUNTED, 0
        send "to APIC ID ff", 0x4000 | COUNTED, 0xff
        send "to an APIC ID that nobody has", 0x4000 | COUNTED, 0x7e
        send "logical, flat, to 1 and 3", 0x4000 | LOGICAL | COUNTED, 0xa
        mov dword [APIC_PRIORITY], 0x20
        send "lowest priority, of all, this one's being higher", 0x4000 | LOGICAL | LOWEST | COUNTED, 0xf
        mov dword [APIC_PRIORITY], 0
        mov eax, into_clusters
        call all_run
        send "logical, clusters, to the first of the second", 0x4000 | LOGICAL | COUNTED, 0x21
        send "to both of the first", 0x4000 | LOGICAL | COUNTED, 0x13
        send "to all of all clusters", 0x4000 | LOGICAL | COUNTED, 0xff
        send "NMI to processor 1", 0x4400, 1, NMIS
        send "NMI to all others", TO_OTHERS | 0x400, 0, NMIS
        mov dword [APIC_PRIORITY], 0x50
        send "to itself, below its task priority", TO_SELF | COUNTED, 0
        mov dword [APIC_PRIORITY], 0
        mov esi, COUNTS
        call pause_a_while
        call counts
        tell 32, "once that has fallen", ebx
        cli
        send "to itself, with IF off", TO_SELF | COUNTED, 0
        sti
        nop
        mov esi, COUNTS
        call counts
        tell 32, "then with IF on", ebx
        mov dword [RING_LEFT], AROUND
        mov dword [APIC_TARGET], 0x1000000
        mov dword [APIC_COMMAND], 0x4000 | PASSED_ON
        mov ecx, 3000000
.ring:  cmp dword [RING_LEFT], 0
        je .come
        pause
        loop .ring
.come:  mov esi, COUNTS
        call counts
        tell 32, "around the ring of processors", ebx
        mov eax, 0x4500
        mov edx, 3
        mov esi, COUNTS
        call sent
        send "to all, one waiting for SIPI", TO_ALL | COUNTED, 0
        mov dword [APIC_TARGET], 0x3000000
        mov dword [APIC_COMMAND], 0x4600 | (TRAMPOLINE >> 12)
        mov eax, STARTED
        mov edx, PROCESSORS
        call await
        call pause_a_while
        send "to all, once it has come", TO_ALL | COUNTED, 0
        ret

; Two processors a cluster: 1 and 2 of cluster 1, 1 and 2 of cluster 2.
into_clusters:
        mov ecx, ebx
        and ecx, 1
        mov eax, 1
        shl eax, cl
        shr ebx, 1
        inc ebx
        shl ebx, 4
        or eax, ebx
        shl eax, 24
        mov dword [APIC_MODEL], 0x0fffffff
        mov [APIC_LOGICAL], eax
        ret
