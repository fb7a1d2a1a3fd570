import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { ok, warn, type Check } from '../check.ts';

/** File systems of other machines, by the number that `statfs(2)` gives them. */
const networkFileSystems: Readonly<Record<number, string>> = {
  0x6969: 'NFS',
  0xff534d42: 'CIFS',
  0xfe534d42: 'SMB',
  0x01021997: '9P',
  0x65735546: 'FUSE',
  0x0bd00bd0: 'Lustre',
  0x00c36400: 'Ceph',
  0x6b414653: 'AFS',
};

/** SQLite relies on locks that network file systems often only pretend to have. */
export const fileSystem: Check = {
  name: 'file system',
  databases: ['sqlite'],
  examine({ location }) {
    const { type } = statfsSync(dirname(location));
    const name = networkFileSystems[type >>> 0];
    const finding =
      name === undefined
        ? ok('the database is on a local disk')
        : warn(
            `the database is on ${name}: its locks may not hold between machines`,
            'stop every other machine that uses it and run with --exclusive, or copy it to a local disk first',
          );
    return Promise.resolve([finding]);
  },
};
