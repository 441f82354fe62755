import { optional } from '../fields/field';
import { GPA, unsigned } from '../fields/scalars';
import { milestone } from './schema';

export const HYPERCALL_PAGE = milestone({
  key: 'hypercall-page',
  met: 'the guest has had the hypervisor fill in a hypercall page',
  main: 'at',
  fields: {
    at: optional(GPA, 'guest-physical address of the page'),
    page: optional(unsigned(0xff, ['0']), 'index of the page'),
  },
  examples: ['hypercall-page', 'hypercall-page: 0x80000'],
});
