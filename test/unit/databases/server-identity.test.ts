import { endianness } from 'node:os';
import { describe, expect, it } from 'vitest';
import {
  isFolderOf,
  type IdentityFiles,
  type ServerIdentity,
} from '../../../src/lib/databases/postgres/scrubbing/server-identity.ts';

const server: ServerIdentity = { startedAt: 1_795_000_000, port: '5432', system: 7_400_000_000_000_000_001n };
const postmaster = ['812', '/srv/data', '1795000003', '5432', '/tmp', 'localhost', ''].join('\n');

describe('the folder of a running server', () => {
  it('is known by its cluster, its port and when it started', () => {
    expect(isFolderOf(server, { control: controlOf(server.system), postmaster })).toBe(true);
  });

  it.each<[string, IdentityFiles]>([
    ['another cluster', { control: controlOf(server.system + 1n), postmaster }],
    [
      'a copy that started on another port',
      { control: controlOf(server.system), postmaster: postmaster.replace('5432', '5433') },
    ],
    [
      'a copy that started later',
      { control: controlOf(server.system), postmaster: postmaster.replace('1795000003', '1795000103') },
    ],
    ['a copy that does not run', { control: controlOf(server.system), postmaster: '' }],
    ['a folder that this user may not read', { control: Buffer.alloc(0), postmaster: '' }],
  ])('is not %s', (_, files) => {
    expect(isFolderOf(server, files)).toBe(false);
  });
});

/** The beginning of a control file, as a server on this machine writes it. */
function controlOf(system: bigint): Buffer {
  const control = Buffer.alloc(512);
  if (endianness() === 'LE') control.writeBigUInt64LE(system);
  else control.writeBigUInt64BE(system);
  return control;
}
