import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import type { AlterationStep, Step } from '../../src/lib/model/runs/step.ts';
import { createPostgresScene } from '../support/postgres/postgres-scene.ts';
import { createRandom } from '../support/random.ts';
import type { KeyturnResult, KeyturnOptions } from '../support/run-keyturn.ts';
import { createScene, opened, token } from '../support/scene.ts';

const people = 400;
const schema = 'CREATE TABLE people(id integer PRIMARY KEY, email text)';
const rows = `INSERT INTO people(id, email) VALUES ${Array.from(
  { length: people },
  (_, person) => `(${String(person)}, 'first@${String(person)}')`,
).join(', ')}`;

/** A database with people, an application that writes them, and commands. */
interface Stage {
  run(options: KeyturnOptions, command: string, ...args: readonly string[]): Promise<KeyturnResult>;
  /** One statement of the application, committed when the promise is kept. */
  write(sql: string): Promise<void>;
  read(column: 'email' | 'email_encrypted'): Promise<readonly (string | null)[]>;
}

const stages: Readonly<Record<'sqlite' | 'postgres', () => Promise<Stage>>> = {
  sqlite() {
    const scene = createScene((database) => database.exec(`${schema}; ${rows}`), { journalMode: 'wal' });
    const application = new Database(scene.path, { timeout: 20_000 });
    onTestFinished(() => {
      application.close();
    });
    return Promise.resolve({
      run: (options, command, ...args) => scene.runWith(options, command, ...args),
      write: (sql) => Promise.resolve().then(() => void application.exec(sql)),
      read: (column) =>
        Promise.resolve(
          application.prepare(`SELECT ${column} FROM people ORDER BY id`).pluck().all() as (string | null)[],
        ),
    });
  },
  async postgres() {
    const scene = await createPostgresScene(`${schema}; ${rows}`);
    const application = await scene.connect();
    return {
      run: (options, command, ...args) => scene.runWith(options, command, ...args),
      async write(sql) {
        await application.query(sql);
      },
      read: async (column) =>
        (await scene.query(`SELECT ${column} FROM people ORDER BY id`)).map(([value]) => value ?? null),
    };
  },
};

interface Writers {
  stop(): Promise<void>;
  /**
   * What instances of the application there are from now on: those that know the old column alone, and those that know the new one.
   * Waits for the write that is under way.
   */
  setInstances(instances: readonly ('plaintext' | 'cells')[]): Promise<void>;
}

/** Lets instances write; `truth` is the address of each person as it was written last. */
function startWriters(stage: Stage, truth: string[]): Writers {
  const random = createRandom(20_261_126);
  let running: readonly ('plaintext' | 'cells')[] = [];
  let writing = Promise.resolve();
  const stopping = new AbortController();
  const work = (async () => {
    for (let written = 1; !stopping.signal.aborted; written += 1) {
      await sleep(2);
      const instance = running[Math.floor(random() * running.length)];
      if (instance === undefined) continue;
      const person = Math.floor(random() * (truth.length + 1));
      const value = `${instance}@${String(written)}`;
      const [column, stored] =
        instance === 'plaintext' ? ['email', value] : ['email_encrypted', token('new', value)];
      const sql =
        person < truth.length
          ? `UPDATE people SET ${column} = '${stored}' WHERE id = ${String(person)}`
          : `INSERT INTO people(id, ${column}) VALUES (${String(person)}, '${stored}')`;
      // Refused: the column is frozen, or not there yet, or no longer. Nothing was written then.
      writing = stage.write(sql).then(
        () => void (truth[person] = value),
        () => undefined,
      );
      await writing;
    }
  })();
  return {
    setInstances(instances) {
      running = instances;
      return writing;
    },
    async stop() {
      stopping.abort();
      await work;
    },
  };
}

type Command = readonly [name: string, ...words: string[]];

const killer = new URL('../support/kill-at-step.js', import.meta.url).href;
const flags = ['--yes', '--json', '--progress', 'none', '--batch-rows', '25'] as const;
const encryption = [
  ...['--column', 'people.email', '--key', 'file:new.key', '--format', 'fernet'],
  ...['--into', '{column}_encrypted', ...flags],
];

test.each(['sqlite', 'postgres'] as const)(
  'no write of old or new instances is lost, though each run beside them is killed half way: %s',
  async (kind) => {
    const stage = await stages[kind]();
    const truth = Array.from({ length: people }, (_, person) => `first@${String(person)}`);
    const writers = startWriters(stage, truth);
    onTestFinished(() => writers.stop());
    const finish = async (
      instant: `${Step | AlterationStep}:${number}`,
      ...words: Command
    ): Promise<void> => {
      const env = { NODE_OPTIONS: `--import=${killer}`, KEYTURN_TEST_KILL_AT: instant };
      expect((await stage.run({ env }, ...words)).signal, instant).toBe('SIGKILL');
      const { code, stdout, stderr } = await stage.run({}, ...words);
      expect(code, stdout + stderr).toBe(0);
    };
    await writers.setInstances(['plaintext', 'cells']);
    await finish('chunk completed:6', 'encrypt', ...encryption);
    await finish('sources frozen:1', 'finalize', ...flags, '--confirm', 'people.email');
    await writers.setInstances([]);
    expect((await stage.read('email')).filter((value) => value !== null)).toEqual([]);
    const cells = await stage.read('email_encrypted');
    expect(cells.map((cell) => opened('new', cell))).toEqual(truth);
    await writers.setInstances(['plaintext', 'cells']);
    await finish('cells replaced:9', 'rollback', ...flags);
    await writers.stop();
    expect(await stage.read('email')).toEqual(truth);
  },
);
