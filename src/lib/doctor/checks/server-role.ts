import { fail, ok, type Check } from '../check.ts';

/** Which server it is, and whether it takes writes. */
export const serverRole: Check = {
  name: 'server',
  databases: ['postgres'],
  examine({ server }) {
    if (server === null) return Promise.resolve([]);
    const { version, role, user } = server.report;
    const name = `PostgreSQL ${version}, as "${user}"`;
    if (role === 'primary') return Promise.resolve([ok(`${name}: it takes writes`)]);
    return Promise.resolve([
      fail(
        `${name}: it is a standby, which can be verified but not rotated`,
        'name the primary in --database',
      ),
    ]);
  },
};
