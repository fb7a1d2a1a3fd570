import { styleText } from 'node:util';

/** Gives words their colours, or leaves them as they are where colours would not show. */
export interface Painter {
  heading(text: string): string;
  good(text: string): string;
  warning(text: string): string;
  bad(text: string): string;
  faint(text: string): string;
}

const plainPainter: Painter = {
  heading: (text) => text,
  good: (text) => text,
  warning: (text) => text,
  bad: (text) => text,
  faint: (text) => text,
};

const colourPainter: Painter = {
  heading: (text) => styleText('bold', text, { validateStream: false }),
  good: (text) => styleText('green', text, { validateStream: false }),
  warning: (text) => styleText('yellow', text, { validateStream: false }),
  bad: (text) => styleText('red', text, { validateStream: false }),
  faint: (text) => styleText('dim', text, { validateStream: false }),
};

/** What decides about colours. */
export interface ColourSurroundings {
  readonly isTerminal: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Colours on a terminal. `FORCE_COLOR` asks for them anywhere (`0`: nowhere) and wins over `NO_COLOR`, as in Node.js
 * itself.
 */
export function createPainter({ isTerminal, environment }: ColourSurroundings): Painter {
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined) return forced === '0' || forced === 'false' ? plainPainter : colourPainter;
  const refused = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  return isTerminal && !refused ? colourPainter : plainPainter;
}
