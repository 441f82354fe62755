echo Milepost starts Linux by its EFI stub
fs0:
cd EFI\linux
vmlinuz.efi initrd=\EFI\linux\initrd.img console=ttyS0,115200 quiet
