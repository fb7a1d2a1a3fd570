import { byteText } from '../../model/texts/byte-text.ts';
import { ok, warn, type Check, type Finding } from '../check.ts';

/** A replica that is further behind will not catch up while a run writes. */
const largeLagBytes = 256 * 1024 * 1024;

/** Whether those who receive the log of the server keep up: what they have not received yet stays on its disk. */
export const serverReplicas: Check = {
  name: 'replication',
  databases: ['postgres'],
  examine({ server }) {
    if (server === null) return Promise.resolve([]);
    const { report, load } = server;
    const findings: Finding[] = report.idleSlots.map((slot) =>
      warn(
        `nobody reads from the replication slot "${slot}": the log is kept for it until the disk is full`,
        `start its reader, or psql -c "SELECT pg_drop_replication_slot('${slot}')"`,
      ),
    );
    if (report.failedArchiving !== null) {
      const message = `the segment ${report.failedArchiving} of the log could not be archived: it and all later ones stay on the disk`;
      findings.push(warn(message, "look at archive_command, and at the server's log"));
    }
    if (load.lagBytes === null) {
      findings.push(
        warn('this user may not see how far replicas are behind', `GRANT pg_monitor TO "${report.user}"`),
      );
    } else if (load.lagBytes > largeLagBytes) {
      const message = `a replica or replication slot is ${byteText(load.lagBytes)} behind`;
      findings.push(warn(message, 'wait until it has caught up, and run with --max-lag 64M'));
    }
    return Promise.resolve(findings.length > 0 ? findings : [ok('replicas, slots and archive keep up')]);
  },
};
