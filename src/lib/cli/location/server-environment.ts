import { splitServerUrl } from '../../model/databases/server-urls.ts';
import { usageError } from '../usage-error.ts';
import type { Environment } from './server-parameters.ts';

const defaultPort = '5432';

/**
 * Writes the hosts of PGHOST and the ports of PGPORT into the URL of a server where there are several, which the driver does not
 * understand, or where a user stands in front of none. Ports that do not fit are a usage error.
 */
export function withHosts(
  url: string,
  { PGHOST: hostNames = '', PGPORT: portNumbers = '' }: Environment,
): string {
  const parts = splitServerUrl(url);
  if (!parts) return url;
  const { before, hosts, behind } = parts;
  const isPortSaid = /[?&]port=/iu.test(behind) || /^[^,]*:\d+$/u.test(hosts);
  const ports = isPortSaid ? [] : portsOf(portNumbers);
  if (hosts === '' && !/[?&]host=/iu.test(behind)) {
    const named = hostNames.split(',').map(hostInUrl);
    const isForDriver = named.length === 1 && ports.length < 2 && !before.endsWith('@');
    return isForDriver ? url : before + pairPorts(named, ports).join(',') + behind;
  }
  // Where a URL names several servers, libpq does not ask PGPORT for the ports that it leaves out.
  const given = hosts.split(',');
  if (given.length > 1 && ports.length > 0) return before + given.map(withDefaultPort).join(',') + behind;
  pairPorts(given, ports);
  return url;
}

/** As libpq pairs them: as many ports as hosts, or one for all. */
function pairPorts(hosts: readonly string[], ports: readonly string[]): readonly string[] {
  const [first, ...more] = ports;
  if (first === undefined) return hosts;
  if (more.length === 0) return hosts.map((host) => `${host}:${first}`);
  if (ports.length === hosts.length) return hosts.map((host, index) => `${host}:${ports[index] ?? first}`);
  const others = hosts.length === 1 ? 'one host' : `${hosts.length} hosts`;
  throw usageError(`PGPORT has ${ports.length} ports, for ${others}`, [
    'write one port for all hosts, or one for each',
    'write --database postgres://user@db1:5432,db2:5433/database',
  ]);
}

function withDefaultPort(host: string): string {
  return /:\d+$/u.test(host) ? host : `${host}:${defaultPort}`;
}

/** A socket's folder and an address with colons are written so that they are no path and no port. */
function hostInUrl(name: string): string {
  if (name === '') return 'localhost';
  return name.includes(':') ? `[${name}]` : encodeURIComponent(name);
}

function portsOf(text: string): readonly string[] {
  if (text === '') return [];
  const ports = text.split(',').map((port) => port.trim() || defaultPort);
  if (ports.every((port) => /^\d{1,5}$/u.test(port) && Number(port) > 0 && Number(port) < 65_536))
    return ports;
  throw usageError('PGPORT is no port: a number from 1 to 65535 is', ['export PGPORT=5432', 'unset PGPORT']);
}

/** Files that go with an encrypted connection, by their variables. */
const certificateFiles = { PGSSLROOTCERT: 'sslrootcert', PGSSLCERT: 'sslcert', PGSSLKEY: 'sslkey' } as const;

/**
 * Writes PGSSLMODE, and the variables of the files that go with it, into the URL of a server that does not say so itself. Without a
 * mode such files count for nothing here: whatever the server offers is taken then, and nothing is proven.
 */
export function withCertificates(url: string, environment: Environment): string {
  const said = new URLSearchParams(/\?(.*)$/su.exec(url)?.[1] ?? '');
  const mode = said.get('sslmode') ?? environment['PGSSLMODE'] ?? '';
  if (mode === '') return url;
  const files = (mode === 'disable' ? [] : Object.entries(certificateFiles)).map(([variable, name]) => [
    name,
    environment[variable],
  ]);
  const added = [['sslmode', mode], ...files].flatMap(([name = '', value = '']) =>
    value === '' || said.has(name) ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return added.length === 0 ? url : `${url}${url.includes('?') ? '&' : '?'}${added.join('&')}`;
}
