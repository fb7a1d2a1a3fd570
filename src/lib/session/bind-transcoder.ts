import { createTranscoder, type Transcoder } from '../engine/transcoder.ts';
import type { CellCipher, CellFormat } from '../formats/cell-format.ts';
import { formats } from '../formats/registry.ts';
import type { SecretKey } from '../keys/secret-key.ts';
import type { ColumnState } from '../model/column-state.ts';
import type { Plan } from '../model/plan.ts';

/** Both keys of a migration. */
export interface KeyPair {
  readonly old: SecretKey;
  readonly new: SecretKey;
}

/** What of a plan decides how its cells are transcoded. */
export type TranscodedPlan = Pick<Plan, 'targets' | 'timestamps'>;

/** One transcoder for each target of a plan, in its order. */
export function bindTranscoders(
  { targets, timestamps }: TranscodedPlan,
  keys: KeyPair,
): readonly Transcoder[] {
  const oldCipher = bindOnce(keys.old);
  const newCipher = bindOnce(keys.new);
  return targets.map(({ columns }) =>
    createTranscoder(
      columns.map((column) => ({
        format: formatOf(column.from),
        old: oldCipher(formatOf(column.from)),
        new: newCipher(formatOf(column.to)),
        timestamps,
        unrecognised: column.unrecognised,
      })),
    ),
  );
}

/** The format of an encrypted column. */
export function formatOf(state: ColumnState): CellFormat {
  if (state.kind === 'encrypted') return formats[state.format];
  throw new Error('a plaintext column has no cell format');
}

/** Binds a key to each format once: binding prepares everything that depends on the key. */
function bindOnce(key: SecretKey): (format: CellFormat) => CellCipher {
  const bound = new Map<CellFormat, CellCipher>();
  return (format) => {
    const cipher = bound.get(format) ?? format.bind(key);
    bound.set(format, cipher);
    return cipher;
  };
}
