import type { PlanOutcome } from '../../src/lib/planning/build-plan.ts';
import { planEncryption } from '../../src/lib/session/preparation/prepare-encryption.ts';
import type { EncryptionOptions } from '../../src/lib/session/preparation/request-encryption.ts';
import type { Scene } from './scene.ts';

/** Plans to encrypt columns of a scene in this process, under its new key and into other columns where nothing else is said. */
export async function planInProcess(
  { path, folder }: Scene,
  wishes: Partial<EncryptionOptions> & Pick<EncryptionOptions, 'columns'>,
): Promise<PlanOutcome> {
  const { outcome } = await planEncryption(
    { kind: 'sqlite', path },
    {
      kind: 'encrypt',
      madeBy: 'a test',
      key: `file:${folder}/new.key`,
      format: undefined,
      empty: 'keep',
      assumedPlaintext: [],
      into: '{column}_encrypted',
      fieldTypes: [],
      blindIndexes: [],
      indexKey: undefined,
      ...wishes,
    },
  );
  return outcome;
}
