import type { Plan } from '../../../src/lib/model/plans/plan.ts';
import { keys, plannedKey } from './keys.ts';

const under = (role: 'old' | 'new') =>
  ({ kind: 'encrypted', format: 'fernet', keyId: keys[role].id }) as const;

/** A plan with something in every field. */
export const madePlan: Plan = {
  planVersion: 1,
  madeBy: 'keyturn test',
  kind: 'rotate',
  database: { kind: 'sqlite', location: '/srv/fleet "é".sqlite3', fileId: '1:2' },
  oldKey: plannedKey('old'),
  newKey: { ...plannedKey('new'), reference: null },
  targets: [
    {
      table: 'machines',
      columns: [
        { name: 'info', from: under('old'), to: under('new'), unrecognised: 'quarantine' },
        { name: 'notes', from: under('old'), to: under('new'), unrecognised: 'leave' },
      ],
      fingerprint: 'f'.repeat(64),
      estimatedRows: 12,
    },
  ],
  excluded: (['old', 'new', 'both', 'neither'] as const).map((opensUnder) => ({
    table: 'sessions',
    column: `token_${opensUnder}`,
    reason: 'excluded by the operator',
    opensUnder,
  })),
  obstacles: [{ kind: 'trigger', table: 'machines', trigger: 'touch', columns: ['info'] }],
  timestamps: 'renew',
  estimate: {
    rows: 12,
    cells: 9,
    bytes: 1200,
    seconds: 0.0012,
    backupBytes: 8192,
    logBytes: 2000,
    freeBytes: null,
  },
};

/** The same columns, encrypted for the first time. */
export const madeEncryption: Plan = {
  ...madePlan,
  kind: 'encrypt',
  oldKey: null,
  targets: madePlan.targets.map((target) => ({
    ...target,
    columns: target.columns.map((column) => ({
      ...column,
      from: { kind: 'plaintext', type: 'text', empty: 'keep', lookalikes: 'quarantine' },
    })),
  })),
};
