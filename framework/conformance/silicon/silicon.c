/*
 * Runs single user-mode instructions on the CPU it is started on: `silicon CASES RESULTS` takes records of the layout below and writes the same
 * records as the instruction left them. `silicon --cpuid` prints the words of CPUID that say which instructions there are.
 *
 * Every state is entered by the return from a signal handler, whose frame holds all registers, and left by the next signal: INT3, of which the
 * code pages are full, or the exception that the instruction raises. Only Linux on x86-64 has such frames.
 */
#define _GNU_SOURCE
#include <asm/prctl.h>
#include <cpuid.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define PAGE 4096
/* As record.ts has them. */
#define CODE 0x60000000
#define CODE_PAGES 2
#define PLAIN 0x30000000     /* two pages that may be written */
#define HOLED 0x31000000     /* one, and then none */
#define READ_ONLY 0x32000000 /* one, and one that may only be read */
#define FS_BASE 0x1000
#define GS_BASE 0x22000
#define USER32_CS 0x23
#define USER_DS 0x2b
#define USER_CS 0x33
#define LOADS_SEGMENTS 0x100
#define LONGEST 16
#define FX_BYTES 416
#define WINDOW_BYTES 640

struct record {
  uint64_t gpr[16]; /* by their numbers in instructions */
  uint64_t flags;
  uint64_t ip;
  uint32_t vector, error;
  uint64_t cr2;
  uint32_t bits; /* 64 or 32; LOADS_SEGMENTS */
  uint32_t code_bytes;
  uint64_t window;
  uint8_t code[LONGEST];
  uint8_t fx[FX_BYTES]; /* the start of an FXSAVE64 image */
  uint8_t memory[WINDOW_BYTES];
};

static const int GREGS[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                              REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};

static const struct record *cases;
static struct record *results;
static long count, at = -1;
static uint8_t *writable; /* the read-only region's pages, to be written */

static long raw_syscall(long number, long a, long b) {
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b) : "rcx", "r11", "memory");
  return result;
}

static uint8_t *window_of(const struct record *one) {
  if ((one->window & 0xff000000) == READ_ONLY) return writable + (one->window - READ_ONLY);
  return (uint8_t *)one->window;
}

static size_t window_bytes(const struct record *one) {
  return (one->window & 0xff000000) == HOLED ? WINDOW_BYTES / 2 : WINDOW_BYTES;
}

static void copy(void *to, const void *from, size_t bytes) {
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
}

static void fill(void *to, int value, size_t bytes) {
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(bytes) : "a"(value) : "memory");
}

static void take(const ucontext_t *context) {
  const greg_t *gregs = context->uc_mcontext.gregs;
  const struct record *one = &cases[at];
  struct record *result = &results[at];
  for (int i = 0; i < 16; i++) result->gpr[i] = gregs[GREGS[i]];
  result->flags = gregs[REG_EFL];
  result->ip = gregs[REG_RIP];
  result->vector = gregs[REG_TRAPNO];
  result->error = gregs[REG_ERR];
  result->cr2 = gregs[REG_CR2];
  result->bits = (gregs[REG_CSGSFS] & 0xffff) == USER32_CS ? 32 : 64;
  copy(result->fx, context->uc_mcontext.fpregs, FX_BYTES);
  copy(result->memory, window_of(one), window_bytes(one));
  fill((void *)one->ip, 0xcc, one->code_bytes);
}

static void put(ucontext_t *context) {
  greg_t *gregs = context->uc_mcontext.gregs;
  const struct record *one = &cases[at];
  uint8_t *fx = (uint8_t *)context->uc_mcontext.fpregs;
  for (int i = 0; i < 16; i++) gregs[GREGS[i]] = one->gpr[i];
  gregs[REG_EFL] = one->flags;
  gregs[REG_RIP] = one->ip;
  gregs[REG_CSGSFS] = ((one->bits & 0xff) == 32 ? USER32_CS : USER_CS) | ((greg_t)USER_DS << 48);
  copy(fx, one->fx, FX_BYTES);
  *(uint64_t *)(fx + 512) |= 3; /* XSTATE_BV: x87 and SSE */
  copy(window_of(one), one->memory, window_bytes(one));
  copy((void *)one->ip, one->code, one->code_bytes);
}

/* Data segments as 32-bit code needs them; the bases that segment overrides find. */
static void segments(void) {
  __asm__ volatile("mov %0, %%ds; mov %0, %%es" : : "r"(USER_DS));
  raw_syscall(SYS_arch_prctl, ARCH_SET_FS, FS_BASE);
  raw_syscall(SYS_arch_prctl, ARCH_SET_GS, GS_BASE);
}

