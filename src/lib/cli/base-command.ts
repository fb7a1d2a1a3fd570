import { Command, Errors, type Interfaces } from '@oclif/core';
import type { LoadedConfiguration } from '../configuration/load-configuration.ts';
import type { DatabaseLocation } from '../model/databases/database-location.ts';
import { exitCodes, type ExitReason } from '../model/exit-codes.ts';
import { durationText } from '../reporters/duration-text.ts';
import { jsonText } from '../reporters/json-text.ts';
import { printable } from '../reporters/printable.ts';
import type { ProgressReporter } from '../reporters/progress-reporter.ts';
import { createReporter, type ProgressStyle } from '../reporters/registry.ts';
import { ignoreStreamErrors } from '../reporters/safe-output.ts';
import type { KeyOverrides } from '../session/keys/recorded-keys.ts';
import {
  configurationOf,
  configured,
  keyOverridesOf,
  type RecordedKeyFlags,
} from './command-configuration.ts';
import { confirm, confirmByName, type NamedStep, type Question } from './consent/confirmation.ts';
import { completeHint } from './description/complete-hint.ts';
import { describeError } from './description/describe-error.ts';
import { createLiveText, type LiveText } from './description/live-text.ts';
import { everywhereFlags } from './flags/everywhere-flags.ts';
import { refuseLiteralKeys } from './flags/refuse-literal-keys.ts';
import { noteTableLocks } from './note-table-locks.ts';
import { createPainter, type Painter } from './rendering/painter.ts';
import { renderError, renderStack } from './rendering/render-error.ts';
import { watchResult, type ResultOutput } from './result-output.ts';
import type { ErrorReport } from './results/error-report.ts';
import { onStatusSignal } from './status-signal.ts';

/** What this class needs to know of the flags, whichever of them a command has. */
interface CommonFlags {
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly yes?: boolean;
  readonly 'dry-run'?: boolean;
  readonly confirm?: string | undefined;
  readonly progress?: ProgressStyle;
  readonly database?: DatabaseLocation;
}

/** Flags or arguments as oclif hands them over. */
type ParsedInput = Record<string, unknown>;

/**
 * What every command shares. `run` returns the value that `--json` prints; text for people goes through `print`
 * (stdout, the result) and `note` (stderr). Errors become text or JSON and an exit code of `model/exit-codes.ts`.
 */
export abstract class KeyturnCommand<Result extends object> extends Command {
  static override enableJsonFlag = true;
  static override baseFlags = everywhereFlags;

  readonly #startedAt = performance.now();
  #flags: CommonFlags = {};
  #exitCode: number = exitCodes.done;
  #reporter: ProgressReporter | undefined;
  #configuration: LoadedConfiguration | undefined;
  #result: ResultOutput | undefined;
  #stopNoting: (() => void) | undefined;
  /** The error that was printed as the result. */
  #shown: ErrorReport | undefined;

  abstract override run(): Promise<Result>;

  /** Sets the exit code of a command that returns a value all the same, e.g. `quarantined`. */
  protected endWith(reason: ExitReason | number): void {
    this.#exitCode = typeof reason === 'number' ? reason : exitCodes[reason];
  }

  /** Writes text of the result to stdout; nothing with `--json`, which prints the returned value instead. */
  protected print(text: string): void {
    if (!this.jsonEnabled()) process.stdout.write(endLine(text));
  }

