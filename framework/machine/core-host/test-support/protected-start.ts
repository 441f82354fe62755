/** Real mode at 1000h to flat 32-bit protected mode with paging, then JMP 2000h.
 *
 * 4 MiB are mapped one to one, supervisor, writable but for the page at 301000h; CR0.WP is set. Gates 0-31 lead to stubs; the
 * handler writes a record of 32 bytes at EDI (from 30000h on: vector, four dwords of the frame, CR2, ESP) and goes on at
 * [1FF0h] with ESP = 7000h. Selectors: 08h/10h flat code/data DPL 0, 18h/20h DPL 3, 28h/30h data not present, 38h data with a
 * limit of FFFh.
 */
export const PROTECTED_START = `
  31c0  xor ax, ax
  8ed8  mov ds, ax
  8ec0  mov es, ax
  0f01160111  lgdt [gdtr]
  0f011e0711  lidt [idtr]
  0f20c0  mov eax, cr0
  0c01  or al, 1
  0f22c0  mov cr0, eax
  ea1d100800  jmp 0x08:protected
protected:
  66b81000  mov ax, 0x10
  8ed8  mov ds, ax
  8ec0  mov es, ax
  8ed0  mov ss, ax
  bc00700000  mov esp, 0x7000
  bf00000200  mov edi, 0x20000
  b900040000  mov ecx, 1024
  b803000000  mov eax, 3
fill:
  ab  stosd
  0500100000  add eax, 0x1000
  e2f8  loop fill
  c705040c020001103000  mov dword [0x20c04], 0x301001
  c7050010020003000200  mov dword [0x21000], 0x20003
  b800100200  mov eax, 0x21000
  0f22d8  mov cr3, eax
  0f20c0  mov eax, cr0
  0d00000180  or eax, 0x80010000
  0f22c0  mov cr0, eax
  31c9  xor ecx, ecx
gates:
  8d04cd00900000  lea eax, [ecx*8+0x9000]
  c6006a  mov byte [eax], 0x6a
  884801  mov [eax+1], cl
  c64002e9  mov byte [eax+2], 0xe9
  8d5807  lea ebx, [eax+7]
  bac7100000  mov edx, handler
  29da  sub edx, ebx
  895003  mov [eax+3], edx
  668904cd00800000  mov [0x8000+ecx*8], ax
  66c704cd028000000800  mov word [0x8002+ecx*8], 8
  66c704cd04800000008e  mov word [0x8004+ecx*8], 0x8e00
  66c704cd068000000000  mov word [0x8006+ecx*8], 0
  41  inc ecx
  83f920  cmp ecx, 32
  75b6  jne gates
  c60525800000ee  mov byte [0x8025], 0xee
  bf00000300  mov edi, 0x30000
  e9390f0000  jmp 0x2000
handler:
  66b81000  mov ax, 0x10
  8ed8  mov ds, ax
  8f07  pop dword [edi]
  8b0424  mov eax, [esp]
  894704  mov [edi+4], eax
  8b442404  mov eax, [esp+4]
  894708  mov [edi+8], eax
  8b442408  mov eax, [esp+8]
  89470c  mov [edi+12], eax
  8b44240c  mov eax, [esp+12]
  894710  mov [edi+16], eax
  0f20d0  mov eax, cr2
  894714  mov [edi+20], eax
  896718  mov [edi+24], esp
  83c720  add edi, 32
  bc00700000  mov esp, 0x7000
  ff25f01f0000  jmp [0x1ff0]
gdtr:
  3f00  dw 0x3f
  0d110000  dd gdt
idtr:
  ff00  dw 0xff
  00800000  dd 0x8000
gdt:
  0000000000000000  dq 0
  ffff0000009bcf00  dq 0x00cf9b000000ffff
  ffff00000093cf00  dq 0x00cf93000000ffff
  ffff000000fbcf00  dq 0x00cffb000000ffff
  ffff000000f3cf00  dq 0x00cff3000000ffff
  ffff00000013cf00  dq 0x00cf13000000ffff
  ffff00000013cf00  dq 0x00cf13000000ffff
  ff0f000000934000  dq 0x0040930000000fff
`;