__attribute__((used)) static void handle(int signal, siginfo_t *info, ucontext_t *context) {
  (void)signal;
  (void)info;
  if (at >= 0) take(context);
  if (++at == count) raw_syscall(SYS_exit_group, 0, 0);
  put(context);
  if (at > 0 && cases[at - 1].bits & LOADS_SEGMENTS) segments();
}

/* The kernel leaves AC and NT as they were. */
__attribute__((naked)) static void enter_handler(int signal, siginfo_t *info, void *context) {
  (void)signal;
  (void)info;
  (void)context;
  __asm__ volatile("pushq $2; popfq; jmp handle");
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void *map(uintptr_t at_address, size_t pages, int protection, int file) {
  int flags = (file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED) | MAP_POPULATE | (at_address ? MAP_FIXED_NOREPLACE : 0);
  void *mapped = mmap((void *)at_address, pages * PAGE, protection, flags, file, 0);
  if (mapped == MAP_FAILED) fail("mmap");
  return mapped;
}

static void map_regions(void) {
  memset(map(CODE, CODE_PAGES, PROT_READ | PROT_WRITE | PROT_EXEC, -1), 0xcc, CODE_PAGES * PAGE);
  map(PLAIN, 2, PROT_READ | PROT_WRITE, -1);
  map(HOLED, 1, PROT_READ | PROT_WRITE, -1);
  int shared = memfd_create("read-only", 0);
  if (shared < 0 || ftruncate(shared, 2 * PAGE) < 0) fail("memfd");
  writable = map(0, 2, PROT_READ | PROT_WRITE, shared);
  map(READ_ONLY, 2, PROT_READ | PROT_WRITE, shared);
  if (mprotect((void *)(READ_ONLY + PAGE), PAGE, PROT_READ) < 0) fail("mprotect");
  /* Both pages present before the first case. */
  (void)*(volatile uint8_t *)READ_ONLY;
  (void)*(volatile uint8_t *)(READ_ONLY + PAGE);
}

static void map_files(const char *in, const char *out) {
  struct stat status;
  int from = open(in, O_RDONLY);
  int to = open(out, O_RDWR | O_CREAT | O_TRUNC, 0600);
  if (from < 0 || fstat(from, &status) < 0) fail(in);
  if (to < 0 || ftruncate(to, status.st_size) < 0) fail(out);
  count = status.st_size / sizeof(struct record);
  if (count == 0) exit(0);
  cases = mmap(NULL, status.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, from, 0);
  results = mmap(NULL, status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, to, 0);
  if (cases == MAP_FAILED || results == MAP_FAILED) fail("mmap");
}

static int print_cpuid(void) {
  unsigned a, b, c, d, brand[12];
  __cpuid(1, a, b, c, d);
  printf("1.ecx %x\n1.edx %x\n", c, d);
  __cpuid_count(7, 0, a, b, c, d);
  printf("7.ebx %x\n7.ecx %x\n", b, c);
  __cpuid_count(0xd, 1, a, b, c, d);
  printf("d1.eax %x\n", a);
  __cpuid(0x80000001, a, b, c, d);
  printf("80000001.ecx %x\n80000001.edx %x\n", c, d);
  for (unsigned i = 0; i < 3; i++) __cpuid(0x80000002 + i, brand[i * 4], brand[i * 4 + 1], brand[i * 4 + 2], brand[i * 4 + 3]);
  __cpuid(0, a, b, c, d);
  printf("vendor %.4s%.4s%.4s\nbrand %.48s\n", (char *)&b, (char *)&d, (char *)&c, (char *)brand);
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--cpuid") == 0) return print_cpuid();
  if (argc != 3) return 2;
  map_files(argv[1], argv[2]);
  map_regions();
  size_t stack_bytes = 64 * 1024;
  stack_t stack = {.ss_sp = map(0, stack_bytes / PAGE, PROT_READ | PROT_WRITE, -1), .ss_size = stack_bytes};
  if (sigaltstack(&stack, NULL) < 0) fail("sigaltstack");
  struct sigaction action = {.sa_sigaction = enter_handler, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
  int signals[] = {SIGTRAP, SIGSEGV, SIGILL, SIGFPE, SIGBUS};
  for (int i = 0; i < 5; i++) sigaction(signals[i], &action, NULL);
  segments();
  __asm__ volatile("int3");
  return 3;
}
