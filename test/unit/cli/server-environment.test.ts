import { expect, test } from 'vitest';
import { parseDatabaseLocation } from '../../../src/lib/cli/location/database-location.ts';
import type { Environment } from '../../../src/lib/cli/location/server-parameters.ts';
import { errorOf } from '../keys/samples.ts';

// As libpq understands them, asked of psql 18 with the same variables.
test.each<[string, Environment, string]>([
  ['postgres:///fleet', { PGHOST: 'db1,db2' }, 'postgres://db1,db2/fleet'],
  ['postgres:///fleet', { PGHOST: 'db1,db2', PGPORT: '5433' }, 'postgres://db1:5433,db2:5433/fleet'],
  ['postgres:///fleet', { PGHOST: 'db1,db2', PGPORT: '5433,' }, 'postgres://db1:5433,db2:5432/fleet'],
  ['postgres://me@/fleet', { PGHOST: 'db1' }, 'postgres://me@db1/fleet'],
  ['postgres://me@/fleet', {}, 'postgres://me@localhost/fleet'],
  ['postgres:///fleet', { PGHOST: '/run/a,::1', PGPORT: '1,2' }, 'postgres://%2Frun%2Fa:1,[::1]:2/fleet'],
  ['postgres://db1,db2:5433/fleet', { PGPORT: '5434' }, 'postgres://db1:5432,db2:5433/fleet'],
  ['postgres://db1/fleet', { PGHOST: 'db2', PGPORT: '5433' }, 'postgres://db1/fleet'],
  ['postgres://db1/fleet', { PGSSLMODE: 'require' }, 'postgres://db1/fleet?sslmode=require'],
  [
    'postgres://db1/fleet?sslmode=verify-full',
    { PGSSLMODE: 'disable', PGSSLROOTCERT: '/etc/ca file.pem' },
    'postgres://db1/fleet?sslmode=verify-full&sslrootcert=%2Fetc%2Fca%20file.pem',
  ],
  ['postgres://db1/fleet', { PGSSLROOTCERT: 'ca.pem' }, 'postgres://db1/fleet'],
  ['postgres:///fleet', { PGHOST: 'db1', PGUSER: 'me', PGPASSWORD: 's3cret' }, 'postgres:///fleet'],
  ['postgres://db1/fleet', { PGTARGETSESSIONATTRS: 'primary' }, 'postgres://db1/fleet'],
])('%s with %j is %s', (text, environment, url) => {
  expect(parseDatabaseLocation(text, environment)).toEqual({ kind: 'postgres', url });
});

test.each<[string, Environment, string]>([
  ['postgres:///fleet', { PGHOST: 'db1,db2', PGPORT: '1,2,3' }, 'PGPORT has 3 ports, for 2 hosts'],
  ['postgres://db1/fleet', { PGPORT: '5432,5433' }, 'PGPORT has 2 ports, for one host'],
  ['postgres://db1/fleet', { PGPORT: 'five' }, 'PGPORT is no port: a number from 1 to 65535 is'],
  ['postgres://db1/fleet?port=five', {}, 'port=five is not supported: it is a number'],
  ['postgres:///fleet?host=db1&host=db2', {}, 'the URL of the database says host more than once'],
  [
    'postgres:///fleet',
    { PGSERVICE: 'shop' },
    'PGSERVICE=shop is not supported: files of services are not read',
  ],
  ['postgres:///?service=shop', {}, 'service=shop is not supported: files of services are not read'],
  [
    'postgres://db1/fleet',
    { PGTARGETSESSIONATTRS: 'standby' },
    'PGTARGETSESSIONATTRS=standby is not supported: of several servers, keyturn works on the one that takes writes',
  ],
  [
    'postgres://db1/fleet',
    { PGSSLMODE: 'verify_full' },
    'PGSSLMODE=verify_full is not supported: there are disable, prefer, require, verify-ca, verify-full and no-verify',
  ],
  [
    'postgres://db1/fleet',
    { PGHOSTADDR: '10.0.0.1' },
    'PGHOSTADDR=10.0.0.1 is not supported: there is one place for a host',
  ],
  [
    'postgres://db1/fleet',
    { PGCONNECT_TIMEOUT: 'soon' },
    'PGCONNECT_TIMEOUT=soon is not supported: it is a number of seconds',
  ],
  ['postgres://db1/fleet?ssl=on', {}, 'ssl=on is not supported: sslmode says how a connection is encrypted'],
  [
    'postgres://db1/fleet',
    { PGSSLMINPROTOCOLVERSION: 'TLSv1.3' },
    'PGSSLMINPROTOCOLVERSION=TLSv1.3 is not supported: TLSv1.2 is the oldest that is spoken',
  ],
  [
    'postgres://db1/fleet?sslpassword=s3 cret',
    {},
    'sslpassword=... is not supported: a key with a passphrase is not read',
  ],
])('%s with %j is refused', async (text, environment, message) => {
  const error = await errorOf(() => parseDatabaseLocation(text, environment));
  expect(error).toMatchObject({ code: 'KT_USAGE', exitCode: 2, message });
  expect(error.hints.length).toBeGreaterThan(0);
});
