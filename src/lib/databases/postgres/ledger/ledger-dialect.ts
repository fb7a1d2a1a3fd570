import {
  GeneratedNode,
  PostgresDialect,
  PostgresQueryCompiler,
  type ColumnDefinitionNode,
  type DataTypeNode,
  type DatabaseIntrospector,
  type FunctionNode,
  type PostgresPoolClient,
  type TableMetadata,
} from 'kysely';
import type { CustomTypesConfig } from 'pg';
import type { PostgresSession } from '../connection/session.ts';

/** Runs a statement on the session that the ledger is to use now. */
export type SessionSource = <Result>(work: (session: PostgresSession) => Promise<Result>) => Promise<Result>;

/** Counts are far below 2^53: what the driver would hand out as text, the ledger reads as numbers; bytes as bytes. */
const numbersParsed: CustomTypesConfig = {
  getTypeParser: (type: number) => parsers[type] ?? ((value: unknown) => value),
};

const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  17: (text) => Buffer.from(text.slice(2), 'hex'),
  20: Number,
  21: Number,
  23: Number,
  1700: Number,
};

/** Lets the ledger's statements run on the session that carries the rows, or on the one that reads. */
export class LedgerDialect extends PostgresDialect {
  readonly #withSession: SessionSource;
  readonly #schema: string;

  constructor(withSession: SessionSource, schema: string) {
    super({ pool: { options: {}, connect: () => Promise.resolve(ledgerClient(withSession)), end: noop } });
    this.#withSession = withSession;
    this.#schema = schema;
  }

  override createQueryCompiler(): PostgresQueryCompiler {
    return new LedgerCompiler();
  }

  /** Kysely's own introspection would read the whole catalogue to learn about our few tables. */
  override createIntrospector(): DatabaseIntrospector {
    return {
      getSchemas: () => Promise.resolve([{ name: this.#schema }]),
      getTables: () => this.#withSession((session) => listLedgerTables(session, this.#schema)),
    };
  }
}

/** Compiles what SQLite and PostgreSQL have in different words. */
class LedgerCompiler extends PostgresQueryCompiler {
  /** The ledger's clock; the time at which the statement runs, not the transaction's. */
  protected override visitFunction(node: FunctionNode): void {
    if (node.func === 'database_now') this.append('(extract(epoch from clock_timestamp()) * 1000)::bigint');
    else super.visitFunction(node);
  }

  protected override visitDataType(node: DataTypeNode): void {
    if (node.dataType === 'blob') this.append('bytea');
    else super.visitDataType(node);
  }

  /** `integer primary key` is numbered by the database, as in SQLite. */
  protected override visitColumnDefinition(node: ColumnDefinitionNode): void {
    const isInteger = 'dataType' in node.dataType && node.dataType.dataType === 'integer';
    const generated = GeneratedNode.create({ identity: true, byDefault: true });
    super.visitColumnDefinition(isInteger && node.primaryKey === true ? { ...node, generated } : node);
  }
}

function ledgerClient(withSession: SessionSource): PostgresPoolClient {
  const query = (text: string, values: readonly unknown[]): Promise<unknown> =>
    withSession(({ client, nameOf }) => {
      // The plan of a `select *` does not outlive a new column.
      const name = text.includes('*') ? undefined : nameOf(text);
      return client.query({
        text,
        values: [...values],
        types: numbersParsed,
        ...(name !== undefined && { name }),
      });
    });
  return { query: query as PostgresPoolClient['query'], release: () => undefined };
}

async function listLedgerTables(session: PostgresSession, schema: string): Promise<TableMetadata[]> {
  const { rows } = await session.query({
    text: `SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'keyturn\\_%'
           AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)`,
    values: [schema],
  });
  return rows.map(([name]) => ({ name: name ?? '', schema, isView: false, isForeign: false, columns: [] }));
}

function noop(): Promise<void> {
  return Promise.resolve();
}
