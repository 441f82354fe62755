/* Counts its boots in a non-volatile variable: the first time it resets the machine, the second time it deletes the variable. */
#include "uefi.h"

#define NON_VOLATILE 1
#define BOOT_SERVICES 2
#define RUNTIME 4
#define NOT_FOUND (1UL << 63 | 14)
#define RESET_COLD 0

static const struct guid vendor = {0x4d696c65, 0x706f, 0x7374, {0x80, 0, 0, 0, 0, 0, 0, 1}};
static const u16 name[] = {'M', 'i', 'l', 'e', 'p', 'o', 's', 't', 'B', 'o', 'o', 't', 's', 0};
static struct text_output *out;

static void print(const char *text) {
  u16 wide[100];
  unsigned n = 0;
  while (*text && n < 99) wide[n++] = (u8)*text++;
  wide[n] = 0;
  out->output_string(out, wide);
}

static void print_status(const char *what, status result) {
  char digits[] = "0123456789abcdef";
  char text[] = ": 0x0000000000000000\r\n";
  for (unsigned i = 0; i < 16; i++) text[4 + i] = digits[result >> (60 - 4 * i) & 15];
  print(what);
  print(text);
}

status EFIAPI efi_main(handle image, struct system_table *system) {
  (void)image;
  struct runtime_services *runtime = system->runtime_services;
  u32 boots = 0;
  u32 attributes = 0;
  unsigned long bytes = sizeof boots;
  out = system->console_out;
  status result = runtime->get_variable(name, &vendor, &attributes, &bytes, &boots);
  if (result && result != NOT_FOUND) print_status("get failed", result);
  boots++;
  char line[] = "\r\nboot 0 of the .efi program that counts\r\n";
  line[7] = (char)('0' + boots % 10);
  print(line);
  if (boots > 1) {
    result = runtime->set_variable(name, &vendor, 0, 0, 0);
    print_status("deleted", result);
    return result;
  }
  result = runtime->set_variable(name, &vendor, NON_VOLATILE | BOOT_SERVICES | RUNTIME, sizeof boots, &boots);
  print_status("written", result);
  if (!result) runtime->reset_system(RESET_COLD, 0, 0, 0);
  return result;
}
