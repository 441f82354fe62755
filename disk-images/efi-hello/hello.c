/* Says what firmware hands over: its name, the configuration table, ACPI's tables with their checksums, and SMBIOS' system. */
#include "uefi.h"

static struct text_output *out;

static void print(const char *text) {
  u16 wide[100];
  unsigned n = 0;
  while (*text && n < 99) wide[n++] = (u8)*text++;
  wide[n] = 0;
  out->output_string(out, wide);
}

static void print_part(const u8 *text, unsigned length) {
  char part[65];
  unsigned n = 0;
  while (n < length && n < 64 && text[n]) {
    part[n] = (char)text[n];
    n++;
  }
  part[n] = 0;
  print(part);
}

static void print_number(u32 value) {
  char digits[24];
  unsigned at = 23;
  digits[at] = 0;
  do {
    digits[--at] = (char)('0' + value % 10);
    value /= 10;
  } while (value);
  print(digits + at);
}

static u64 read(const u8 *at, unsigned bytes) {
  u64 value = 0;
  while (bytes--) value = value << 8 | at[bytes];
  return value;
}

static u8 sum(const u8 *at, unsigned bytes) {
  u8 total = 0;
  while (bytes--) total = (u8)(total + *at++);
  return total;
}

static int is(const struct guid *guid, u32 a, u16 b, u16 c, u64 d) {
  return guid->a == a && guid->b == b && guid->c == c && read(guid->d, 8) == d;
}

static void acpi_table(const u8 *table) {
  print(" ");
  print_part(table, 4);
  if (sum(table, (u32)read(table + 4, 4))) print("(bad checksum)");
}

static void acpi(const u8 *rsdp) {
  int extended = rsdp[15] >= 2;
  const u8 *root = (const u8 *)(unsigned long)(extended ? read(rsdp + 24, 8) : read(rsdp + 16, 4));
  unsigned step = extended ? 8 : 4;
  print("acpi:");
  if (sum(rsdp, 20)) print(" RSDP(bad checksum)");
  acpi_table(root);
  for (const u8 *at = root + 36; at < root + read(root + 4, 4); at += step) acpi_table((const u8 *)(unsigned long)read(at, step));
  print("\r\n");
}

static const u8 *next_structure(const u8 *at) {
  for (at += at[1]; at[0] || at[1]; at++) continue;
  return at + 2;
}

static void smbios_string(const u8 *structure, u8 number) {
  const u8 *text = structure + structure[1];
  if (!number) return;
  while (--number) {
    while (*text) text++;
    text++;
  }
  print(" ");
  print_part(text, 64);
}

static void smbios(const u8 *entry) {
  const u8 *at = (const u8 *)(unsigned long)read(entry + 24, 4);
  u64 count = read(entry + 28, 2);
  print("smbios: ");
  print_number((u32)count);
  print(" structures, system");
  for (; count; count--, at = next_structure(at)) {
    if (at[0] != 1) continue;
    smbios_string(at, at[4]);
    smbios_string(at, at[5]);
  }
  print("\r\n");
}

status EFIAPI efi_main(handle image, struct system_table *system) {
  (void)image;
  out = system->console_out;
  print("\r\nan .efi program of Milepost runs\r\nfirmware: ");
  out->output_string(out, system->firmware_vendor);
  print("\r\nconfiguration table: ");
  print_number((u32)system->entries);
  print(" entries\r\n");
  const u8 *rsdp = 0;
  for (unsigned long i = 0; i < system->entries; i++) {
    const struct configuration_table *entry = &system->tables[i];
    if (is(&entry->guid, 0x8868e871, 0xe4f1, 0x11d3, 0x81883cc7800022bcULL)) rsdp = entry->table;
    if (is(&entry->guid, 0xeb9d2d31, 0x2d88, 0x11d3, 0x4dc13f279000169aULL)) smbios(entry->table);
  }
  if (rsdp) acpi(rsdp);
  else print("acpi: none\r\n");
  print("the .efi program is done\r\n");
  return 0;
}
