import { optional, required } from '../fields/field';
import { line, VALUE, word } from '../fields/scalars';
import { milestone } from './schema';
import { HYPERCALL_NAMES } from './xen-names';

type Name = Exclude<(typeof HYPERCALL_NAMES)[number], ''>;

export const HYPERCALL = milestone({
  key: 'hypercall',
  met: 'the guest has made that hypercall',
  main: 'name',
  fields: {
    name: required(word(HYPERCALL_NAMES.filter((name): name is Name => name !== '')), 'which hypercall, by Xen’s name'),
    sub: optional(line('a sub-operation, by name or number', ['memory_map', '9']), 'its sub-operation, by Xen’s name or number'),
    result: optional(VALUE, 'what it returned, as the unsigned 32-bit or 64-bit value in the register'),
    arg1: optional(VALUE, 'first argument register'),
    arg2: optional(VALUE, 'second argument register'),
    arg3: optional(VALUE, 'third argument register'),
  },
  examples: ['hypercall: xen_version', 'hypercall: { name: memory_op, sub: memory_map, result: 0 }'],
});
