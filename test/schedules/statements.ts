import type Database from 'better-sqlite3';

/** Lets a connection prepare each text once, however many processes of a schedule share it. */
export function prepareOnce(database: Database.Database): void {
  const prepare = database.prepare.bind(database);
  const statements = new Map<string, Database.Statement>();
  database.prepare = ((text: string) => {
    const statement = statements.get(text) ?? prepare(text);
    statements.set(text, statement);
    return statement;
  }) as Database.Database['prepare'];
}
