; Four processors: start-up, locked counters, the time stamp counters of all, MONITOR and MWAIT. SDM vol. 3, 9.1, 9.4, 9.10, 18.17.
; The others sleep until a task is in their mailbox and an interrupt comes.

PROCESSORS      equ 4
EACH            equ 2000                        ; of each counter, by each processor
ROUNDS          equ 12                          ; of the time stamp counters
SHARED          equ 0x5800                      ; what they share
STARTED         equ SHARED                      ; processors that came
STARTED_CS      equ SHARED + 4
STARTED_IDS     equ SHARED + 8
DONE            equ SHARED + 12                 ; processors whose task is done
MAILBOXES       equ SHARED + 16
COUNTS          equ SHARED + 32                 ; interrupts taken, by processor
NMIS            equ SHARED + 48
RING_LEFT       equ SHARED + 64
COUNTER         equ SHARED + 68
RETURNED        equ SHARED + 72
LOCK_WORD       equ SHARED + 76
GUARDED         equ SHARED + 80
TURN            equ SHARED + 84
LAST_TIME       equ SHARED + 88                 ; 64 bits
STEPS_BACK      equ SHARED + 96
READY           equ SHARED + 100
WOKEN           equ SHARED + 104
PASSES          equ SHARED + 108
WIDE_COUNTER    equ SHARED + 112                ; 64 bits
MONITORED       equ SHARED + 0x80               ; a line of its own
SHARED_BYTES    equ 0x100

APIC_ID         equ 0xfee00020
APIC_PRIORITY   equ 0xfee00080
APIC_EOI        equ 0xfee000b0
APIC_LOGICAL    equ 0xfee000d0
APIC_MODEL      equ 0xfee000e0
APIC_SPURIOUS   equ 0xfee000f0
APIC_COMMAND    equ 0xfee00300
APIC_TARGET     equ 0xfee00310
INIT_OTHERS     equ 0xc4500
START_OTHERS    equ 0xc4600

bits 16
trampoline:                                     ; at TRAMPOLINE
        cli
        mov ax, cs
        xor bx, bx
        mov ds, bx
        mov [STARTED_CS], ax
        mov bx, 0xf000
        mov ds, bx
        o32 lgdt [gdt_register - 0xf0000]
        o32 lidt [interrupt_register - 0xf0000]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp dword CODE32:processor
trampoline_end:

bits 32
processor:
        mov ax, DATA32
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov fs, ax
        mov gs, ax
        mov ebx, [APIC_ID]
        shr ebx, 24
        lea esp, [ebx + 1]
        shl esp, 12
        add esp, STACKS
        call own_apic
        lock or [STARTED_IDS], eax
        lock inc dword [STARTED]
.idle:  cli
        xor eax, eax
        xchg eax, [MAILBOXES + ebx * 4]
        test eax, eax
        jnz .task
        sti
        hlt
        jmp .idle
.task:  sti
        push ebx
        call eax
        pop ebx
        lock inc dword [DONE]
        jmp .idle

own_id: mov ebx, [APIC_ID]
        shr ebx, 24
        ret

; Switches the APIC of processor EBX on, with the logical id 1 << EBX, which is left in EAX.
own_apic:
        mov ecx, ebx
        mov eax, 1
        shl eax, cl
        mov edx, eax
        shl edx, 24
        mov dword [APIC_MODEL], 0xffffffff
        mov [APIC_LOGICAL], edx
        mov dword [APIC_SPURIOUS], 0x1ff
        ret

pause_a_while:
        mov ecx, 30000
.wait:  pause
        loop .wait
        ret

; Until [EAX] is at least EDX; gives up after a long time.
await:  mov ecx, 3000000
.wait:  cmp [eax], edx
        jae .come
        pause
        loop .wait
.come:  ret

; All processors run EAX, this one as well, and are done.
all_run:
        mov dword [DONE], 0
        mov [MAILBOXES + 4], eax
        mov [MAILBOXES + 8], eax
        mov [MAILBOXES + 12], eax
        push eax
        mov dword [APIC_COMMAND], TO_OTHERS | WAKE
        pop eax
        xor ebx, ebx
        call eax
        mov eax, DONE
        mov edx, PROCESSORS - 1
        jmp await

