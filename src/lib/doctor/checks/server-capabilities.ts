import { ok, warn, type Check } from '../check.ts';

/** What the server lacks of what keyturn likes to use, and what it does instead. */
export const serverCapabilities: Check = {
  name: 'capabilities',
  databases: ['postgres'],
  examine({ server }) {
    if (server === null) return Promise.resolve([]);
    const { missingCapabilities } = server.report;
    return Promise.resolve(
      missingCapabilities.length > 0
        ? missingCapabilities.map(({ capability, instead, fix }) => warn(`no ${capability}: ${instead}`, fix))
        : [ok('row versions, locks and all else that keyturn uses of a server are there')],
    );
  },
};
