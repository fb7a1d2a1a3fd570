import { renderColumnName } from '../columns/column-name.ts';
import type { PlacedColumn } from '../columns/placed-column.ts';
import { shellWord } from '../texts/shell-word.ts';
import type { SchemaNote } from './schema-note.ts';

/** Something of the schema that is made of a column, or refers to it. */
export interface ColumnDependant {
  readonly kind: Exclude<
    SchemaNote['kind'],
    'blind index' | 'row security' | 'replica identity' | 'logical slot' | 'partition'
  >;
  readonly name: string;
  /** `goes along`: dropped with the column, and made again by a rollback. `keeps it`: the column cannot be dropped. */
  readonly whenDropped: 'goes along' | 'keeps it';
  /** What must not be there twice; only of what is unique. */
  readonly unique?:
    'values' | 'values whatever their case' | 'combinations with other columns' | 'an expression';
}

/** What a dependant means once its column holds no plaintext any more, and what to do about it. */
interface Fate {
  readonly consequence: string;
  readonly advice: string;
}

/** Where the plaintext goes into another column, and where the cells take its place. */
type Destination = 'another column' | 'in place';

type DependantKind = ColumnDependant['kind'];

const intoAnother: Readonly<Record<DependantKind, Fate>> = {
  index: { consequence: 'it stays on the old column', advice: 'index the new one where searches need it' },
  unique: {
    consequence: 'it stays on the old column; equal values have different cells',
    advice: 'hold uniqueness in the application',
  },
  check: {
    consequence: 'it sees NULL once the plaintext is gone',
    advice: 'check in the application instead',
  },
  exclusion: { consequence: 'it sees NULL once the plaintext is gone', advice: 'check in the application' },
  'primary key': { consequence: 'it needs the column', advice: 'keep the column: --contract empty' },
  'foreign key': {
    consequence: 'it stays on the old column, which is not emptied while rows refer to it',
    advice: 'before "keyturn finalize", let it refer to another column, or drop it',
  },
  view: {
    consequence: 'it shows NULL once the plaintext is gone',
    advice: 'make it anew over the new column',
  },
  'materialized view': {
    consequence: 'it keeps the plaintext until it is refreshed',
    advice: 'make it anew over the new column',
  },
  rule: {
    consequence: 'it names the old column',
    advice: 'before you encrypt, make it anew without the column; or keep the column: --contract empty',
  },
  policy: {
    consequence: 'it decides by NULL once the plaintext is gone',
    advice: 'let it decide by another column',
  },
  'generated column': {
    consequence: 'it is computed from NULL once the plaintext is gone; until then it holds plaintext',
    advice: 'drop it, or let the application write it',
  },
  function: { consequence: 'it reads the old column', advice: 'let it read the new one' },
  trigger: {
    consequence: 'it names the old column',
    advice: 'before you encrypt, make it anew without the column; or keep the column: --contract empty',
  },
  statistics: {
    consequence: 'they keep samples of the plaintext until ANALYZE',
    advice: 'ANALYZE afterwards',
  },
  publication: { consequence: 'subscribers get the old column', advice: 'publish the new one' },
  sequence: { consequence: 'it belongs to the column', advice: 'ALTER SEQUENCE ... OWNED BY NONE' },
  default: {
    consequence: 'rows without a value would come back with it',
    advice: 'keep the column: --contract empty',
  },
};

const inPlace: Readonly<Record<DependantKind, Fate>> = {
  index: {
    consequence: 'it holds cells then, and each of them anew: no search for a value finds one by it',
    advice: 'drop it, and search by a blind index',
  },
  unique: {
    consequence: 'equal values have different cells: it keeps nothing apart any more',
    advice: 'hold uniqueness in the application',
  },
  check: {
    consequence: 'it sees cells; one that it refuses is quarantined',
    advice: 'let it pass cells, and check values in the application',
  },
  exclusion: { consequence: 'it compares cells, which all differ', advice: 'check in the application' },
  'primary key': { consequence: 'it needs the value', advice: 'leave the column out' },
  'foreign key': {
    consequence:
      'rows that refer by it get the very cells they refer to, as far as it says ON UPDATE CASCADE',
    advice: 'let the application write both together, or let it refer to another column',
  },
  view: { consequence: 'it shows cells', advice: 'open them in the application' },
  'materialized view': {
    consequence: 'it keeps the plaintext until it is refreshed',
    advice: 'REFRESH MATERIALIZED VIEW afterwards',
  },
  rule: { consequence: 'it sees cells', advice: 'make it anew without the column' },
  policy: { consequence: 'it decides by cells', advice: 'let it decide by another column' },
  'generated column': {
    consequence: 'it is computed from cells then; until a row is written it holds plaintext',
    advice: 'drop it, or let the application write it',
  },
  function: { consequence: 'it reads cells', advice: 'let the application do what it does' },
  trigger: { consequence: 'it sees cells', advice: 'make it anew without the column' },
  statistics: {
    consequence: 'they keep samples of the plaintext until ANALYZE',
    advice: 'ANALYZE afterwards',
  },
  publication: {
    consequence: 'its subscribers receive every rewritten row, and need the key',
    advice: 'give them the key, or leave the column out of it',
  },
  sequence: { consequence: 'it belongs to the column', advice: 'ALTER SEQUENCE ... OWNED BY NONE' },
  default: {
    consequence: 'rows without a value get it in plaintext',
    advice: 'drop the default, or let the application write the column',
  },
};

const fates: Readonly<Record<Destination, Readonly<Record<DependantKind, Fate>>>> = {
  'another column': intoAnother,
  'in place': inPlace,
};

/** The dependant in words, for somebody who decides about the column. */
export function describeDependant(
  { kind, name, whenDropped, unique }: ColumnDependant,
  column: PlacedColumn,
  destination: Destination = 'another column',
): SchemaNote {
  const { consequence, advice } = fates[destination][kind];
  const described = { kind, name, consequence, advice: adviceOnUnique(unique, column) ?? advice };
  return destination === 'in place' ? described : { ...described, whenDropped };
}

/** The flags that keep values apart which are equal, where a blind index can; undefined where none can. */
export function adviceOnUnique(unique: ColumnDependant['unique'], column: PlacedColumn): string | undefined {
  const blindIndexFlag = (options: string): string =>
    `--blind-index ${shellWord(`${renderColumnName(column)}:${options}`)} --index-key REF`;
  switch (unique) {
    case 'values':
      return `keep equal values apart by a unique blind index: ${blindIndexFlag('exact,unique')}`;
    case 'values whatever their case':
      return `keep equal values apart by a unique blind index: ${blindIndexFlag('lower,unique')}`;
    case 'combinations with other columns':
      return `make a unique index over a blind index and the other columns yourself: ${blindIndexFlag('exact')}`;
    case 'an expression':
    case undefined:
      return undefined;
  }
}
