import { diagnostic } from '../../diagnostics/diagnostic';
import { SourceText } from '../../diagnostics/source-text';
import type { TopLevelKey } from '../context';
import { readScalar, scalarSchema } from '../fields/read-fields';
import { line } from '../fields/scalars';
import type { GuestSpec } from '../types';
import { parseXl } from '../xl/parse';
import { guestFromXl } from '../xl/to-guest';

const PATH = line('the path of an xl.cfg, relative to the spec', ['../guests/seabios.cfg'], 4096);

export const XL: TopLevelKey<GuestSpec> = {
  key: 'xl',
  doc: 'Instead of `guest`: a real xl.cfg of an HVM guest. Settings that only the host sees are accepted; what cannot be honoured is an error. Paths in it are relative to it.',
  example: 'xl: ../guests/seabios.cfg',
  schema: scalarSchema(PATH),
  read: (entry, context) => {
    const path = readScalar(entry.value, PATH, context);
    if (path === undefined) return undefined;
    const file = context.readRelated(path);
    if (!file)
      return context.report(
        diagnostic('file-missing', `cannot read ${JSON.stringify(path)}`, {
          span: entry.value.span,
          fixme: 'the path is relative to the spec',
        }),
      );
    const settings = parseXl(new SourceText(file.path, file.text));
    if (!Array.isArray(settings)) return context.report(settings as Exclude<typeof settings, readonly unknown[]>);
    const guest = guestFromXl(settings, entry.value.span);
    return 'machine' in guest ? guest : context.report(...guest);
  },
};
