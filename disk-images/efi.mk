# Builds an .efi program, for the Makefiles of the images that have one: flags, and where the shared sources are.
OUT ?= .
SHARED = ../efi-hello
CFLAGS = -m64 -march=x86-64 -Os -std=c11 -ffreestanding -fpie -fvisibility=hidden -mno-red-zone -mgeneral-regs-only -fno-stack-protector -fno-asynchronous-unwind-tables \
  -fcf-protection=none -fno-ident -fno-strict-aliasing -fno-jump-tables -Wall -Wextra -Werror -I$(SHARED)
LDFLAGS = -m64 -nostdlib -static -Wl,--build-id=none -Wl,-T,$(SHARED)/efi.ld -Wl,--oformat=binary -Wl,-z,noexecstack -Wl,-e,efi_main

$(OUT)/%-x64.efi: %.c $(SHARED)/header.S $(SHARED)/efi.ld $(SHARED)/uefi.h ../efi.mk
	gcc $(CFLAGS) $(LDFLAGS) -o $@ $(SHARED)/header.S $<
	chmod -x $@
