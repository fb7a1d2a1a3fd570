import type { LoadedKeys } from '../keys/load-key-pair.ts';
import { KeyturnError } from '../model/keyturn-error.ts';
import type { KeyPublication } from '../session/keys/publish-key.ts';
import type { RunJob } from './run-job.ts';

/** Where a run puts its new key, if anywhere, and what the operator has to know of that. */
interface ChosenPublication {
  readonly publication: KeyPublication | undefined;
  readonly warnings: readonly string[];
}

/** Where the flag says, else where the resumed or reversed migration has written its key. */
export async function choosePublication({
  location,
  flags,
  keys,
  intent,
}: RunJob): Promise<ChosenPublication> {
  if (flags['update-config'] !== undefined || flags['dry-run']) {
    return { publication: await publicationAt(flags['update-config'], keys), warnings: [] };
  }
  const { recordedPublication } = await import('../session/keys/publish-first.ts');
  const recorded = await recordedPublication(location, intent);
  try {
    return { publication: await publicationAt(recorded, keys), warnings: [] };
  } catch (error) {
    // Cells that can be read again count more than the configuration of whoever reads them.
    if (!(error instanceof KeyturnError)) throw error;
    const warning = `${recorded ?? ''}, where the new key was written, is not updated: ${error.message}`;
    return { publication: undefined, warnings: [warning] };
  }
}

/** The place that `--update-config` names, if any, made ready for the new key; an error where it cannot take it. */
export async function publicationAt(
  reference: string | undefined,
  keys: LoadedKeys,
): Promise<KeyPublication | undefined> {
  if (reference === undefined) return undefined;
  const { preparePublication } = await import('../session/keys/publish-key.ts');
  return preparePublication(reference, keys);
}
