import { createRequire } from 'node:module';
import type * as CliProgress from 'cli-progress';
import type { MigrationEvent } from '../model/migrations/migration-event.ts';
import { eventSentence, phaseSentence } from './event-sentence.ts';
import { progressLine, progressSentence } from './progress-line.ts';
import type { ProgressReporter, ReporterSurroundings } from './progress-reporter.ts';
import { createRunProgress } from './run-progress.ts';
import { createSafeOutput, type SafeOutput } from './safe-output.ts';

const framesPerSecond = 10;
/** What is said above the bar as well. */
const notices: ReadonlySet<MigrationEvent['kind']> = new Set([
  'warning',
  'paused',
  'resumed',
  'throttled',
  'throttle lifted',
]);

const eraseLine = '\r\u001b[2K';
const eraseToTheRight = '\u001b[0K';

/**
 * One line at the bottom of a terminal that says where the run is; what is finished and every warning stands above
 * it. It neither hides the cursor nor changes a mode of the terminal, so even SIGKILL leaves nothing to repair.
 */
export function createProgressBar({ stream, now }: ReporterSurroundings): ProgressReporter {
  const output = createSafeOutput(stream);
  const progress = createRunProgress();
  const drawLine = (): string => {
    const snapshot = progress.snapshot(now());
    return snapshot === undefined ? '' : progressLine(snapshot, output.columns() - 1);
  };
  const line = createLiveLine(output, drawLine);

  const observe = (event: MigrationEvent): void => {
    const before = progress.snapshot(now());
    progress.observe(event, now());
    if (notices.has(event.kind)) line.printAbove(eventSentence(event) ?? '');
    if (event.kind === 'phase finished' && before !== undefined) {
      line.printAbove(phaseSentence(event, before.counts));
    }
    line.update();
  };

  return {
    report: observe,
    printStatus() {
      const snapshot = progress.snapshot(now());
      line.printAbove(snapshot === undefined ? 'no phase is running' : progressSentence(snapshot));
    },
    printLine: (text) => {
      line.printAbove(text);
    },
    close() {
      line.close();
    },
  };
}

/** A line that is drawn again and again in place. */
interface LiveLine {
  update(): void;
  printAbove(text: string): void;
  close(): void;
}

function createLiveLine(output: SafeOutput, draw: () => string): LiveLine {
  const bar = createBar(output, draw);
  const endLine = (): void => {
    output.write('\n');
  };
  return {
    update() {
      if (!bar.isActive) {
        bar.start(1, 0);
        process.once('exit', endLine);
      }
      bar.update(0);
    },
    printAbove(text) {
      output.write(`${eraseLine}${text}\n`);
      if (bar.isActive) bar.render();
    },
    close() {
      process.off('exit', endLine);
      if (bar.isActive) bar.stop();
    },
  };
}

/** cli-progress decides when to draw; what it draws, and how, is ours. */
function createBar(output: SafeOutput, draw: () => string): CliProgress.SingleBar {
  const { SingleBar } = createRequire(import.meta.url)('cli-progress') as typeof CliProgress;
  const options: CliProgress.Options & { readonly terminal: BarTerminal } = {
    terminal: createTerminal(output),
    format: draw,
    fps: framesPerSecond,
    clearOnComplete: true,
    forceRedraw: true,
    gracefulExit: false,
    hideCursor: false,
    linewrap: true,
  };
  return new SingleBar(options);
}

/** What cli-progress calls; its own terminal would jump to a stale place once the screen has scrolled. */
interface BarTerminal {
  isTTY(): boolean;
  getWidth(): number;
  write(text: string): void;
  clearLine(): void;
  clearRight(): void;
  cursorTo(): void;
  cursorSave(): void;
  cursorRestore(): void;
  newline(): void;
}

function createTerminal(output: SafeOutput): BarTerminal {
  const doNothing = (): void => undefined;
  return {
    isTTY: () => true,
    getWidth: () => output.columns(),
    write: (text) => {
      output.write(text);
    },
    clearLine: () => {
      output.write(eraseLine);
    },
    clearRight: () => {
      output.write(eraseToTheRight);
    },
    cursorTo: () => {
      output.write('\r');
    },
    cursorSave: doNothing,
    cursorRestore: doNothing,
    newline: doNothing,
  };
}
