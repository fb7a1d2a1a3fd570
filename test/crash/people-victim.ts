import type { SQLOutputValue } from 'node:sqlite';
import { expect } from 'vitest';
import { openedAt, placeOf } from '../support/bound-cells.ts';
import { onCopy } from '../support/database-copy.ts';
import { createPostgresScene } from '../support/postgres/postgres-scene.ts';
import { referenceIndex } from '../support/reference-index.ts';
import type { KeyturnOptions, KeyturnResult } from '../support/run-keyturn.ts';
import { createScene } from '../support/scene.ts';

/** Where the cells of a column go, and on which database. */
export interface EncryptionWay {
  readonly destination: 'in place' | 'into a new column';
  /** Where PostgreSQL is; undefined: on SQLite. */
  readonly serverUrl: string | undefined;
}

/** The e-mail address of each person, by number, as the application has written it last. */
export type People = (string | null)[];

/** A database of people under fire. */
export interface PeopleVictim {
  run(options: KeyturnOptions, command: string, ...args: readonly string[]): Promise<KeyturnResult>;
  /** An old instance of the application writes plaintext, and no index. Rejects where it is refused. */
  write(person: number, email: string): Promise<void>;
  /** All that is there of each person, in their order, beside keyturn and without recovering anything for it. */
  read(): Promise<readonly Person[]>;
}

/** A row; columns that are not there count as NULL. */
interface Person {
  readonly email: string | null;
  readonly cell: string | null;
  /** Hexadecimal. */
  readonly index: string | null;
}

const encryption = [
  ...['--column', 'people.email', '--key', 'file:new.key'],
  ...['--blind-index', 'people.email:lower', '--index-key', 'file:third.key'],
];

/** The commands that take people there and back. */
export const commandsOf: Readonly<
  Record<EncryptionWay['destination'], readonly (readonly [string, ...string[]])[]>
> = {
  'in place': [
    ['encrypt', ...encryption],
    ['rollback', '--index-key', 'file:third.key'],
  ],
  'into a new column': [
    ['encrypt', ...encryption, '--into', '{column}_encrypted'],
    ['finalize', '--confirm', 'people.email'],
    ['rollback', '--index-key', 'file:third.key'],
  ],
};

/** So many people, NULL and the empty value among them. */
export function createPeople(count: number): People {
  return Array.from({ length: count }, (_, person) => {
    if (person % 13 === 0) return null;
    return person % 17 === 0 ? '' : `Person.${String(person)}@Host-${String(person % 50)}.Example.org`;
  });
}

/** Fails where a value is not what was written last, or a blind index is that of another value. */
export async function expectUnharmed(
  victim: PeopleVictim,
  truth: People,
  { destination }: EncryptionWay,
): Promise<void> {
  const rows = await victim.read();
  expect(rows).toHaveLength(truth.length);
  const judge = destination === 'in place' ? judgeInPlace : judgeBeside;
  const damages = rows.flatMap((row, person) => {
    const damage = judge(row, person, truth[person] ?? null);
    return damage === undefined ? [] : [`person ${String(person)}: ${damage}`];
  });
  expect(damages.slice(0, 5)).toEqual([]);
}

/** Everybody is in plaintext again, and nothing is beside it. */
export async function expectTakenBack(victim: PeopleVictim, truth: People): Promise<void> {
  const rows = (await victim.read()).map(({ email, cell, index }) => [email, cell, index]);
  expect(rows).toEqual(truth.map((email) => [email, null, null]));
}

/** A cell has its index with it; beside plaintext there is none yet, or still that of the value. */
function judgeInPlace({ email, index }: Person, person: number, value: string | null): string | undefined {
  const content = contentOf(email, 'email', person);
  if (content !== value) return `its value is ${content === null ? 'lost' : 'another one'}`;
  if (index === null) return isCell(email) ? 'its index is missing' : undefined;
  return index === indexOf(content) ? undefined : 'its index is stale';
}

/** The plaintext counts as long as it is there, and the index always belongs to the cell. */
function judgeBeside(
  { email, cell, index }: Person,
  person: number,
  value: string | null,
): string | undefined {
  const content = contentOf(cell, 'email_encrypted', person);
  if ((email ?? content) !== value) return 'its value is lost, or another one';
  return index === indexOf(content) ? undefined : 'its index is stale';
}

function isCell(value: string | null): boolean {
  return value?.startsWith('kt1.') === true;
}

