import { quoteLiteral } from '../../quote-literal.ts';
import { sqlNameOf, type ColumnReader } from './column-reader.ts';

/** What the function of a trigger cannot do without. */
export interface TriggerNeeds {
  /** The name in SQL of the function that stands for all of it. */
  readonly name: string;
  readonly readers: readonly ColumnReader[];
  /** Tables and sequences, by their names in SQL. */
  readonly relations: readonly string[];
}

/** The statement that creates the function which stands for what a trigger needs: nobody calls it, it depends on all of that. */
export function createNeeds({ name, readers, relations }: TriggerNeeds): string {
  const needed = [
    ...readers.map((reader) => `${quoteLiteral(sqlNameOf(reader))}::regproc`),
    ...relations.map((relation) => `${quoteLiteral(relation)}::regclass`),
  ];
  return `CREATE FUNCTION ${name}() RETURNS boolean IMMUTABLE LANGUAGE sql
    BEGIN ATOMIC SELECT (${needed.join(', ')}) IS NOT NULL; END`;
}

/**
 * A condition that always holds, and has a trigger depend on its needs: nobody drops one of them without being told of the trigger, and
 * `CASCADE` takes it along. Otherwise every write to its table would fail from then on. The server reads conditions anew for every
 * statement, so that each thing named here would cost an application about a microsecond a write.
 */
export function hasNeeds({ name }: TriggerNeeds): string {
  return `${quoteLiteral(name)}::regproc IS NOT NULL`;
}
