import { closeSync, openSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { fleetSizes, testKeys } from '../support/fleet-database.ts';
import { sealReference } from '../support/reference-fernet.ts';
import { createStage } from './stage.ts';

const stage = createStage(fleetSizes(10));

/** One damage, by what the check has to say of it. */
interface Damage {
  readonly complaint: string;
  readonly by: (database: DatabaseSync) => void;
}

const run =
  (statement: string): Damage['by'] =>
  (database) => {
    database.exec(statement);
  };

/** Puts something in the place of the first metrics. */
const put =
  (valueFor: (token: string) => string | Uint8Array | null): Damage['by'] =>
  (database) => {
    const row = database.prepare('SELECT metrics_json_encrypted AS token FROM metrics_history WHERE id = 1');
    const value = valueFor(String(row.get()?.['token']));
    database.prepare('UPDATE metrics_history SET metrics_json_encrypted = ? WHERE id = 1').run(value);
  };

const underNew = (plaintext: string): string => sealReference(testKeys.new, Buffer.from(plaintext));

/** What the first metrics really hold. */
function trueMetrics(): string {
  const row = stage.truth.rows.find(({ table }) => table === 'metrics_history');
  const cell = row?.cells['metrics_json_encrypted'];
  return cell?.kind === 'token' ? cell.plaintext : '';
}

const damages: readonly Damage[] = [
  { complaint: 'the row is lost', by: run("DELETE FROM machines WHERE machine_id = 'machine-3'") },
  { complaint: 'machines has 11 rows, not 10', by: run('INSERT INTO machines DEFAULT VALUES') },
  { complaint: 'a value was changed', by: run('UPDATE machines SET status = NULL') },
  {
    complaint: 'a value was changed',
    by: run("UPDATE widget_logs SET data_encrypted = NULL WHERE data_encrypted = ''"),
  },
  { complaint: 'the token is lost', by: put(() => null) },
  { complaint: 'opens under neither key', by: put((token) => token.slice(0, -8)) },
  {
    complaint: 'opens under neither key',
    by: put(() => sealReference(testKeys.third, Buffer.from(trueMetrics()))),
  },
  { complaint: 'the plaintext was changed', by: put(() => underNew('{}')) },
  { complaint: 'was encrypted twice', by: put(underNew) },
  { complaint: 'the timestamp was changed', by: put(() => underNew(trueMetrics())) },
  { complaint: 'a text became a blob', by: put((token) => Buffer.from(token)) },
];

describe('the independent check', () => {
  it('finds nothing wrong with a database that nobody touched', () => {
    expect(stage.check(stage.database('wal'))).toEqual({
      damages: [],
      underOld: stage.tokens,
      underNew: 0,
    });
  });

  it.each(damages)('tells that $complaint', ({ complaint, by }) => {
    const path = stage.database('delete');
    const database = new DatabaseSync(path);
    by(database);
    database.close();
    expect(stage.check(path).damages.join('\n')).toContain(complaint);
  });

  it('tells of a damaged file', () => {
    const path = stage.database('delete');
    const file = openSync(path, 'r+');
    // Byte 36 on: how many pages are free.
    writeSync(file, Buffer.of(0, 0, 0, 7), 0, 4, 36);
    closeSync(file);
    expect(stage.check(path).damages.join('\n')).toContain('the file is damaged');
  });
});
