import { z } from 'zod';
import { schemeOf } from '../model/reference-scheme.ts';

/** `-`, or a word and a colon. What has neither is a key itself, and a key does not belong into this file. */
const keyReference = z.string().refine((text) => schemeOf(text) !== undefined, {
  error: 'is no key reference, and a key itself must not stand here: write file:PATH or env:NAME',
});

const names = z.array(z.string().min(1));

const keys = z.strictObject({
  old: keyReference.optional().describe('The key the cells are under now, as --old-key takes it.'),
  new: keyReference.optional().describe('The key the cells shall be under, as --new-key takes it.'),
  payload: keyReference
    .optional()
    .describe('A key for another purpose, which doctor compares with the others, as --payload-key takes it.'),
  format: z.string().min(1).optional().describe('What the cells look like now, as --format takes it.'),
  toFormat: z.string().min(1).optional().describe('What the cells shall look like, as --to-format takes it.'),
  literals: z
    .enum(['allow', 'forbid'])
    .optional()
    .describe(
      'Whether a key itself may be typed in place of a reference; allowed by default, with a warning.',
    ),
});

const select = z.strictObject({
  tables: names.optional().describe('Only these tables, as --table takes them.'),
  columns: names.optional().describe('Only these columns, whatever they hold, as --column takes them.'),
  fieldTypes: names
    .optional()
    .describe('What columns that are to be encrypted hold, as --as takes it: users.email=email.'),
  exclude: names.optional().describe('Not these tables or columns, as --exclude takes them.'),
  unrecognised: z
    .enum(['quarantine', 'leave'])
    .optional()
    .describe('What to do with values that are no cell, as --unrecognised takes it.'),
  sealedAs: names
    .optional()
    .describe('Tables and columns renamed since their cells were bound to them, as --sealed-as takes them.'),
});

const run = z.strictObject({
  batchRows: z.int().min(1).optional().describe('Rows per transaction.'),
  maxRate: z.int().min(1).optional().describe('Most rows walked in a second.'),
  nice: z.number().positive().optional().describe('Time waited for each unit of time at work.'),
  maxDuration: z.string().optional().describe('When a run ends early: 30m, 2h.'),
  until: z.string().optional().describe('When a run ends early, by the clock: 06:00.'),
  window: z.string().optional().describe('In which part of the day it runs: 22:00-06:00.'),
  maxLogSize: z.string().optional().describe('It waits while the log is larger: 256M.'),
  minDiskFree: z.string().optional().describe('It waits while the disk has less room: 2G.'),
  maxBusy: z.string().optional().describe('It waits when a larger share of transactions met a lock: 20%.'),
  maxLag: z.string().optional().describe('It waits while a replica is further behind: 64M.'),
  maxWalRate: z.string().optional().describe('It waits while the server writes more log in a second: 50M.'),
  maxArchiveBacklog: z.int().min(0).optional().describe('It waits while more segments wait to be archived.'),
  maxBlocked: z.int().min(0).optional().describe('It waits while more sessions wait for a lock of ours.'),
  maxActive: z.int().min(0).optional().describe('It waits while more sessions of others are at work.'),
  maxTransactionAge: z.string().optional().describe('It waits while a transaction is open for longer: 5m.'),
  waitForVacuum: z.boolean().optional().describe('It waits while a vacuum is at work on a table.'),
  throttleFile: z.string().optional().describe('It waits while this file exists.'),
  exclusive: z.boolean().optional().describe('Nobody else uses the database.'),
  ifLocked: z.enum(['fail', 'skip']).optional().describe('When another run holds the database.'),
  maxQuarantine: z.int().min(0).optional().describe('How many unreadable cells a run may leave.'),
  progress: z.string().optional().describe('How progress is shown.'),
  triggers: z.enum(['fire', 'suppress']).optional().describe('What triggers may do during a run.'),
  updateConfig: keyReference
    .optional()
    .describe('The field of the application that gets the new key, as --update-config takes it.'),
  wait: z.string().optional().describe('How long to wait for another run: 30s, 5m, 1h.'),
});

/** What may stand in a configuration file. Everything is optional, and nothing else is allowed. */
export const configurationSchema = z.strictObject({
  $schema: z.string().optional().describe('For editors.'),
  database: z
    .string()
    .min(1)
    .optional()
    .describe('The database, as --database takes it; ${env:NAME} and ${file:PATH} are filled in.'),
  keys: keys.optional().describe('Where the keys are; never the keys.'),
  select: select
    .optional()
    .describe('Which columns; without it, every column that is found to be encrypted.'),
  run: run.optional().describe('How a run goes about it.'),
});

/** The content of a configuration file. */
export type Configuration = z.infer<typeof configurationSchema>;

/** The JSON Schema that editors use, as text; a test holds the shipped file against it. */
export function configurationJsonSchema(): string {
  const schema = z.toJSONSchema(configurationSchema, { target: 'draft-7' });
  return `${JSON.stringify({ ...schema, title: 'keyturn configuration' }, null, 2)}\n`;
}
