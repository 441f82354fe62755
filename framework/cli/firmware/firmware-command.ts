import { diagnostic } from '../../diagnostics/diagnostic';
import { closest } from '../../diagnostics/did-you-mean';
import { IMAGE_KINDS } from '../../plan/firmware/manifest';
import { parseFlags } from '../arguments';
import { CommandError, type Command, type Terminal } from '../command';
import { addFirmware } from './add';
import { firmwareContext } from './context';
import { fetchFirmware } from './fetch';
import { listFirmware } from './list';
import { verifyFirmware } from './verify';

const ACTIONS = ['list', 'fetch', 'verify', 'add'];

export const FIRMWARE: Command = {
  name: 'firmware',
  usage: 'firmware list | fetch [names] | verify [names] | add NAME FILE',
  summary: 'the firmware that specs name: where it is, getting it, checking it',
  help: `  list            every image, and where it is
  fetch [names]   from the distribution (apt-get download), checked by SHA-256, into firmware/cache; --force: also what is here
  verify [names]  hash what is here
  add NAME FILE   record a file's hash in the manifest, and keep a copy
                  --version TEXT; for a new name --kind ${IMAGE_KINDS.join('|')} and --licence TEXT`,
  run: (args, terminal) => Promise.resolve(run(args, terminal)),
};

function run(args: readonly string[], terminal: Terminal): number {
  const { values, positionals } = parseFlags(args, {
    force: { type: 'boolean' },
    version: { type: 'string' },
    kind: { type: 'string' },
    licence: { type: 'string' },
  });
  const [action = 'list', ...rest] = positionals;
  const context = firmwareContext(terminal);
  if (action === 'list') return listFirmware(context);
  if (action === 'fetch') return fetchFirmware(context, rest, values.force === true);
  if (action === 'verify') return verifyFirmware(context, rest);
  if (action === 'add') return addFirmware(context, rest, { version: values.version, kind: values.kind, licence: values.licence });
  const near = closest(action, ACTIONS);
  throw new CommandError(
    diagnostic('usage', `firmware has no ${JSON.stringify(action)}`, {
      fixme: near ? `did you mean ${near}?` : `firmware ${ACTIONS.join('|')}`,
    }),
  );
}
