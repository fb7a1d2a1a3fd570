import { setImmediate as nextTurn } from 'node:timers/promises';

/** What an await point needs before it may be passed. */
export type Access =
  /** Nothing. */
  | 'free'
  /** That nobody else is inside a transaction: what it does there is not to be seen. */
  | 'reading'
  /** That nobody is inside a transaction: it begins one. */
  | 'beginning'
  /** Its process is inside a transaction. */
  | 'holding';

/** A place at which a process waits for its turn. */
interface AwaitPoint {
  readonly process: number;
  readonly label: string;
  readonly access: Access;
  readonly pass: () => void;
  readonly fail: (error: Error) => void;
}

/** Decides, at every await point of every process, who goes on. */
export interface Scheduler {
  /** How many await points have been passed; the clock of a schedule. */
  readonly step: number;
  /** Every point that was passed and everything that was noted, in order. */
  readonly trace: readonly string[];
  /** Waits for the turn of a process. Never returns to a process that was killed. */
  waitAt(process: number, label: string, access: Access): Promise<void>;
  /** Tells that a transaction is over. */
  release(process: number): void;
  /** Ends a process where it stands: what it has begun rolls back, and nothing of it goes on. */
  kill(process: number): Promise<void>;
  /** Lets a process stand still until a later step. */
  stall(process: number, steps: number): void;
  /** Passes one await point; tells whether there was one to pass. */
  passOne(): Promise<boolean>;
  /** Lets time pass while every process stands still. */
  skipTo(step: number): void;
  note(text: string): void;
  readonly isStalled: boolean;
  /** Whether somebody is inside a transaction. */
  readonly isHeld: boolean;
}

/** What a killed process meets inside its transaction, so that it rolls back. */
class Killed extends Error {}

/** Picks the next point with `random`, from 0 to 1. */
export function createScheduler(random: () => number): Scheduler {
  let step = 0;
  let holder: number | undefined;
  let points: readonly AwaitPoint[] = [];
  const trace: string[] = [];
  const dead = new Set<number>();
  const stalledUntil = new Map<number, number>();

  const isStalled = (process: number): boolean => (stalledUntil.get(process) ?? 0) > step;

  function mayPass({ process, access }: AwaitPoint): boolean {
    if (isStalled(process)) return false;
    switch (access) {
      case 'free':
      case 'holding':
        return true;
      case 'reading':
        return holder === undefined || holder === process;
      case 'beginning':
        return holder === undefined;
    }
  }

  return {
    trace,
    get step() {
      return step;
    },
    get isHeld() {
      return holder !== undefined;
    },
    get isStalled() {
      return points.some(({ process }) => isStalled(process));
    },
    waitAt(process, label, access) {
      return new Promise((pass, fail) => {
        if (!dead.has(process)) points = [...points, { process, label, access, pass, fail }];
        else if (holder === process) fail(new Killed());
      });
    },
    release(process) {
      if (holder === process) holder = undefined;
    },
    async kill(process) {
      dead.add(process);
      trace.push(`${process} is killed`);
      const own = points.filter((point) => point.process === process);
      points = points.filter((point) => point.process !== process);
      if (holder === process) for (const { fail } of own) fail(new Killed());
      await settle();
      if (holder === process)
        throw new Error(`process ${process} is killed and still inside its transaction`);
    },
    stall(process, steps) {
      stalledUntil.set(process, step + steps);
    },
    async passOne() {
      const passable = points.filter(mayPass);
      const next = passable[Math.floor(random() * passable.length)];
      if (!next) return false;
      points = points.filter((point) => point !== next);
      step += 1;
      trace.push(`${next.process} ${next.label}`);
      if (next.access === 'beginning') holder = next.process;
      next.pass();
      await settle();
      return true;
    },
    skipTo(later) {
      step = Math.max(step, later);
    },
    note(text) {
      trace.push(text);
    },
  };
}

/** The engine takes at most one turn of the event loop between two await points; the rest are microtasks. */
const turnsBetweenPoints = 3;

async function settle(): Promise<void> {
  for (let turn = 0; turn < turnsBetweenPoints; turn += 1) await nextTurn();
}
