import type Database from 'better-sqlite3';
import { token, type KeyRole } from './keys.ts';

/** The encrypted columns of the fleet server, also those that its manual does not name. */
export const fleetColumns = [
  'agent_db_keys.key_encrypted',
  'commands.params_json_encrypted',
  'commands.result_json_encrypted',
  'export_logs.data_encrypted',
  'machines.info_json_encrypted',
  'machines.latest_metrics_json_encrypted',
  'metrics_history.metrics_json_encrypted',
  'widget_logs.message_encrypted',
  'widget_logs.data_encrypted',
];

/** What a cell of the fleet holds; appears nowhere outside cells. */
export const fleetSecret = 'canary: the fleet password is swordfish';

/** A cell of the fleet. */
export function fleetCell(role: KeyRole = 'old'): string {
  return token(role, JSON.stringify({ secret: fleetSecret }));
}

/** The six tables of the fleet server with a few rows each. */
export function fillFleet(database: Database.Database, role: KeyRole = 'old'): void {
  const cell = (): string => fleetCell(role);
  database.exec(`
    CREATE TABLE machines(machine_id TEXT PRIMARY KEY, info_json_encrypted TEXT, first_seen TEXT, last_seen TEXT,
      status TEXT, latest_metrics_json_encrypted TEXT);
    CREATE TABLE metrics_history(id INTEGER PRIMARY KEY AUTOINCREMENT, machine_id TEXT, timestamp TEXT,
      metrics_json_encrypted TEXT);
    CREATE TABLE commands(id TEXT PRIMARY KEY, machine_id, action, params_json_encrypted, status, created_at,
      executed_at, result_json_encrypted);
    CREATE TABLE widget_logs(id INTEGER PRIMARY KEY AUTOINCREMENT, machine_id, timestamp, log_level, widget_type,
      message_encrypted, data_encrypted);
    CREATE TABLE agent_db_keys(machine_id TEXT PRIMARY KEY, key_encrypted TEXT NOT NULL, updated_at TEXT NOT NULL);
    CREATE TABLE export_logs(id INTEGER PRIMARY KEY AUTOINCREMENT, encrypted INTEGER, encryption_mode, filename,
      data_encrypted TEXT);
    INSERT INTO export_logs VALUES (1, 0, 'none', 'a.csv', NULL), (2, 0, 'none', 'b.csv', '')`);
  for (let row = 0; row < 5; row += 1) {
    const machine = `machine-${row}`;
    database
      .prepare("INSERT INTO machines VALUES (?, ?, 'then', 'now', 'online', ?)")
      .run(machine, cell(), row === 0 ? null : cell());
    database
      .prepare(
        "INSERT INTO metrics_history(machine_id, timestamp, metrics_json_encrypted) VALUES (?, 'now', ?)",
      )
      .run(machine, cell());
    database
      .prepare("INSERT INTO commands VALUES (?, ?, 'restart', ?, 'done', 'then', 'now', ?)")
      .run(`command-${row}`, machine, cell(), row % 2 === 0 ? '' : cell());
    database
      .prepare("INSERT INTO widget_logs VALUES (NULL, ?, 'now', 'info', 'log', ?, ?)")
      .run(machine, cell(), row === 0 ? cell() : null);
    database.prepare("INSERT INTO agent_db_keys VALUES (?, ?, 'now')").run(machine, cell());
    database.prepare("INSERT INTO export_logs VALUES (NULL, 1, 'server', 'c.csv', ?)").run(cell());
  }
}
