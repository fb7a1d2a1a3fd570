import type { LogLeak } from '../../../model/databases/server-report.ts';
import type { PostgresSession } from '../connection/session.ts';

/** Settings by their names; one of an extension that is not loaded is missing. */
type Settings = Readonly<Record<string, string | undefined>>;

/** One way into the log. */
interface LeakRule {
  readonly setting: string;
  readonly logs: string;
  readonly safe: string;
  readonly leaks: (value: string, settings: Settings) => boolean;
}

/** Parameters are logged in full unless their length is limited to nothing. */
const areParametersLogged = (settings: Settings): boolean => settings['log_parameter_max_length'] !== '0';

const rules: readonly LeakRule[] = [
  {
    setting: 'log_statement',
    logs: 'every statement that changes rows, with its values',
    safe: 'none',
    leaks: (value) => value === 'mod' || value === 'all',
  },
  {
    setting: 'log_min_duration_statement',
    logs: 'statements that take longer, with their values',
    safe: '-1',
    leaks: (value, settings) => value !== '-1' && areParametersLogged(settings),
  },
  {
    setting: 'log_min_duration_sample',
    logs: 'some of the statements that take longer, with their values',
    safe: '-1',
    leaks: (value, settings) =>
      value !== '-1' && settings['log_statement_sample_rate'] !== '0' && areParametersLogged(settings),
  },
  {
    setting: 'log_transaction_sample_rate',
    logs: 'all statements of some transactions, with their values',
    safe: '0',
    leaks: (value, settings) => Number(value) > 0 && areParametersLogged(settings),
  },
  {
    setting: 'log_parameter_max_length_on_error',
    logs: 'the values of a statement that fails',
    safe: '0',
    leaks: (value) => value !== '0',
  },
  {
    setting: 'auto_explain.log_min_duration',
    logs: 'plans of statements that take longer, with their values',
    safe: '-1',
    leaks: (value, settings) => value !== '-1' && settings['auto_explain.log_parameter_max_length'] !== '0',
  },
  {
    setting: 'pgaudit.log_parameter',
    logs: 'the values of audited statements',
    safe: 'off',
    leaks: (value, settings) => value === 'on' && settings['pgaudit.log'] !== 'none',
  },
  {
    setting: 'pg_stat_statements.track_utility',
    logs: 'the text of statements such as ALTER and COPY with what is written in them',
    safe: 'off',
    leaks: (value) => value === 'on',
  },
];

/** Finds the settings of this session by which values get into the server's log or into its statistics of statements. */
export async function findLogLeaks(session: PostgresSession): Promise<readonly LogLeak[]> {
  const { rows } = await session.query({
    text: `SELECT name, setting FROM pg_settings WHERE name LIKE 'log\\_%' OR name LIKE 'auto\\_explain.%'
             OR name LIKE 'pgaudit.%' OR name LIKE 'pg\\_stat\\_statements.%'`,
  });
  const settings: Settings = Object.fromEntries(rows.map(([name, value]) => [name ?? '', value ?? '']));
  return rules.flatMap(({ setting, logs, safe, leaks }) => {
    const value = settings[setting];
    if (value === undefined || !leaks(value, settings)) return [];
    const fix = `psql -c "ALTER SYSTEM SET ${setting} = '${safe}'" -c 'SELECT pg_reload_conf()'`;
    return [{ setting, value, logs, fix }];
  });
}
