import { ok, warn, type Check, type Finding } from '../check.ts';

/** A transaction that is older keeps the dead rows of a run from being removed, in milliseconds. */
const longMilliseconds = 10 * 60_000;

/** Whether the dead rows that a run leaves behind, one for each row it rewrites, are removed. */
export const serverVacuum: Check = {
  name: 'vacuum',
  databases: ['postgres'],
  examine({ server }) {
    if (server === null) return Promise.resolve([]);
    const { report, load } = server;
    const findings: Finding[] = [];
    if (report.autovacuum === 'off') {
      const fix = `psql -c 'ALTER SYSTEM SET autovacuum = on' -c 'SELECT pg_reload_conf()'`;
      findings.push(warn('autovacuum is off: a run doubles each table it rewrites', fix));
    }
    for (const table of report.unvacuumedTables) {
      const fix = `ALTER TABLE ${table} RESET (autovacuum_enabled), or VACUUM ${table} after the run`;
      findings.push(warn(`autovacuum is switched off for ${table}`, fix));
    }
    const age = load.oldestTransactionMilliseconds;
    if (age !== null && age > longMilliseconds) {
      const message = `a transaction is open for ${String(Math.round(age / 60_000))} minutes: until it ends, no dead row is removed`;
      findings.push(
        warn(message, 'SELECT pid, xact_start, application_name FROM pg_stat_activity ORDER BY xact_start'),
      );
    }
    return Promise.resolve(
      findings.length > 0 ? findings : [ok('dead rows are removed, and no old transaction keeps them')],
    );
  },
};
