import { createDice, type Dice } from './dice.ts';
import { generateKey, type Fernet } from './fernet.ts';

/** A value of a row as it is written. */
type RowValue = string | number | null;

/** Rows of one table, all with the same columns. */
export interface TableRows {
  readonly table: string;
  readonly rows: Iterable<Readonly<Record<string, RowValue>>>;
}

const machineCount = 120;
const rowCounts = { metrics: 20_000, commands: 3_000, logs: 8_000, exports: 150 };

/** When the fleet went into service, in seconds since 1970. */
const start = Date.UTC(2025, 10, 25, 10, 30) / 1000;

/** Seals what a cell holds; NULL and the empty string stay as they are, as in the fleet server itself. */
type Seal = (content: object | string | null) => string | null;

/** Everything the fleet server has stored so far, sealed: NULLs, empty strings and values of many lengths. */
export function fleetRows(fernet: Fernet): readonly TableRows[] {
  const dice = createDice(2025);
  const sealAt =
    (minute: number): Seal =>
    (content) => {
      if (content === null || content === '') return content;
      const text = typeof content === 'string' ? content : JSON.stringify(content);
      return fernet.seal(text, start + minute * 60);
    };
  return [
    { table: 'machines', rows: each(machineCount, (index) => machine(index, dice, sealAt(index))) },
    {
      table: 'metrics_history',
      rows: each(rowCounts.metrics, (index) => metrics(index, dice, sealAt(index))),
    },
    {
      table: 'commands',
      rows: each(rowCounts.commands, (index) => command(index, dice, sealAt(index * 10))),
    },
    { table: 'widget_logs', rows: each(rowCounts.logs, (index) => log(index, dice, sealAt(index * 4))) },
    { table: 'agent_db_keys', rows: each(machineCount, (index) => agentKey(index, sealAt(index))) },
    {
      table: 'export_logs',
      rows: each(rowCounts.exports, (index) => exported(index, dice, sealAt(index * 200))),
    },
  ];
}

function machine(index: number, dice: Dice, seal: Seal): Record<string, RowValue> {
  const hostname = `${dice.pick(['design', 'build', 'sales', 'lab', 'zoë'])}-${String(index).padStart(3, '0')}`;
  const info = {
    hostname: `${hostname}.fleet.example`,
    computer_name: hostname,
    os: {
      name: 'macOS',
      version: `${dice.between(13, 15)}.${dice.between(0, 6)}`,
      build: `24${dice.letters(1)}${dice.between(100, 999)}`,
    },
    serial_number: `C02${dice.letters(8)}`,
    hardware: {
      cpu: dice.pick(['Apple M1', 'Apple M2 Pro', 'Apple M3']),
      memory_gb: dice.pick([8, 16, 32, 64]),
    },
    network_interfaces: each(dice.between(1, 4), (place) => ({
      name: `en${place}`,
      ip: `10.0.${place}.${dice.between(2, 254)}`,
    })),
  };
  return {
    machine_id: machineId(index),
    info_json_encrypted: seal(info),
    first_seen: timeText(index),
    last_seen: timeText(rowCounts.metrics),
    status: dice.pick(['online', 'online', 'offline']),
    latest_metrics_json_encrypted: dice.chance(10) ? null : seal(measurement(dice)),
  };
}

function metrics(index: number, dice: Dice, seal: Seal): Record<string, RowValue> {
  return {
    machine_id: machineId(index % machineCount),
    timestamp: timeText(index),
    metrics_json_encrypted: dice.chance(2) ? null : seal(measurement(dice)),
  };
}

function measurement(dice: Dice): object {
  return {
    cpu: { percent: dice.between(0, 1000) / 10, load: each(3, () => dice.between(0, 800) / 100) },
    memory: { total_gb: 16, used_percent: dice.between(200, 990) / 10 },
    disk: {
      used_percent: dice.between(100, 990) / 10,
      read_mb: dice.between(0, 9_000),
      write_mb: dice.between(0, 9_000),
    },
    battery: dice.chance(30) ? null : { percent: dice.between(5, 100), charging: dice.chance(50) },
    processes: each(dice.between(0, 3), () => ({
      name: dice.pick(['Safari', 'node', 'WindowServer']),
      cpu: dice.between(0, 99),
    })),
  };
}

function command(index: number, dice: Dice, seal: Seal): Record<string, RowValue> {
  const action = dice.pick(['restart', 'ping', 'run_speed_test', 'update_agent', 'collect_logs']);
  const isPending = dice.chance(15);
  return {
    id: `cmd-${dice.letters(12).toLowerCase()}-${index}`,
    machine_id: machineId(dice.between(0, machineCount - 1)),
    action,
    params_json_encrypted:
      action === 'restart'
        ? ''
        : seal({ timeout: dice.between(5, 60), target: `10.0.0.${dice.between(1, 254)}` }),
    status: isPending ? 'pending' : 'done',
    created_at: timeText(index * 10),
    executed_at: isPending ? null : timeText(index * 10 + 1),
    result_json_encrypted: isPending
      ? null
      : seal({ exit_code: dice.chance(5) ? 1 : 0, output: `${action} `.repeat(dice.between(1, 40)) }),
  };
}

function log(index: number, dice: Dice, seal: Seal): Record<string, RowValue> {
  const widget = dice.pick(['wifi', 'ping', 'speedtest', 'health']);
  const network = dice.pick(['Fleet-5G', 'Café Gäste', 'guest', 'lab-iot']);
  return {
    machine_id: machineId(dice.between(0, machineCount - 1)),
    timestamp: timeText(index * 4),
    log_level: dice.pick(['INFO', 'INFO', 'WARNING', 'ERROR']),
    widget_type: widget,
    message_encrypted: dice.chance(3)
      ? ''
      : seal(`${widget}: joined "${network}" at ${dice.between(-90, -30)} dBm`),
    data_encrypted: dice.chance(20)
      ? null
      : seal({ ssid: network, password: dice.letters(12), channel: dice.between(1, 165) }),
  };
}

/** The cell holds a key: it is encrypted again like any other, and never shown. */
function agentKey(index: number, seal: Seal): Record<string, RowValue> {
  return { machine_id: machineId(index), key_encrypted: seal(generateKey()), updated_at: timeText(index) };
}

function exported(index: number, dice: Dice, seal: Seal): Record<string, RowValue> {
  const isEncrypted = dice.chance(80);
  const format = dice.pick(['csv', 'json']);
  return {
    machine_id: machineId(dice.between(0, machineCount - 1)),
    exported_at: timeText(index * 200),
    format,
    encrypted: isEncrypted ? 1 : 0,
    encryption_mode: isEncrypted ? 'fernet' : 'none',
    filename: `fleet-${String(index).padStart(4, '0')}.${format}`,
    data_encrypted: isEncrypted
      ? seal(`machine;cpu\n${'mac-0001;12.5\n'.repeat(dice.between(10, 300))}`)
      : null,
  };
}

function machineId(index: number): string {
  return `mac-${String(index).padStart(4, '0')}`;
}

function timeText(minute: number): string {
  return new Date((start + minute * 60) * 1000).toISOString().slice(0, 19);
}

function each<Item>(count: number, make: (index: number) => Item): readonly Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
