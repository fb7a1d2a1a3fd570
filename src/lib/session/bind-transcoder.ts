import { createTranscoder, type ColumnCipher, type Transcoder } from '../engine/transcoder.ts';
import type { CellFormat } from '../formats/cell-format.ts';
import { formatNamed } from '../formats/format-named.ts';
import type { SecretKey } from '../keys/secret-key.ts';
import type { ColumnState, FormatName } from '../model/column-state.ts';
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
  const bindOld = bindOnce(keys.old);
  const bindNew = bindOnce(keys.new);
  return targets.map(({ columns }) =>
    createTranscoder(
      columns.map((column) => ({
        old: bindOld(column.from),
        new: bindNew(column.to),
        timestamps,
        unrecognised: column.unrecognised,
      })),
    ),
  );
}

/** The format of an encrypted column. */
export function formatOf(state: ColumnState): CellFormat {
  if (state.kind === 'encrypted') return formatNamed(state.format);
  throw new Error('a plaintext column has no cell format');
}

/** Binds a key to each format once: binding prepares everything that depends on the key. */
function bindOnce(key: SecretKey): (state: ColumnState) => ColumnCipher {
  const bound = new Map<FormatName, ColumnCipher>();
  return (state) => {
    const format = formatOf(state);
    const known = bound.get(format.name) ?? { format, cipher: format.bind(key) };
    bound.set(format.name, known);
    return known;
  };
}
