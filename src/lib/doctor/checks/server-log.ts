import { ok, warn, type Check } from '../check.ts';

/** Whether values that travel to the server end up in its log. */
export const serverLog: Check = {
  name: 'server log',
  databases: ['postgres'],
  examine({ server }) {
    if (server === null) return Promise.resolve([]);
    const { leaks } = server.report;
    if (leaks.length === 0)
      return Promise.resolve([ok('no setting writes values into the log of the server')]);
    return Promise.resolve(
      leaks.map(({ setting, value, logs, fix }) =>
        warn(`${setting} is "${value}": the server logs ${logs}`, fix),
      ),
    );
  },
};
