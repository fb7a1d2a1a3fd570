import type Database from 'better-sqlite3';
import {
  SqliteDialect,
  SqliteQueryCompiler,
  type DatabaseIntrospector,
  type FunctionNode,
  type TableMetadata,
} from 'kysely';

/** Lets the ledger's statements run on the connection that carries the rows; each text is prepared once. */
export class LedgerDialect extends SqliteDialect {
  readonly #database: Database.Database;

  constructor(database: Database.Database) {
    const statements = new Map<string, Database.Statement>();
    super({
      database: {
        close: () => undefined,
        prepare(sql) {
          const statement = statements.get(sql) ?? database.prepare(sql);
          statements.set(sql, statement);
          return statement;
        },
      },
    });
    this.#database = database;
  }

  override createQueryCompiler(): SqliteQueryCompiler {
    return new LedgerCompiler();
  }

  /** Of the ledger's tables alone. */
  override createIntrospector(): DatabaseIntrospector {
    return {
      getSchemas: () => Promise.resolve([]),
      getTables: () => Promise.resolve().then(() => listLedgerTables(this.#database)),
    };
  }
}

/** Compiles what SQLite and PostgreSQL have in different words. */
class LedgerCompiler extends SqliteQueryCompiler {
  /** The ledger's clock. */
  protected override visitFunction(node: FunctionNode): void {
    if (node.func === 'database_now') this.append("cast(unixepoch('subsec') * 1000 as integer)");
    else super.visitFunction(node);
  }
}

function listLedgerTables(database: Database.Database): TableMetadata[] {
  return database
    .prepare<[], { name: string }>(
      String.raw`SELECT name FROM sqlite_schema WHERE name LIKE 'keyturn\_%' ESCAPE '\'`,
    )
    .all()
    .map(({ name }) => ({ name, isView: false, isForeign: false, columns: [] }));
}
