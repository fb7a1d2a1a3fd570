import type { OutOfReach } from '../../scrubber.ts';
import type { PostgresSession } from '../connection/session.ts';

const everywhere: readonly OutOfReach[] = [
  { place: 'dumps and base backups', command: 'delete them, or make new ones: pg_dump, pg_basebackup' },
  { place: 'snapshots of the file system', command: 'zfs list -t snapshot, btrfs subvolume list /' },
  { place: 'blocks of the disk that no file uses any more', command: 'fstrim -v MOUNTPOINT' },
  { place: "the application's own logs, and its memory", command: 'rotate them, and restart it' },
];

/** Places that only some servers have, each with a condition that says whether this one does. */
const conditional: readonly (OutOfReach & { readonly condition: string })[] = [
  {
    place: 'archived segments of the log',
    command: 'pg_archivecleanup ARCHIVE OLDEST_KEPT_SEGMENT, after a new base backup',
    condition: "current_setting('archive_mode') <> 'off'",
  },
  {
    place: 'segments of the log that a replication slot keeps',
    command: 'SELECT slot_name, restart_lsn FROM pg_replication_slots',
    condition: 'EXISTS (SELECT FROM pg_replication_slots)',
  },
  {
    place: 'standbys: their tables follow, their logs do not',
    command: 'SELECT pg_switch_wal() there once it is promoted; CHECKPOINT',
    condition: 'EXISTS (SELECT FROM pg_stat_replication)',
  },
  {
    place: "the server's log: it may hold values of statements",
    command: 'delete its older files: SELECT * FROM pg_ls_logdir()',
    condition: `current_setting('log_statement') <> 'none' OR current_setting('log_min_duration_statement') <> '-1'
      OR current_setting('log_min_error_statement') <> 'panic'`,
  },
  {
    place: 'pg_stat_statements: it may hold values of statements',
    command: 'SELECT pg_stat_statements_reset()',
    condition: "EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_stat_statements')",
  },
];

/** Where old values may be besides the server's files. */
export async function listBeyondReach(session: PostgresSession): Promise<readonly OutOfReach[]> {
  const { rows } = await session.query({
    text: `SELECT ${conditional.map(({ condition }) => `(${condition})`).join(', ')}`,
  });
  const answers = rows[0] ?? [];
  const found = conditional.filter((_, index) => answers[index] === 't');
  return [...found.map(({ place, command }) => ({ place, command })), ...everywhere];
}
