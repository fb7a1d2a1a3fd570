import { access, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { KeyturnError } from '../../../../model/keyturn-error.ts';
import { shellWord } from '../../../../model/texts/shell-word.ts';
import { unavailable } from '../explanation.ts';
import type { TlsSettings } from './tls-settings.ts';

const groupOrOthersMayUse = 0o077;
/** A key of root's may be read by a group that is made for that. */
const othersMayUseOrGroupMayWrite = 0o037;

/**
 * The certificates that prove a server; `system`: those that this machine trusts. Undefined: none are named, and none lie where libpq
 * looks for them, if that place counts.
 */
export async function readRootCertificate(
  named: string | undefined,
  place: 'named' | 'usual',
): Promise<Buffer | 'system' | undefined> {
  if (named === 'system') return named;
  const path = named ?? (place === 'usual' ? await usualFile('root.crt') : undefined);
  if (path === undefined) return undefined;
  const certificates = await readFileNamed(path);
  // Node.js passes over a file without any, and trusts nobody then.
  if (certificates.includes('-----BEGIN ')) return certificates;
  throw unusable(`"${path}" holds no certificate`, [`openssl x509 -noout -subject -in ${shellWord(path)}`]);
}

/**
 * What proves us to a server, where there is a certificate: named, or where libpq looks. Throws where others may use its key (exit
 * 15), as libpq does.
 */
export async function readClientCertificate({
  certificate: named,
  key: namedKey,
}: Pick<TlsSettings, 'certificate' | 'key'>): Promise<Pick<ConnectionOptions, 'cert' | 'key'>> {
  const certificate = named ?? (await usualFile('postgresql.crt'));
  if (certificate === undefined) return {};
  const key = namedKey ?? usualPath('postgresql.key');
  await refuseOpenKey(key);
  return { cert: await readFileNamed(certificate), key: await readFileNamed(key) };
}

async function refuseOpenKey(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const found = await stat(path).catch(() => undefined);
  const refused = found?.uid === 0 ? othersMayUseOrGroupMayWrite : groupOrOthersMayUse;
  if (!found || (found.mode & refused) === 0) return;
  throw unusable(
    `the key of the client's certificate, "${path}", counts for nothing while others may use it`,
    [`chmod 600 ${shellWord(path)}`],
  );
}

async function readFileNamed(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw unusable(`the certificate or key "${path}" cannot be read (${code})`, [
      `ls -l ${shellWord(path)}`,
      'look at sslrootcert, sslcert and sslkey in --database, and at PGSSLROOTCERT, PGSSLCERT and PGSSLKEY',
    ]);
  }
}

function unusable(message: string, hints: readonly string[]): KeyturnError {
  return new KeyturnError({ ...unavailable, message, hints });
}

/** Where libpq looks for a file that nobody has named; undefined: it is not there. */
async function usualFile(name: string): Promise<string | undefined> {
  const path = usualPath(name);
  return access(path).then(
    () => path,
    () => undefined,
  );
}

function usualPath(name: string): string {
  const applications = process.env['APPDATA'];
  return process.platform === 'win32' && applications !== undefined
    ? join(applications, 'postgresql', name)
    : join(homedir(), '.postgresql', name);
}