/** What a column holds of a person; behind a cell's type, its text. */
function contentOf(value: string | null, column: string, person: number): string | null {
  if (value === null || !isCell(value)) return value;
  return openedAt('new', value, placeOf('people', column, ['i', String(person)])).slice(1);
}

const lower = { table: 'people', column: 'email', normaliser: 'lower/1', bytes: 16 } as const;
const known = new Map<string, string>();

function indexOf(value: string | null): string | null {
  if (value === null) return null;
  const index = known.get(value) ?? referenceIndex(lower, value.toLowerCase());
  known.set(value, index);
  return index;
}

/** Makes a database of people; it is gone when the test is finished. */
export function createVictim({ serverUrl }: EncryptionWay, truth: People): Promise<PeopleVictim> {
  return serverUrl === undefined ? Promise.resolve(onSqlite(truth)) : onPostgres(serverUrl, truth);
}

function onSqlite(truth: People): PeopleVictim {
  const scene = createScene(
    (database) => {
      database.exec('CREATE TABLE people(id INTEGER PRIMARY KEY, email TEXT)');
      const insert = database.prepare('INSERT INTO people VALUES (?, ?)');
      truth.forEach((email, person) => insert.run(person, email));
    },
    { journalMode: 'wal' },
  );
  return {
    run: (options, command, ...args) => scene.runWith(options, command, ...args),
    write: (person, email) =>
      Promise.resolve().then(() => {
        scene.change((database) => {
          const names = database
            .prepare<[], string>("SELECT name FROM pragma_table_info('people')")
            .pluck()
            .all();
          database.prepare(updateOf(names, ['?', '?'])).run(email, person);
        });
      }),
    read: () =>
      Promise.resolve(
        onCopy(scene.path, (database) => {
          const names = database.prepare("SELECT name FROM pragma_table_info('people')").all();
          const rows = database
            .prepare(
              selectPeople(
                names.map(({ name }) => String(name)),
                'hex',
              ),
            )
            .all();
          return rows.map(({ email, cell, index_text: index }) => personOf([email, cell, index]));
        }),
      ),
  };
}

async function onPostgres(serverUrl: string, truth: People): Promise<PeopleVictim> {
  const scene = await createPostgresScene('CREATE TABLE people(id integer PRIMARY KEY, email text)', {
    serverUrl,
  });
  await scene.query(
    'INSERT INTO people SELECT place - 1, email FROM unnest($1::text[]) WITH ORDINALITY AS t(email, place)',
    [truth],
  );
  await scene.query('ANALYZE people');
  const columnNames = async (): Promise<readonly string[]> => {
    const names = await scene.query(
      "SELECT attname FROM pg_attribute WHERE attrelid = 'people'::regclass AND attnum > 0 AND NOT attisdropped",
    );
    return names.map(([name]) => name ?? '');
  };
  return {
    run: (options, command, ...args) =>
      scene.runWith(options, command, ...args.filter((word) => word !== '--no-backup')),
    async write(person, email) {
      await scene.query(updateOf(await columnNames(), ['$1', '$2']), [email, person]);
    },
    read: async () => (await scene.query(selectPeople(await columnNames(), 'encode'))).map(personOf),
  };
}

/** In place, an index of another value would be left beside the new one; what keeps cells and indexes together beside it is keyturn's to write. */
function updateOf(names: readonly string[], [email, person]: readonly [string, string]): string {
  const isInPlace = names.includes('email_bidx') && !names.includes('email_encrypted');
  return `UPDATE people SET email = ${email}${isInPlace ? ', email_bidx = NULL' : ''} WHERE id = ${person}`;
}

/** A column that is not there, before an encryption, after it was taken back, or once it was dropped, is NULL in every row. */
function selectPeople(names: readonly string[], rendering: 'hex' | 'encode'): string {
  const column = (name: string, text: string): string => (names.includes(name) ? text : 'NULL');
  const index = rendering === 'hex' ? 'lower(hex(email_bidx))' : "encode(email_bidx, 'hex')";
  return `SELECT ${column('email', 'email')} AS email, ${column('email_encrypted', 'email_encrypted')} AS cell,
    ${column('email_bidx', `CASE WHEN email_bidx IS NOT NULL THEN ${index} END`)} AS index_text FROM people ORDER BY id`;
}

function personOf([email, cell, index]: readonly (SQLOutputValue | undefined)[]): Person {
  const text = (value: SQLOutputValue | undefined): string | null =>
    typeof value === 'string' ? value : null;
  return { email: text(email), cell: text(cell), index: text(index) };
}
