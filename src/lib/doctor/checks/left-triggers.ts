import type { TargetDatabase } from '../../databases/target-database.ts';
import type { InstalledTriggers, TriggerPurpose } from '../../model/schema/installed-triggers.ts';
import { fail, ok, warn, type Check, type Finding } from '../check.ts';

/**
 * Triggers of a ledger that was lost, dropped or replaced by another copy: no command of keyturn knows them. And what is left of those
 * of two columns, where somebody has dropped the one of cells.
 */
export const leftTriggers: Check = {
  name: 'left triggers',
  databases: ['sqlite', 'postgres'],
  async examine({ database }) {
    if (!database) return [];
    const { ledger } = database;
    const known = [
      ...(await ledger.listGuards()).map(({ id, table }) => ({ purpose: 'guard' as const, id, table })),
      ...(await ledger.listPairs()).map(({ id, table }) => ({ purpose: 'pair' as const, id, table })),
    ];
    const installed = await database.listInstalledTriggers();
    const useless = await withoutCells(database, installed);
    const left = installed.filter((triggers) => !known.some((one) => isOf(triggers, one)));
    if (left.length + useless.length === 0) return [ok('every trigger of keyturn is known to the ledger')];
    const isLost = (await ledger.listMigrations()).length === 0;
    return [
      ...left.map((triggers) => (isLost ? withoutLedger(triggers) : unknownToLedger(triggers))),
      ...useless.map((triggers) =>
        warn(`${describe(triggers)} whose column of cells is gone`, inSql(triggers)),
      ),
    ];
  },
};

/** Something of the ledger that has triggers. */
interface KnownOwner {
  readonly purpose: TriggerPurpose;
  readonly id: number;
  readonly table: string;
}

/** What is left of pairs whose plaintext nothing has retired, and whose cells somebody has dropped. */
async function withoutCells(
  database: TargetDatabase,
  installed: readonly InstalledTriggers[],
): Promise<readonly InstalledTriggers[]> {
  // What has triggers still has its column, whatever that is called by now.
  const bare = installed.filter(({ purpose, tables }) => purpose === 'pair' && tables.length === 0);
  if (bare.length === 0) return [];
  const tables = await database.listTables();
  const lost = (await database.ledger.listPairs()).filter(
    ({ table, cells, retired }) =>
      retired === null &&
      tables.some((one) => one.table === table && !one.columns.some(({ name }) => name === cells)),
  );
  return bare.filter(({ id }) => lost.some((pair) => pair.id === id));
}

/** A ledger that was made anew counts from the beginning: only the table tells its triggers from older ones. */
function isOf({ purpose, id, tables }: InstalledTriggers, known: KnownOwner): boolean {
  return (
    purpose === known.purpose &&
    id === known.id &&
    tables.every((table) => table.toLowerCase() === known.table.toLowerCase())
  );
}

const owners: Readonly<Record<TriggerPurpose, string>> = {
  guard: 'a write guard',
  pair: 'a pair of columns',
};

function describe({ purpose, id, tables }: InstalledTriggers): string {
  const name = `keyturn_${purpose}_${id}_`;
  const names = tables.map((table) => `"${table}"`).join(', ');
  return tables.length === 0
    ? `functions ${name}... are of ${owners[purpose]}`
    : `triggers ${name}... on ${names} are of ${owners[purpose]}`;
}

function unknownToLedger(triggers: InstalledTriggers): Finding {
  return warn(`${describe(triggers)} that the ledger does not know`, inSql(triggers));
}

function withoutLedger(triggers: InstalledTriggers): Finding {
  // On a server the triggers of a pair go with the tables they need.
  if (triggers.tables.length === 0)
    return warn(`${describe(triggers)}, and the ledger is gone`, inSql(triggers));
  return fail(
    `${describe(triggers)}, and the ledger is gone: what others write fails where they need its tables`,
    inSql(triggers),
  );
}

function inSql({ removal }: InstalledTriggers): string {
  return `${removal}   -- in SQL`;
}
