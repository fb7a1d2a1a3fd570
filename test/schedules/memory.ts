import type Database from 'better-sqlite3';

/** Hands out again what was read, as long as no transaction has changed the database since. */
export interface Memory<Value> {
  recall(name: string, read: () => Value): Value;
}

export function createMemory<Value>(database: Database.Database): Memory<Value> {
  const countChanges = database.prepare('SELECT total_changes()').pluck();
  const known = new Map<string, Value>();
  let knownAt: unknown;
  return {
    recall(name, read) {
      // What is not committed yet may be rolled back, which counts as no change.
      if (database.inTransaction) return read();
      const changes: unknown = countChanges.get();
      if (changes !== knownAt) known.clear();
      knownAt = changes;
      const value = known.get(name) ?? read();
      known.set(name, value);
      return value;
    },
  };
}
