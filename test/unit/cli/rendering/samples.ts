import type { PlanResult } from '../../../../src/lib/cli/results/plan-result.ts';
import type { RunResult } from '../../../../src/lib/cli/results/run-result.ts';
import type { StatusResult } from '../../../../src/lib/cli/results/status-result.ts';
import type { VerifyResult } from '../../../../src/lib/cli/results/verify-result.ts';
import { noCells } from '../../../../src/lib/model/cells/cell-counts.ts';
import { emptyCensus } from '../../../../src/lib/model/columns/column-census.ts';
import { noLimits } from '../../../../src/lib/model/runs/speed-limits.ts';

/** A table whose name would clear the screen. */
const hostileTable = 'ev\u001b[2Jil';

export const samplePlan: PlanResult = {
  kind: 'rotate',
  outcome: 'planned',
  database: '/var/lib/fleet.db',
  databaseKind: 'sqlite',
  oldKey: { id: '1a2b3c4d', reference: 'env:OLD' },
  newKey: { id: '99aabbcc', reference: null },
  blank: [],
  columns: [
    {
      table: 'machines',
      column: 'agent_token',
      format: 'fernet',
      toFormat: 'fernet',
      rows: 1_234_567,
      cells: { ...emptyCensus, old: 990, null: 10 },
      unrecognised: 'quarantine',
      fieldType: null,
      sensitivity: null,
      into: null,
    },
    {
      table: hostileTable,
      column: 'my col',
      format: 'fernet',
      toFormat: 'fernet',
      rows: 12,
      cells: { ...emptyCensus, old: 10, unknown: 2 },
      unrecognised: 'quarantine',
      fieldType: null,
      sensitivity: null,
      into: null,
    },
  ],
  excluded: [
    {
      table: 'legacy',
      column: 'blob',
      reason: 'under a key that is neither the old nor the new one',
      opensUnder: 'neither',
    },
  ],
  indexes: [],
  notes: [],
  obstacles: [{ kind: 'trigger', table: 'machines', trigger: 'touch_updated_at', columns: ['agent_token'] }],
  estimate: {
    rows: 1_234_579,
    cells: 1_222_222,
    bytes: 250_000_000,
    seconds: 184,
    backupBytes: 500_000_000,
    growthBytes: 120_000_000,
    logBytes: 20_000,
    freeBytes: 9_000_000_000,
  },
  afterwards: null,
  warnings: ['machines.agent_token: 3 are encrypted twice'],
  output: 'plan.json',
  next: ['keyturn dry-run plan.json', 'keyturn execute plan.json'],
};

export const sampleRun: RunResult = {
  migration: '0198-11',
  kind: 'rotate',
  state: 'failed',
  database: '/var/lib/fleet.db',
  oldKeyId: '1a2b3c4d',
  newKeyId: '99aabbcc',
  cells: { ...noCells, rewritten: 1_234_560, null: 10, quarantined: 7 },
  targets: [
    { table: 'machines', columns: ['agent_token', 'secret'], cells: { ...noCells, rewritten: 1_234_550 } },
    { table: hostileTable, columns: ['c'], cells: { ...noCells, rewritten: 10, null: 10, quarantined: 7 } },
  ],
  blank: [],
  phases: {
    plan: 120,
    backup: 1_500,
    execute: 184_000,
    verify: 30_000,
    finalize: 0,
    rewrite: 0,
    search: 0,
    census: 0,
  },
  backup: '/var/lib/fleet.db.bak',
  issues: [
    {
      reason: 'rejected',
      cells: 7,
      places: [{ table: hostileTable, rowKey: '12\n', column: 'c' }],
    },
  ],
  scrub: null,
  remains: ['the backup "/var/lib/fleet.db.bak" holds the cells under key 1a2b3c4d'],
  warnings: ['7 cells could not be read'],
  next: ['keyturn status', 'keyturn execute'],
};

export const sampleStatus: StatusResult = {
  migration: '0198-11',
  kind: 'rotate',
  state: 'interrupted',
  database: '/var/lib/fleet.db',
  oldKeyId: '1a2b3c4d',
  newKeyId: '99aabbcc',
  rows: { done: 450_000, estimated: 1_000_000 },
  cells: { ...noCells, rewritten: 450_000 },
  rowsPerSecond: 12_345.6,
  secondsLeft: 44.2,
  throttle: null,
  limits: noLimits,
  keptCells: 0,
  copies: [],
  plaintextWriters: [],
  fields: [],
  indexes: [],
  scrub: 'none',
  scrubbedAt: null,
  guards: [],
  issues: [],
  startedAt: 1_700_000_000_000,
  finishedAt: null,
  runningMilliseconds: 36_400,
  failure: null,
  desired: 'running',
  desiredBy: null,
  heldBy: null,
  runs: [],
  next: ['keyturn execute --database sqlite:fleet.db'],
};

export const sampleVerify: VerifyResult = {
  database: '/var/lib/fleet.db',
  oldKeyId: '1a2b3c4d',
  newKeyId: '99aabbcc',
  outcome: 'verified',
  columns: [{ table: 'machines', column: 'agent_token', cells: { ...emptyCensus, new: 990, null: 10 } }],
  total: { ...emptyCensus, new: 990, null: 10 },
  indexes: [],
  scrubDue: false,
  recordedAs: null,
  warnings: [],
  next: [],
};
