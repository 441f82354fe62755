/* As much of the UEFI specification (2.10) as our programs use, declared by us: chapters 4 (system table), 8 (variables, reset) and 12 (text output). */
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef void *handle;
typedef unsigned long status;

#ifdef __x86_64__
#define EFIAPI __attribute__((ms_abi))
#else
#define EFIAPI
#endif

struct table_header {
  u64 signature;
  u32 revision;
  u32 header_size;
  u32 crc32;
  u32 reserved;
};

struct text_output {
  void *reset;
  status(EFIAPI *output_string)(struct text_output *self, const u16 *text);
};

struct guid {
  u32 a;
  u16 b;
  u16 c;
  u8 d[8];
};

/* Services that no program of ours calls are only named. */
struct runtime_services {
  struct table_header header;
  void *time[4];
  void *addresses[2];
  status(EFIAPI *get_variable)(const u16 *name, const struct guid *vendor, u32 *attributes, unsigned long *bytes, void *data);
  void *next_variable_name;
  status(EFIAPI *set_variable)(const u16 *name, const struct guid *vendor, u32 attributes, unsigned long bytes, const void *data);
  void *next_monotonic_count;
  void(EFIAPI *reset_system)(u32 type, status reason, unsigned long bytes, void *data);
};

struct configuration_table {
  struct guid guid;
  const u8 *table;
};

struct system_table {
  struct table_header header;
  const u16 *firmware_vendor;
  u32 firmware_revision;
  handle console_in_handle;
  void *console_in;
  handle console_out_handle;
  struct text_output *console_out;
  handle error_handle;
  struct text_output *error;
  struct runtime_services *runtime_services;
  void *boot_services;
  unsigned long entries;
  const struct configuration_table *tables;
};
