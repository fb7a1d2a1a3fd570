/** The six tables of the fleet server. Its manual names four of them as encrypted; the last two are as well. */
export const schema = `
  CREATE TABLE machines (
    machine_id TEXT PRIMARY KEY, info_json_encrypted TEXT, first_seen TEXT, last_seen TEXT, status TEXT,
    latest_metrics_json_encrypted TEXT
  );
  CREATE TABLE metrics_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT, machine_id TEXT, timestamp TEXT, metrics_json_encrypted TEXT
  );
  CREATE TABLE commands (
    id TEXT PRIMARY KEY, machine_id TEXT, action TEXT, params_json_encrypted TEXT, status TEXT, created_at TEXT,
    executed_at TEXT, result_json_encrypted TEXT
  );
  CREATE TABLE widget_logs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, machine_id TEXT, timestamp TEXT, log_level TEXT, widget_type TEXT,
    message_encrypted TEXT, data_encrypted TEXT
  );
  CREATE TABLE agent_db_keys (machine_id TEXT PRIMARY KEY, key_encrypted TEXT NOT NULL, updated_at TEXT NOT NULL);
  CREATE TABLE export_logs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, machine_id TEXT, exported_at TEXT, format TEXT, encrypted INTEGER,
    encryption_mode TEXT, filename TEXT, data_encrypted TEXT
  );
`;

/** A table of the fleet server with the columns that hold tokens. */
export interface EncryptedTable {
  readonly table: string;
  readonly columns: readonly string[];
}

/** Where the fleet server keeps tokens. keyturn is not told: it finds these columns by their content. */
export const encryptedTables: readonly EncryptedTable[] = [
  { table: 'machines', columns: ['info_json_encrypted', 'latest_metrics_json_encrypted'] },
  { table: 'metrics_history', columns: ['metrics_json_encrypted'] },
  { table: 'commands', columns: ['params_json_encrypted', 'result_json_encrypted'] },
  { table: 'widget_logs', columns: ['message_encrypted', 'data_encrypted'] },
  { table: 'agent_db_keys', columns: ['key_encrypted'] },
  { table: 'export_logs', columns: ['data_encrypted'] },
];
