# Builds .efi programs, for the Makefiles of the images that have one: flags, and where the shared sources are.
OUT ?= .
SHARED = ../efi-hello
CFLAGS = -Os -std=c11 -ffreestanding -fpie -fvisibility=hidden -mgeneral-regs-only -fno-stack-protector -fno-asynchronous-unwind-tables \
  -fcf-protection=none -fno-ident -fno-strict-aliasing -fno-jump-tables -Wall -Wextra -Werror -I$(SHARED)
LDFLAGS = -nostdlib -static -Wl,--build-id=none -Wl,-T,$(SHARED)/efi.ld -Wl,-z,noexecstack -Wl,-e,efi_main
X64 = -m64 -march=x86-64 -mno-red-zone
IA32 = -m32 -march=i686
SOURCES = $(SHARED)/header.S $(SHARED)/efi.ld $(SHARED)/uefi.h ../efi.mk

$(OUT)/%-x64.efi: %.c $(SOURCES)
	gcc $(X64) $(CFLAGS) $(LDFLAGS) -Wl,--oformat=binary -o $@ $(SHARED)/header.S $<
	chmod -x $@

# The linker makes the offset table that 32-bit code refers to in ELF files only.
$(OUT)/%-ia32.efi: %.c $(SOURCES)
	gcc $(IA32) $(CFLAGS) $(LDFLAGS) -o $@.elf $(SHARED)/header.S $<
	objcopy -O binary $@.elf $@
	rm $@.elf
	chmod -x $@
