import fc from 'fast-check';
import { tableNames, type PlannedTable } from './fleet.ts';

/** What a runner is started for. */
export type RunnerTask = 'rotate' | 'resume' | 'roll back';

/** Where it runs: whether a process lives is known of this host alone. */
export type Host = 'here' | 'elsewhere';

/** Something that happens while the runners work, at a step of the schedule. */
export type Happening = { readonly at: number } & (
  | { readonly kind: 'start'; readonly task: RunnerTask; readonly host: Host }
  | RunnerHappening
  | { readonly kind: 'clock'; readonly milliseconds: number }
  | { readonly kind: 'write'; readonly write: ForeignWrite }
  | { readonly kind: 'renumber' }
);

/** Something that happens to one of the runners that live; the number chooses which. */
export type RunnerHappening =
  | { readonly kind: 'kill' | 'stop' | 'renew'; readonly runner: number }
  | { readonly kind: 'stall'; readonly runner: number; readonly steps: number }
  | { readonly kind: 'fail'; readonly runner: number; readonly fault: Fault };

/** What goes wrong for a runner at its next await point, or its next commit. */
export type Fault = 'any call' | 'commit refused' | 'commit retried' | 'commit unanswered';

/** What an application does in a transaction of its own; `place` chooses table, row and column. */
export interface ForeignWrite {
  readonly kind: 'update' | 'restore' | 'null' | 'empty' | 'insert' | 'delete' | 'stray';
  readonly place: number;
  readonly under: 'first' | 'second';
}

/** A schedule: what there is, what happens, and in which order the await points are passed. */
export interface Scenario {
  readonly tables: readonly PlannedTable[];
  /** Rows of each table. */
  readonly rows: number;
  readonly batchRows: number;
  /** How many chunks a run has in hand at a time. */
  readonly lookahead: number;
  /** Cells that no key opens. */
  readonly foreignCells: number;
  readonly maximumQuarantine: number;
  readonly interleaving: number;
  readonly happenings: readonly Happening[];
}

/** Longer than a lease, in milliseconds. */
const longerThanALease = 61_000;

const at = fc.nat(220);
const runner = fc.nat(5);

const key = fc.constantFrom('first', 'first', 'second');
const place = fc.nat(1000);

const foreignWrite: fc.Arbitrary<ForeignWrite> = fc.record({
  kind: fc.constantFrom(
    'update',
    'update',
    'update',
    'restore',
    'null',
    'empty',
    'insert',
    'insert',
    'delete',
  ),
  place,
  under: key,
});
const strayWrite: fc.Arbitrary<ForeignWrite> = fc.record({ kind: fc.constant('stray'), place, under: key });

const task = fc.constantFrom<RunnerTask>('rotate', 'resume', 'roll back');

const arrival = fc.record({
  at,
  kind: fc.constant('start'),
  task,
  host: fc.constantFrom('here', 'here', 'elsewhere'),
});
const signal = fc.record({ at, kind: fc.constantFrom('kill', 'kill', 'stop', 'renew'), runner });
const stall = fc.record({ at, kind: fc.constant('stall'), runner, steps: fc.integer({ min: 20, max: 400 }) });
const failure = fc.record({
  at,
  kind: fc.constant('fail'),
  runner,
  fault: fc.constantFrom('any call', 'any call', 'commit refused', 'commit retried', 'commit unanswered'),
});
const clockJump = fc.record({
  at,
  kind: fc.constant('clock'),
  milliseconds: fc.constantFrom(longerThanALease, longerThanALease, 10_000, -3_600_000, 86_400_000),
});

/** A run stands still for longer than its lease, another one comes, and the first goes on. */
const takeover: fc.Arbitrary<readonly Happening[]> = fc
  .record({ at, runner, steps: fc.integer({ min: 20, max: 200 }), task })
  .map((chosen) => [
    { at: chosen.at, kind: 'stall', runner: chosen.runner, steps: chosen.steps },
    { at: chosen.at, kind: 'clock', milliseconds: longerThanALease },
    { at: chosen.at, kind: 'start', task: chosen.task, host: 'here' },
  ]);

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 24, arbitrary: fc.record({ at, kind: fc.constant('write'), write: foreignWrite }) },
  { weight: 1, arbitrary: fc.record({ at, kind: fc.constant('write'), write: strayWrite }) },
  { weight: 8, arbitrary: arrival },
  { weight: 8, arbitrary: signal },
  { weight: 5, arbitrary: stall },
  { weight: 8, arbitrary: failure },
  { weight: 6, arbitrary: clockJump },
  { weight: 5, arbitrary: fc.record({ at, kind: fc.constant('renumber') }) },
);

/** Everything that may happen, in any order; shrinks to fewer rows and fewer happenings. */
export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  tables: fc.subarray([...tableNames], { minLength: 1 }),
  rows: fc.integer({ min: 1, max: 4 }),
  batchRows: fc.integer({ min: 1, max: 3 }),
  lookahead: fc.integer({ min: 1, max: 3 }),
  foreignCells: fc.constantFrom(0, 0, 0, 1),
  maximumQuarantine: fc.constantFrom(0, 5),
  interleaving: fc.noShrink(fc.nat()),
  happenings: fc
    .array(
      fc.oneof({ weight: 9, arbitrary: happening.map((one) => [one]) }, { weight: 1, arbitrary: takeover }),
      { maxLength: 20, size: 'max' },
    )
    .map((groups) => groups.flat()),
});
