import { keyFieldAt } from '../../keys/key-field.ts';
import { parseKeyReference } from '../../keys/key-reference.ts';
import type { LoadedKeys } from '../../keys/load-key-pair.ts';
import { KeyFault, referenceFault } from '../../keys/material/key-fault.ts';
import {
  checkPublication,
  promoteNextKey,
  publishNextKey,
  type PublishedKeys,
} from '../../keys/publication/publish-key.ts';

/** The place in the application's configuration that is to hold the new key. */
export interface KeyPublication {
  /** As it is recorded, and safe to print: `file:PATH#FIELD`. */
  readonly reference: string;
  /** The new key is beside the old one, on disk, when this is done. */
  publish(): Promise<void>;
  /** The new key has taken the old one's place, which is kept beside it. */
  promote(): Promise<void>;
}

/**
 * Prepares to write the new key of a run into a field of a configuration (`file:PATH#FIELD`). Changes nothing yet; a
 * field that cannot be used is an error now, before the first question.
 */
export async function preparePublication(reference: string, keys: LoadedKeys): Promise<KeyPublication> {
  const subject = `--update-config (${reference})`;
  const attempt = async <Result>(work: () => Promise<Result> | Result): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw error instanceof KeyFault ? error.about(subject) : error;
    }
  };
  const published = await attempt(() => understand(reference, keys));
  await attempt(() => checkPublication(published));
  return {
    reference: parseKeyReference(reference, 'key').stored ?? reference,
    publish: () => attempt(() => publishNextKey(published)),
    promote: () => attempt(() => promoteNextKey(published)),
  };
}

function understand(text: string, { old, new: next }: LoadedKeys): PublishedKeys {
  if (!old || !next) {
    throw referenceFault('there is no key to exchange: only a rotation has an old and a new one', [
      'leave out --update-config',
    ]);
  }
  const reference = parseKeyReference(text, 'key');
  const { path, pointer } =
    /^file:(?<path>[^#]+)#(?<pointer>[^?]+)/.exec(reference.stored ?? '')?.groups ?? {};
  if (
    path === undefined ||
    pointer === undefined ||
    reference.encoding === 'raw' ||
    reference.derivation.length > 0
  ) {
    throw referenceFault('this is no field of a file', [
      'write file:PATH#FIELD, e.g. file:config.yaml#server.key',
    ]);
  }
  return { field: keyFieldAt(path, pointer), encoding: reference.encoding, old: old.key, new: next.key };
}
