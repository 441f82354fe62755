import { optional, required } from '../fields/field';
import { line, TEXT_MATCH } from '../fields/scalars';
import { milestone } from './schema';

export const XENSTORE_READ = milestone({
  key: 'xenstore-read',
  met: 'the guest has read that xenstore key',
  main: 'path',
  fields: {
    path: required(
      line('a xenstore path', ['hvmloader/bios', '/local/domain/1/name'], 3072),
      'the key: absolute, or relative to the domain’s own directory',
    ),
    value: optional(TEXT_MATCH, 'what it got'),
    error: optional(line('an error of the xenstore protocol', ['ENOENT'], 20), 'the error it got instead'),
  },
  examples: ['xenstore-read: hvmloader/bios', 'xenstore-read: { path: platform/acpi, value: "1" }'],
});
