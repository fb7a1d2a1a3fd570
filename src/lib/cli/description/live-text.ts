import { stripVTControlCharacters } from 'node:util';
import { displayWidth } from '../../reporters/display-width.ts';

/** Where a text is shown again and again; `process.stdout` is one. */
export interface LiveOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** Not any more, once its reader has gone. */
  readonly writable?: boolean;
  write(text: string): unknown;
}

/** One text after the other, for as long as somebody reads them. */
export interface LiveText {
  show(text: string): void;
  isRead(): boolean;
}

/**
 * Shows one text after the other: on a terminal each in the place of the one before, anywhere else below it. Nothing
 * of the terminal is changed but these lines, so that an end by any signal leaves nothing to repair.
 */
export function createLiveText(output: LiveOutput): LiveText {
  let shown: string | undefined;
  const separator = (): string => {
    if (shown === undefined) return '';
    if (output.isTTY !== true) return '\n';
    return `\u001b[${rowsOf(shown, output.columns ?? 80)}A\r\u001b[J`;
  };
  return {
    isRead: () => output.writable !== false,
    show(text) {
      output.write(`${separator()}${text}\n`);
      shown = text;
    },
  };
}

/** Lines of a terminal that a text takes; long ones go on in the next. */
function rowsOf(text: string, columns: number): number {
  const widths = text.split('\n').map((line) => displayWidth(stripVTControlCharacters(line)));
  return widths.reduce((rows, width) => rows + Math.max(1, Math.ceil(width / columns)), 0);
}
