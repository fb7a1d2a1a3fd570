import { fail, ok, type Check, type Finding } from '../check.ts';

/** Tables named in full; of more, only the number is told. */
const namedTables = 5;

/** Whether this user may read and change all tables, and keep a ledger beside them. */
export const serverRights: Check = {
  name: 'rights',
  databases: ['postgres'],
  examine({ server }) {
    if (server === null) return Promise.resolve([]);
    const { missingRights, ledger, user } = server.report;
    const findings: Finding[] = (['SELECT', 'UPDATE'] as const).flatMap((right) => {
      const tables = missingRights.filter((missing) => missing.right === right).map(({ table }) => table);
      if (tables.length === 0) return [];
      const named = tables.slice(0, namedTables).join(', ');
      const more = tables.length > namedTables ? ` and ${String(tables.length - namedTables)} more` : '';
      const grant = `GRANT SELECT, UPDATE ON ${named} TO "${user}"`;
      return [fail(`this user lacks ${right} on ${named}${more}`, `as the owner of the tables: ${grant}`)];
    });
    if (!ledger.isWritable) {
      const message = `this user may not create the ledger's tables in the schema "${ledger.schema}"`;
      findings.push(fail(message, `as its owner: GRANT CREATE ON SCHEMA "${ledger.schema}" TO "${user}"`));
    }
    return Promise.resolve(
      findings.length > 0 ? findings : [ok('this user may read and change every table, and keep a ledger')],
    );
  },
};
