import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, rmSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';

/** In what state a database is left to a fixture's rotation. */
export type SurroundingsName = keyof typeof surroundings;

/** What stands around a database while it is rotated. */
export interface Surroundings {
  /** What is not as it has to be afterwards. */
  findFaults(): readonly string[];
  /** Reads the files while nobody writes to them: of a file that is being written, a copy would be torn. */
  whileStill<Result>(read: () => Result): Result;
}

const nobody = 65_534;

const peaceful: Surroundings = { findFaults: () => [], whileStill: (read) => read() };

/** Each is brought about after the database was made. */
export const surroundings = {
  peaceful: () => peaceful,
  /** A process died in a transaction that had begun to write its pages: into the file, or into the log. */
  'a killed writer': (path: string) => {
    killWriter(`const database = new Database(path)`, path);
    return peaceful;
  },
  /** The same, in a transaction over two files, to one of which the database was attached. */
  'a killed writer that had it attached': (path: string) => {
    const attach = `const database = new Database(path + '.other');
      database.prepare('ATTACH ? AS fleet').run(path);
      database.exec('CREATE TABLE other(x)'); database.exec('BEGIN IMMEDIATE; INSERT INTO other VALUES (1)')`;
    killWriter(attach, path);
    return peaceful;
  },
  /** A process keeps the database locked, and lets it go after two seconds. */
  'a lock that is held for a while': (path: string) => {
    startNeighbour(
      `database.exec('BEGIN IMMEDIATE');
      ready();
      setTimeout(() => database.exec('COMMIT'), 2000);`,
      path,
    );
    return peaceful;
  },
  /** An application has the database attached to its own, and writes to both in each of its transactions. */
  'an application that has it attached': (path: string) => {
    const stop = startNeighbour(
      `const own = new Database(path + '.other');
      own.prepare('ATTACH ? AS fleet').run(path);
      own.pragma('busy_timeout = 20000');
      own.exec('CREATE TABLE IF NOT EXISTS log(x)');
      database.close();
      const write = own.transaction(() => {
        own.exec('INSERT INTO log VALUES (1); UPDATE fleet.visits SET n = n + 1');
      });
      write.immediate();
      ready();
      setInterval(write.immediate, 20);`,
      path,
    );
    return {
      findFaults: () => {
        stop();
        return [];
      },
      whileStill: (read) => {
        const lock = new DatabaseSync(path);
        try {
          lock.exec('PRAGMA busy_timeout = 20000; BEGIN IMMEDIATE');
          return read();
        } finally {
          lock.close();
        }
      },
    };
  },
  /** The file belongs to somebody else, and root rotates it: nothing that its owner needs may become root's. */
  'another owner': (path: string) => {
    if (process.getuid?.() !== 0) return peaceful;
    chownSync(path, nobody, nobody);
    const files = [path, `${path}-wal`, `${path}-shm`, `${path}-journal`];
    return {
      ...peaceful,
      findFaults: () => files.filter((file) => existsSync(file) && statSync(file).uid !== nobody),
    };
  },
} as const satisfies Record<string, (path: string) => Surroundings>;

/** Starts a process beside the test and waits until it says that it is ready; ends it when the test process ends. */
function startNeighbour(work: string, path: string): () => void {
  const marker = `${path}.ready`;
  const program = `
    import { writeFileSync } from 'node:fs';
    import Database from 'better-sqlite3';
    const path = process.argv[1];
    const database = new Database(path);
    const ready = () => writeFileSync(path + '.ready', '');
    process.stdin.on('end', () => process.exit()).resume();
    ${work}`;
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, path], {
    cwd,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const pause = new Int32Array(new SharedArrayBuffer(4));
  while (!existsSync(marker)) Atomics.wait(pause, 0, 0, 20);
  rmSync(marker);
  return () => child.kill('SIGKILL');
}

/** Overwrites every row of table `t` in a transaction whose pages do not fit into memory, and dies without a commit. */
function killWriter(open: string, path: string): void {
  const program = `
    import Database from 'better-sqlite3';
    const path = process.argv[1];
    ${open};
    database.pragma('cache_size = 1');
    if (!database.inTransaction) database.exec('BEGIN IMMEDIATE');
    database.exec("CREATE TABLE IF NOT EXISTS never(x); UPDATE t SET cell = 'never committed' || cell");
    process.kill(process.pid, 'SIGKILL');`;
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '--eval', program, path], { cwd });
  const left = [`${path}-journal`, `${path}-wal`].some((file) => existsSync(file));
  if (signal !== 'SIGKILL' || !left) throw new Error('the writer left nothing behind');
}
