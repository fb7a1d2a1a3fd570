import type { SchemaNote } from './schema-note.ts';

/** Something of the schema that is made of a column, or refers to it. */
export interface ColumnDependant {
  readonly kind: Exclude<
    SchemaNote['kind'],
    'blind index' | 'row security' | 'replica identity' | 'partition'
  >;
  readonly name: string;
  /** `goes along`: dropped with the column, and made again by a rollback. `keeps it`: the column cannot be dropped. */
  readonly whenDropped: 'goes along' | 'keeps it';
}

/** What a dependant means once the plaintext of its column is in another one, and what to do about it. */
interface Fate {
  readonly consequence: string;
  readonly advice: string;
}

const fates: Readonly<Record<ColumnDependant['kind'], Fate>> = {
  index: { consequence: 'it stays on the old column', advice: 'index the new one where searches need it' },
  unique: {
    consequence: 'it stays on the old column; equal values have different cells',
    advice: 'hold uniqueness by a blind index, or in the application',
  },
  check: {
    consequence: 'it sees NULL once the plaintext is gone',
    advice: 'check in the application instead',
  },
  exclusion: { consequence: 'it sees NULL once the plaintext is gone', advice: 'check in the application' },
  'primary key': { consequence: 'it needs the column', advice: 'keep the column: --contract empty' },
  'foreign key': {
    consequence: 'cells match no row of the other table',
    advice:
      'before you encrypt, let it refer to another column, or drop it; or keep the column: --contract empty',
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

/** The dependant in words, for somebody who decides what becomes of the column. */
export function describeDependant({ kind, name, whenDropped }: ColumnDependant): SchemaNote {
  const { consequence, advice } = fates[kind];
  return { kind, name, consequence, advice, whenDropped };
}
