/** A process that runs one command made for the tests: `probe MODE`, as `bin/run.js` would run it. */
import { Args, Flags, handle } from '@oclif/core';
import { KeyturnCommand } from '../../../src/lib/cli/base-command.ts';
import { selectionFlags } from '../../../src/lib/cli/flags/column-flags.ts';
import { databaseFlags } from '../../../src/lib/cli/flags/database-flags.ts';
import { confirmationFlags, progressFlags } from '../../../src/lib/cli/flags/run-flags.ts';
import { databaseUrl } from '../../../src/lib/cli/location/database-location.ts';
import { KeyturnError } from '../../../src/lib/model/keyturn-error.ts';

interface ProbeResult {
  readonly mode: string;
  readonly rows: bigint;
  readonly path: string;
  readonly tables: readonly string[];
}

const secret = 'value-of-a-cell';

const modes: Readonly<Record<string, (probe: Probe) => unknown>> = {
  fine: () => undefined,
  quarantined: (probe) => {
    probe.endWithQuarantine();
  },
  refuse: () => {
    throw new KeyturnError({
      code: 'KT_WRONG_KEY',
      reason: 'wrongKey',
      message: 'the old key "1a2b3c4d" opens nothing in "ev\u001b[31mil"',
      hints: ['keyturn keys inspect REF', 'look elsewhere'],
      reference: 'docs/keys.md',
      cause: new Error('the cause'),
    });
  },
  crash: () => {
    throw new TypeError(secret);
  },
  crashWithCode: () => {
    throw Object.assign(new Error(secret), { code: 'ENOSPC' });
  },
  crashLater: async () => {
    setImmediate(() => {
      throw new RangeError(secret);
    });
    await new Promise((resolve) => setTimeout(resolve, 10_000));
  },
  throwText: () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- what a careless library does
    throw secret;
  },
  stall: () => new Promise(() => undefined),
  ask: (probe) => probe.askTwice(),
  progress: (probe) => probe.showProgress(),
  work: (probe) => probe.printThenWork(),
};

class Probe extends KeyturnCommand<ProbeResult> {
  static override id = 'probe';
  static override args = { mode: Args.string({ required: true }), second: Args.string() };
  static override flags = {
    ...databaseFlags,
    ...confirmationFlags,
    ...progressFlags,
    ...selectionFlags,
    number: Flags.integer(),
  };

  override async run(): Promise<ProbeResult> {
    const { args, flags } = await this.parse(Probe);
    this.note('a note');
    this.detail('a detail');
    await modes[args.mode]?.(this);
    this.print(`mode ${args.mode}`);
    return { mode: args.mode, rows: 2n ** 63n, path: databaseUrl(flags.database), tables: flags.table ?? [] };
  }

  async printThenWork(): Promise<void> {
    this.print('the plan');
    await new Promise((resolve) => setTimeout(resolve, 50));
    this.note('worked on');
  }

  endWithQuarantine(): void {
    this.endWith('quarantined');
  }

  askTwice(): Promise<void> {
    return this.confirm([{ message: 'is the key stored elsewhere?' }, { message: 'rewrite 3 rows?' }]);
  }

  showProgress(): Promise<void> {
    return this.withReporter((reporter) => {
      reporter.report({ kind: 'phase started', phase: 'execute' });
      reporter.report({ kind: 'pass started', table: 'machines', pass: 1, estimatedRows: 10, doneRows: 5 });
      process.kill(process.pid, 'SIGUSR2');
      return new Promise((resolve) => setTimeout(resolve, 200));
    });
  }
}

await Probe.run(process.argv.slice(2), import.meta.url).catch((error: unknown) => handle(error as Error));
