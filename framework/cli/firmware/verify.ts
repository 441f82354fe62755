import { EXIT } from '../../diagnostics/codes';
import { renderDiagnostic } from '../../diagnostics/render';
import { hashMismatch } from '../../plan/firmware/store';
import { chosen, type FirmwareContext } from './context';

/** `milepost firmware verify`: hashes every file that could be used. A wrong or absent one is exit 4. */
export function verifyFirmware(context: FirmwareContext, names: readonly string[]): number {
  const { store, terminal } = context;
  let code: number = EXIT.passed;
  for (const listed of chosen(context, names)) {
    const { image } = listed;
    const candidates = store.candidates(listed);
    for (const found of candidates) {
      if (found.build ?? image.committed) terminal.out(`ok       ${image.name}  ${found.path}  ${found.sha256}\n`);
      else {
        terminal.err(`${renderDiagnostic(hashMismatch(image, found))}\n`);
        code = EXIT.couldNotRun;
      }
    }
    if (candidates.length > 0) continue;
    terminal.out(`missing  ${image.name}\n`);
    code = EXIT.couldNotRun;
  }
  return code;
}
