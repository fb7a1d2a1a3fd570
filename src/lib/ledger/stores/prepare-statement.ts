import type { CompiledQuery, Kysely } from 'kysely';
import type { LedgerTables } from '../schema/tables.ts';

/** A statement of the ledger that can be run again and again; gives the rows it selects or returns. */
export type LedgerStatement<Parameters, Row> = (parameters: Parameters) => Promise<readonly Row[]>;

/** Something a query builder makes a statement of. */
interface Compilable<Row> {
  compile(): CompiledQuery<Row>;
}

/** Stands for a parameter while a statement is compiled. */
class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** Every property is a placeholder for itself. */
const placeholders: object = new Proxy({}, { get: (_, name) => new Placeholder(String(name)) });

/**
 * Compiles a statement at its first run alone: compiling takes longer than running, and what runs with every chunk
 * runs while others wait for the lock. `build` must use each parameter as a value and look into none.
 */
export function prepareStatement<Parameters extends object, Row>(
  ledger: Kysely<LedgerTables>,
  build: (parameters: Parameters) => Compilable<Row>,
): LedgerStatement<Parameters, Row> {
  let compiled: CompiledQuery<Row> | undefined;
  return async (parameters) => {
    compiled ??= build(placeholders as Parameters).compile();
    const values = new Map<string, unknown>(Object.entries(parameters));
    const { rows } = await ledger.executeQuery<Row>({
      ...compiled,
      parameters: compiled.parameters.map((value) =>
        value instanceof Placeholder ? values.get(value.name) : value,
      ),
    });
    return rows;
  };
}
