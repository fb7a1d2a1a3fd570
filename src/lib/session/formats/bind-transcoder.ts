import type { ColumnCipher } from '../../engine/transcoding/column-cipher.ts';
import type { ColumnWork } from '../../engine/transcoding/column-work.ts';
import type { CopiedColumn } from '../../engine/transcoding/columns/copying-column.ts';
import { createLookalikeTest } from '../../engine/transcoding/columns/lookalikes.ts';
import type { RotatedColumn } from '../../engine/transcoding/columns/rotating-column.ts';
import { createTranscoder, type Transcoder } from '../../engine/transcoding/transcoder.ts';
import type { CellFormat } from '../../formats/cell-format.ts';
import { everyFormat, formatNamed } from '../../formats/format-named.ts';
import { openPlaintext } from '../../formats/repair-plaintext.ts';
import { createBlindIndex, type BlindIndex } from '../../indexes/blind-index.ts';
import type { MigrationKeys } from '../../keys/migration-keys.ts';
import type { SecretKey } from '../../keys/secret-key.ts';
import type { IndexDefinition } from '../../model/columns/blind-index.ts';
import type { ColumnState, FormatName } from '../../model/columns/column-state.ts';
import { batchLayout, indexesKept, placeOf, placeOfIndex } from '../../model/plans/batch-layout.ts';
import type { Plan, PlannedColumn, PlannedDestination } from '../../model/plans/plan.ts';
import { columnOfCells } from '../../model/plans/planned-pair.ts';

/** What of a plan decides how its cells are transcoded. */
export type TranscodedPlan = Pick<Plan, 'targets' | 'timestamps'>;

/** One transcoder for each target of a plan, in its order. */
export function bindTranscoders(
  { targets, timestamps }: TranscodedPlan,
  keys: MigrationKeys,
): readonly Transcoder[] {
  const bindNew = bindOnce(keys.new);
  // Where both are one key, both ciphers of a format are one, too: nothing is left to rewrite then.
  const isOneKey = keys.old !== null && keys.new?.equals(keys.old) === true;
  const ciphers = { bindOld: isOneKey ? bindNew : bindOnce(keys.old), bindNew };
  return targets.map(({ table, columns }) => {
    const layout = batchLayout(columns);
    return createTranscoder(
      columns.map((column, index) => {
        const place = column.place ?? { table, column: columnOfCells(column) };
        const work = { place, ...workOn(column, timestamps, ciphers) };
        const placeInBatch = (kind: 'planned' | 'destination' | 'side'): number =>
          placeOf(layout, kind, index);
        const indexes = indexesKept(column).map((definition) => ({
          place: placeOfIndex(layout, definition),
          index: bindIndex(definition, keys.indexes ?? []),
        }));
        return { ...(column.into === undefined ? work : copy(column.into, work, placeInBatch)), indexes };
      }),
    );
  });
}

function copy(
  { cells }: PlannedDestination,
  work: ColumnWork,
  place: (kind: 'planned' | 'destination' | 'side') => number,
): CopiedColumn {
  if (work.kind !== 'encrypt' && work.kind !== 'decrypt')
    throw new Error('a rotation goes into no other column');
  const places = { source: place('planned'), destination: place('destination'), side: place('side') };
  return { kind: 'copy', work, cells, ...places };
}

/** Binds a blind index to the key that it names. */
function bindIndex(definition: IndexDefinition, keys: readonly SecretKey[]): BlindIndex {
  const key = keys.find(({ id }) => id === definition.keyId);
  if (key === undefined) throw new Error(`the key of the index column "${definition.column}" is not loaded`);
  return createBlindIndex(key, definition);
}

/** Work on a column in any place. */
type Unplaced<Work> = Work extends ColumnWork ? Omit<Work, 'place'> : never;

type Bind = (format: FormatName) => ColumnCipher;

function workOn(
  column: PlannedColumn,
  timestamps: Plan['timestamps'],
  { bindOld, bindNew }: { readonly bindOld: Bind; readonly bindNew: Bind },
): Unplaced<ColumnWork> {
  const { from, to, unrecognised } = column;
  if (from.kind === 'encrypted' && to.kind === 'encrypted') {
    const [old, fresh] = [bindOld(from.format), bindNew(to.format)];
    return { kind: 'rotate', old, new: fresh, timestamps, unrecognised, repair: repairOf(column) };
  }
  const looksSealed = createLookalikeTest(everyFormat());
  if (from.kind === 'plaintext' && to.kind === 'encrypted') {
    return { kind: 'encrypt', from, new: bindNew(to.format), looksSealed };
  }
  if (from.kind === 'encrypted' && to.kind === 'plaintext') {
    return { kind: 'decrypt', old: bindOld(from.format), to, looksSealed };
  }
  throw new Error('a column that is plaintext before and after needs no work');
}

/** What encrypts the values of a column that are no cells; `null` where nothing does. */
function repairOf({ from, unrecognised }: PlannedColumn): RotatedColumn['repair'] {
  if (unrecognised !== 'encrypt') return null;
  const [format, known] = [formatOf(from), everyFormat()];
  return (cells) => openPlaintext(cells, format, known);
}

/** The format of an encrypted column. */
export function formatOf(state: ColumnState): CellFormat {
  if (state.kind === 'encrypted') return formatNamed(state.format);
  throw new Error('a plaintext column has no cell format');
}

/** The same, nothing for plaintext. */
export function formatIfEncrypted(state: ColumnState): readonly CellFormat[] {
  return state.kind === 'encrypted' ? [formatOf(state)] : [];
}

/** Binds a key to each format once: binding prepares everything that depends on the key. */
function bindOnce(key: SecretKey | null): Bind {
  const bound = new Map<FormatName, ColumnCipher>();
  return (name) => {
    if (key === null) throw new Error('a column of cells needs a key');
    const format = formatNamed(name);
    const known = bound.get(format.name) ?? { format, cipher: format.bind(key) };
    bound.set(format.name, known);
    return known;
  };
}
