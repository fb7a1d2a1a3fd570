import { realpathSync } from 'node:fs';
import type { TargetDatabase } from '../../databases/target-database.ts';
import type { Check, ExaminedKey, Finding, SampledColumn, Subject } from '../../doctor/check.ts';
import { checks } from '../../doctor/registry.ts';
import { formatNamed } from '../../formats/format-named.ts';
import { parseKeyReference } from '../../keys/key-reference.ts';
import { loadKey } from '../../keys/load-key.ts';
import type { SecretKey } from '../../keys/secret-key.ts';
import { closedCells } from '../../model/columns/column-census.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { inspectColumns } from '../../planning/inspection/inspect-columns.ts';
import { openDatabase } from '../database/open-database.ts';
import { detectFormat } from '../formats/choose-formats.ts';

/** What to examine, and which keys to try. */
export interface ExaminationRequest {
  readonly location: DatabaseLocation;
  readonly references: Readonly<Partial<Record<ExaminedKey['role'], string>>>;
  /** Undefined: found out from the cells. */
  readonly format: string | undefined;
}

/** A finding and the check it comes from. */
export interface CheckedFinding extends Finding {
  readonly check: string;
}

/** Runs every check that knows this kind of database. Reads only; a missing database is exit 15 as everywhere. */
export async function examineDatabase(request: ExaminationRequest): Promise<{
  readonly database: string;
  readonly findings: readonly CheckedFinding[];
}> {
  const opened = await tryToOpen(request.location);
  try {
    const subject = await collectSubject(request, opened);
    const findings: CheckedFinding[] = [];
    for (const check of checks.filter(({ databases }) => databases.includes(request.location.kind))) {
      findings.push(...(await runCheck(check, subject)));
    }
    return { database: subject.location, findings };
  } finally {
    await opened.database?.close();
  }
}

async function runCheck(check: Check, subject: Subject): Promise<readonly CheckedFinding[]> {
  const findings = await check.examine(subject);
  return findings.map((finding) => ({ check: check.name, ...finding }));
}

/** A key, and what of it may be shown. */
interface KeyExamination {
  readonly shown: ExaminedKey;
  readonly key: SecretKey | null;
}

/** Exactly one of both is `null`. */
type OpenedSubject = Pick<Subject, 'database' | 'problem'>;

/** A database that exists but cannot be opened is a finding; the checks of its files still help. */
async function tryToOpen(location: DatabaseLocation): Promise<OpenedSubject> {
  try {
    return { database: await openDatabase(location, { access: 'read', use: 'shared' }), problem: null };
  } catch (error) {
    if (!(error instanceof KeyturnError) || !isThere(location)) throw error;
    return { database: null, problem: problemOf(error) };
  }
}

function isThere(location: DatabaseLocation): boolean {
  if (location.kind === 'postgres') return false;
  try {
    return realpathSync(location.path) !== '';
  } catch {
    return false;
  }
}

function problemOf({ message, hints }: KeyturnError): NonNullable<Subject['problem']> {
  return { message, fix: hints[0] ?? null };
}

/** A file's canonical path; what a server calls its database. */
function placeOf(location: DatabaseLocation, { database }: OpenedSubject): string {
  return location.kind === 'sqlite' ? realpathSync(location.path) : (database?.identity.location ?? '');
}

async function collectSubject(request: ExaminationRequest, opened: OpenedSubject): Promise<Subject> {
  const { database } = opened;
  const format = request.format ?? (database ? await detectOr(database, 'fernet') : 'fernet');
  const keys: KeyExamination[] = [];
  for (const [role, reference] of Object.entries(request.references)) {
    keys.push(await examineKey(role as ExaminedKey['role'], reference, format));
  }
  const loaded = keys.flatMap(({ shown, key }) => (key ? [{ role: shown.role, key }] : []));
  const sampled = loaded.filter(({ role }) => role !== 'payload').map(({ key }) => key);
  return {
    ...opened,
    location: placeOf(request.location, opened),
    keys: keys.map(({ shown }) => shown),
    sameKeys: loaded.flatMap((one, index) =>
      loaded
        .slice(index + 1)
        .flatMap((other) => (one.key.equals(other.key) ? [[one.role, other.role] as const] : [])),
    ),
    server: await examineServer(database),
    sample: database && sampled.length > 0 ? await sampleCells(database, sampled, format) : null,
  };
}

async function examineServer(database: TargetDatabase | null): Promise<Subject['server']> {
  const server = database?.server;
  return server ? { report: await server.readReport(), load: await server.readLoad() } : null;
}

/** Cells of several layouts are told apart by `--format`; here the most common one will do. */
async function detectOr(database: TargetDatabase, otherwise: string): Promise<string> {
  try {
    return await detectFormat(database);
  } catch {
    return otherwise;
  }
}

async function examineKey(role: ExaminedKey['role'], text: string, format: string): Promise<KeyExamination> {
  try {
    const reference = parseKeyReference(text, role === 'payload' ? 'key' : role);
    const { key, warnings } = await loadKey({
      reference,
      role: role === 'payload' ? 'key' : role,
      format: formatNamed(format),
    });
    return { key, shown: { role, reference: reference.display, id: key.id, problem: null, warnings } };
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error;
    return { key: null, shown: { role, reference: '', id: null, problem: problemOf(error), warnings: [] } };
  }
}

/** Tries one or two keys on a sample of every column. */
async function sampleCells(
  database: TargetDatabase,
  [first, second = first]: readonly SecretKey[],
  formatName: string,
): Promise<readonly SampledColumn[]> {
  if (!first || !second) return [];
  const format = formatNamed(formatName);
  const ciphers = {
    old: { format, cipher: format.bind(first) },
    new: { format, cipher: format.bind(second) },
  };
  const inspections = await inspectColumns(database, { tables: await database.listTables(), ciphers });
  return inspections.flatMap(({ description: { table }, columns }) =>
    columns
      .filter(({ cells }) => cells.old + cells.new + closedCells(cells) > 0)
      .map(({ description: { name }, cells }) => ({
        table,
        column: name,
        opened: cells.old + cells.new,
        unknown: closedCells(cells),
      })),
  );
}
