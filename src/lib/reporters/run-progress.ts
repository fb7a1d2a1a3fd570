import { addCounts, noCells, type CellCounts } from '../model/cells/cell-counts.ts';
import type { MigrationEvent, RunPhase } from '../model/migrations/migration-event.ts';
import { createRateMeter, type RateMeter } from './rate.ts';

/** Where a run stands at one moment. */
export interface ProgressSnapshot {
  readonly phase: RunPhase;
  readonly phaseMilliseconds: number;
  /** Of all chunks of the phase. */
  readonly counts: CellCounts;
  /** The walk over a table, or the search of a file, that is going on; undefined between two of them. */
  readonly pass: PassProgress | undefined;
  /** Bytes per second of a search. */
  readonly rowsPerSecond: number | undefined;
  /** Until the end of the pass. */
  readonly secondsLeft: number | undefined;
  /** How many runs share the pass; 1 where nobody else has been seen. */
  readonly runs: number;
  /** `paused`, or `throttled`; undefined while nothing slows the run down. */
  readonly hold: string | undefined;
}

/** How far one walk over one table is, or a search of one file, whose rows are bytes. */
export interface PassProgress {
  readonly table: string;
  readonly pass: number;
  readonly unit: 'rows' | 'bytes';
  readonly doneRows: number;
  /** Never less than `doneRows`, however wrong the estimate was. */
  readonly estimatedRows: number;
  /** From 0 to 0.99: how many rows there are is known only at the end, so only the end is 1. Never falls. */
  readonly fraction: number;
}

/** Adds up the events of a run. All times are milliseconds of one clock that never goes back. */
export interface RunProgress {
  observe(event: MigrationEvent, now: number): void;
  /** Undefined before the first phase and after the last. */
  snapshot(now: number): ProgressSnapshot | undefined;
}

const mostBeforeTheEnd = 0.99;

interface CurrentPass {
  readonly table: string;
  readonly pass: number;
  readonly unit: PassProgress['unit'];
  readonly estimatedRows: number;
  doneRows: number;
  runs: number;
}

interface CurrentPhase {
  readonly phase: RunPhase;
  readonly startedAt: number;
  readonly rate: RateMeter;
  counts: CellCounts;
  pass: CurrentPass | undefined;
}

/** The progress of one run, from its first event on. */
export function createRunProgress(): RunProgress {
  let current: CurrentPhase | undefined;
  let hold: string | undefined;
  return {
    observe(event, now) {
      switch (event.kind) {
        case 'phase started':
          current = startPhase(event.phase, now);
          break;
        case 'pass started':
          current ??= startPhase('execute', now);
          current.pass = { ...event, unit: 'rows', runs: 1 };
          break;
        case 'file opened':
          current ??= startPhase('search', now);
          current.pass = passOver(event);
          break;
        case 'bytes read':
          if (current !== undefined) addProgress(current, event.bytes, now);
          break;
        case 'chunk committed':
          if (current !== undefined) addChunk(current, event, now);
          break;
        case 'others at work':
          if (current !== undefined) catchUp(current, event, now);
          break;
        case 'pass finished':
          if (current !== undefined) current.pass = undefined;
          break;
        case 'phase finished':
          current = undefined;
          break;
        case 'paused':
          hold = 'paused';
          break;
        case 'throttled':
          hold = 'throttled';
          break;
        case 'resumed':
        case 'throttle lifted':
          hold = undefined;
          break;
        case 'warning':
          break;
      }
    },
    snapshot: (now) => (current === undefined ? undefined : { ...describePhase(current, now), hold }),
  };
}

function startPhase(phase: RunPhase, now: number): CurrentPhase {
  return { phase, startedAt: now, rate: createRateMeter(now), counts: noCells, pass: undefined };
}

type CommittedChunk = Extract<MigrationEvent, { kind: 'chunk committed' }>;

function addChunk(phase: CurrentPhase, chunk: CommittedChunk, now: number): void {
  addProgress(phase, chunk.rows, now);
  phase.counts = addCounts(phase.counts, chunk.counts);
}

function addProgress(phase: CurrentPhase, amount: number, now: number): void {
  phase.rate.add(amount, now);
  if (phase.pass !== undefined) phase.pass.doneRows += amount;
}

/** Where all runs together are further than the chunks of this one tell, the rest is what the others have done. */
function catchUp(
  phase: CurrentPhase,
  { runs, doneRows }: Extract<MigrationEvent, { kind: 'others at work' }>,
  now: number,
): void {
  if (phase.pass === undefined) return;
  phase.pass.runs = runs;
  addProgress(phase, Math.max(doneRows - phase.pass.doneRows, 0), now);
}

/** A search through a file as a walk whose rows are bytes. */
function passOver({ file, bytes }: Extract<MigrationEvent, { kind: 'file opened' }>): CurrentPass {
  return { table: file, pass: 1, unit: 'bytes', estimatedRows: bytes, doneRows: 0, runs: 1 };
}

function describePhase(current: CurrentPhase, now: number): Omit<ProgressSnapshot, 'hold'> {
  const pass = current.pass === undefined ? undefined : describePass(current.pass);
  const remainingRows = pass === undefined ? 0 : pass.estimatedRows - pass.doneRows;
  return {
    phase: current.phase,
    phaseMilliseconds: now - current.startedAt,
    counts: current.counts,
    pass,
    runs: current.pass?.runs ?? 1,
    rowsPerSecond: pass === undefined ? undefined : current.rate.rowsPerSecond(now),
    secondsLeft: remainingRows === 0 ? undefined : current.rate.secondsLeft(remainingRows, now),
  };
}

function describePass({ table, pass, unit, doneRows, estimatedRows }: CurrentPass): PassProgress {
  const fraction = estimatedRows === 0 ? 0 : Math.min(doneRows / estimatedRows, mostBeforeTheEnd);
  return { table, pass, unit, doneRows, estimatedRows: Math.max(estimatedRows, doneRows), fraction };
}