processor_tests:
        mov edi, SHARED
        mov ecx, SHARED_BYTES / 4
        xor eax, eax
        rep stosd
        call prepare_interrupts
        call own_id
        call own_apic
        mov dword [APIC_COMMAND], INIT_OTHERS
        call pause_a_while
        mov dword [APIC_COMMAND], START_OTHERS | (TRAMPOLINE >> 12)
        mov eax, STARTED
        mov edx, PROCESSORS - 1
        call await
        call pause_a_while
        tell 32, "processors that SIPI started", [STARTED]
        tell 32, "their CS", [STARTED_CS]
        tell 32, "their APIC IDs", [STARTED_IDS]
        sti
        call interrupt_tests
        mov eax, count_up
        call all_run
        tell 32, "LOCK XADD by all processors", [COUNTER]
        tell 32, "sum of what it returned", [RETURNED]
        tell 32, "LOCK CMPXCHG8B by all processors", [WIDE_COUNTER]
        tell 32, "its upper half", [WIDE_COUNTER + 4]
        tell 32, "increments under a lock by XCHG", [GUARDED]
        mov eax, compare_times
        call all_run
        tell 32, "time stamps earlier than another processor's", [STEPS_BACK]
        mov eax, wait_for_store
        call all_run
        tell 32, "processors that a store lets go on", [WOKEN]
        tell 32, "ends of MWAIT", [PASSES]
        cli
        mov dword [APIC_COMMAND], INIT_OTHERS
        lidt [idt_register]
        try32 "MONITOR with hints that are reserved"
        mov eax, MONITORED
        mov ecx, 1
        xor edx, edx
        monitor
        tried32
        try32 "MWAIT with hints that are reserved"
        mov eax, 0
        mov ecx, 2
        mwait
        tried32
        try32 "MWAIT without MONITOR"
        xor ecx, ecx
        mov dword [MONITORED], 0
        mov eax, MONITORED
        monitor
        mov dword [MONITORED], 1
        xor eax, eax
        mwait
        tried32
        try32 "CPL 3: MONITOR"
        mov eax, .user
        jmp to_user
.user:  xor ecx, ecx
        monitor
        tried32
        ret

; Three ways to count, in all processors at once.
count_up:
        mov esi, EACH
.add:   mov eax, 1
        lock xadd [COUNTER], eax
        lock add [RETURNED], eax
        mov eax, [WIDE_COUNTER]
        mov edx, [WIDE_COUNTER + 4]
.again: mov ebx, eax
        mov ecx, edx
        add ebx, 0x100000
        adc ecx, 0
        lock cmpxchg8b [WIDE_COUNTER]
        jne .again
.lock:  mov eax, 1
        xchg [LOCK_WORD], eax
        test eax, eax
        jz .mine
        pause
        jmp .lock
.mine:  mov eax, [GUARDED]
        inc eax
        mov [GUARDED], eax
        mov dword [LOCK_WORD], 0
        dec esi
        jnz .add
        ret

; In turn, each reads its time stamp and compares it with that of the one before.
compare_times:
        mov esi, ROUNDS
.turn:  cmp [TURN], ebx
        je .mine
        pause
        jmp .turn
.mine:  rdtsc
        cmp edx, [LAST_TIME + 4]
        ja .later
        jb .back
        cmp eax, [LAST_TIME]
        jae .later
.back:  inc dword [STEPS_BACK]
.later: mov [LAST_TIME], eax
        mov [LAST_TIME + 4], edx
        lea eax, [ebx + 1]
        and eax, PROCESSORS - 1
        mov [TURN], eax
        dec esi
        jnz .turn
        ret

; The first processor stores to a line that the others have armed.
wait_for_store:
        test ebx, ebx
        jz .first
        cli
        mov esi, 1
.arm:   mov eax, MONITORED
        xor ecx, ecx
        xor edx, edx
        monitor
        cmp dword [MONITORED], 0
        jne .go
        lock add [READY], esi
        xor esi, esi
        xor eax, eax
        mwait
        lock inc dword [PASSES]
        jmp .arm
.go:    lock inc dword [WOKEN]
        ret
.first: mov eax, READY
        mov edx, PROCESSORS - 1
        call await
        call pause_a_while
        mov dword [MONITORED], 1
        mov eax, WOKEN
        mov edx, PROCESSORS - 1
        jmp await