  /**
   * Writes to stdout what the command has done. With `--quiet` it says so only where it has not ended well, so that a timer has
   * nothing to tell, and of all others the `warnings`. Comes after `endWith`.
   */
  protected printDeed(text: string, warnings: readonly string[] = []): void {
    if (!this.isQuiet || this.#exitCode !== exitCodes.done) this.print(text);
    else if (!this.jsonEnabled()) for (const warning of warnings) this.caution(warning);
  }

  /** Shows a result on stdout again and again, as long as it changes; nothing with `--json`. */
  protected liveText(): LiveText {
    return this.jsonEnabled()
      ? { show: () => undefined, isRead: () => true }
      : createLiveText(process.stdout);
  }

  /** Writes advice to stderr; nothing with `--quiet`. The text may have colours, so quote with `printable`. */
  protected note(text: string): void {
    if (!this.isQuiet) this.#writeAside(text);
  }

  /** Whether `--quiet` was given. */
  protected get isQuiet(): boolean {
    return this.#flags.quiet === true;
  }

  /** Writes a warning to stderr, even with `--quiet`. */
  protected caution(text: string): void {
    this.#writeAside(`${this.stderrPainter.warning('Warning:')} ${printable(text)}`);
  }

  /** Writes to stderr with `--verbose` alone. */
  protected detail(text: string): void {
    if (this.#flags.verbose === true) this.#writeAside(text);
  }

  /** For texts that go to `print`. */
  protected get painter(): Painter {
    return createPainter({ isTerminal: process.stdout.isTTY, environment: process.env });
  }

  /** For texts that go to `note`. */
  protected get stderrPainter(): Painter {
    return createPainter({ isTerminal: process.stderr.isTTY, environment: process.env });
  }

  /** Asks one question after the other; throws unless all are answered with yes, or `--yes` was given. */
  protected async confirm(questions: readonly Question[]): Promise<void> {
    await confirm(questions, {
      yes: this.#flags.yes === true,
      interactive: this.#isInteractive(),
      rehearsal: this.#flags['dry-run'] === undefined ? 'none' : 'possible',
    });
  }

  /** Has the name of a step typed that cannot be undone by typing another command; `--confirm` gives it too. */
  protected async confirmByName(step: NamedStep): Promise<void> {
    await confirmByName(step, { given: this.#flags.confirm, interactive: this.#isInteractive() });
  }

  /** Shows the progress of `work` as `--progress` and `--quiet` ask; SIGUSR2 prints one line of status meanwhile. */
  protected async withReporter<Value>(work: (reporter: ProgressReporter) => Promise<Value>): Promise<Value> {
    const { progress = 'auto' } = this.#flags;
    const reporter = createReporter(this.isQuiet ? 'none' : progress);
    this.#reporter = reporter;
    const stopListening = onStatusSignal(() => {
      reporter.printStatus();
    });
    try {
      return await work(reporter);
    } finally {
      stopListening();
      this.#reporter = undefined;
      reporter.close();
    }
  }

  protected override async init(): Promise<void> {
    await super.init();
    // Until the command has finished it has failed: an event loop that runs empty must not look like success.
    process.exitCode = exitCodes.unexpected;
    ignoreStreamErrors(process.stderr);
    this.#result = watchResult(process.stdout, (error) => {
      // An error that was part of the result has not been told either.
      const untold = this.#shown === undefined ? [] : [this.#shown];
      const reports = [...untold, this.#describe(error)];
      process.stderr.write(reports.map((report) => renderError(report, this.stderrPainter)).join(''));
    });
    this.#stopNoting = noteTableLocks((text) => {
      this.note(text);
    });
    if (process.listenerCount('uncaughtException') === 0) process.on('uncaughtException', this.#endAtOnce);
    if (!this.#isTyped('--no-color')) return;
    delete process.env['FORCE_COLOR'];
    process.env['NO_COLOR'] = '1';
  }

  /** Arguments never come from stdin: it may hold a key (`--old-key -`). */
  protected override async parse<
    Flags extends ParsedInput,
    BaseFlags extends ParsedInput,
    Args extends ParsedInput,
  >(
    options?: Interfaces.Input<Flags, BaseFlags, Args>,
    argv?: string[],
  ): Promise<Interfaces.ParserOutput<Flags, BaseFlags, Args>> {
    const args: Readonly<Record<string, { ignoreStdin?: boolean }>> = options?.args ?? {};
    for (const arg of Object.values(args)) arg.ignoreStdin = true;
    const configuration = await configurationOf(argv ?? this.argv);
    const parsed = await super.parse(configured(options, configuration), argv);
    this.#flags = parsed.flags as CommonFlags;
    this.#configuration = configuration;
    if (configuration?.values.keys?.literals === 'forbid') {
      refuseLiteralKeys({ ...parsed.args, ...parsed.flags });
    }
    return parsed;
  }

  /** The keys for a command that takes them from the ledger, unless a flag names them. */
  protected recordedKeys(flags: RecordedKeyFlags): KeyOverrides {
    return keyOverridesOf(flags, this.#configuration);
  }

  /** Where the configuration says that the new key of a rotation goes. */
  protected get configuredPublication(): string | undefined {
    return this.#configuration?.values.run?.updateConfig;
  }

  protected override async catch(error: unknown): Promise<never> {
    if (error instanceof Errors.ExitError) throw error;
    process.exitCode = this.#show(error);
    await this.#result?.written();
    return this.exit(process.exitCode);
  }

  protected override finally(error: Error | undefined): Promise<void> {
    if (error === undefined) process.exitCode = this.#exitCode;
    this.#stopNoting?.();
    this.#result?.settle();
    const { version, platform, arch } = this.config;
    const duration = durationText(performance.now() - this.#startedAt);
    this.detail(`keyturn ${version} on Node.js ${process.version}, ${platform} ${arch}: took ${duration}`);
    return Promise.resolve();
  }

  protected override logJson(value: unknown): void {
    process.stdout.write(`${jsonText(value, 2)}\n`);
  }

  /** Node.js would show an error that nobody caught with its message, which may hold values. */
  readonly #endAtOnce = (error: unknown): void => {
    process.exit(this.#show(error));
  };

  #isInteractive(): boolean {
    return process.stdin.isTTY && !this.jsonEnabled();
  }

  /** Writes to stderr; above the bar while there is one. */
  #writeAside(text: string): void {
    const line = endLine(text);
    if (this.#reporter === undefined) process.stderr.write(line);
    else this.#reporter.printLine(line.slice(0, -1));
  }

  #describe(error: unknown): ErrorReport {
    const { id = '', config, ctor } = this;
    const name = `${config.bin} ${id.replaceAll(':', ' ')}`;
    const described = describeError(error, { name, flags: { ...ctor.baseFlags, ...ctor.flags } });
    return { ...described, hints: described.hints.map((hint) => completeHint(hint, this.#flags.database)) };
  }

  /** Prints an error and returns its exit code. */
  #show(error: unknown): number {
    const report = this.#describe(error);
    if (this.jsonEnabled()) {
      this.#shown = report;
      this.logJson({ error: report });
    } else process.stderr.write(renderError(report, this.stderrPainter));
    if (this.#isTyped('--debug') && !(error instanceof Errors.CLIError))
      process.stderr.write(renderStack(error));
    return report.exitCode;
  }

  /** Whether a flag was typed, even where the rest of the command line cannot be parsed. */
  #isTyped(flag: string): boolean {
    const end = this.argv.indexOf('--');
    const index = this.argv.indexOf(flag);
    return index !== -1 && (end === -1 || index < end);
  }
}

function endLine(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
