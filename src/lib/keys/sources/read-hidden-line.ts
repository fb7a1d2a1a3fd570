import { KeyturnError } from '../../model/keyturn-error.ts';

const endOfLine: ReadonlySet<number> = new Set([0x0a, 0x0d]);
const erase: ReadonlySet<number> = new Set([0x08, 0x7f]);
/** Ctrl-C and Ctrl-D, which a terminal in raw mode hands over like any other character. */
const interrupt: ReadonlySet<number> = new Set([0x03, 0x04]);
/** Ctrl-U. */
const eraseLine = 0x15;

/** Far more than any key. */
const mostBytes = 4096;

/**
 * Asks on standard error and reads one line from the terminal without showing it. The bytes never become a string,
 * which nobody could wipe; the caller wipes them. Ctrl-C, Ctrl-D and the end of the terminal are exit 130.
 */
export async function readHiddenLine(question: string): Promise<Uint8Array> {
  const terminal = process.stdin;
  const line = createHiddenLine();
  // Before the question: whoever answers at once must not see the key.
  terminal.setRawMode(true);
  try {
    process.stderr.write(question);
    await fill(line, terminal);
    return line.copy();
  } finally {
    line.wipe();
    terminal.setRawMode(false);
    terminal.pause();
    process.stderr.write('\n');
  }
}

/** A line while it is typed. */
interface HiddenLine {
  /** Takes one byte and says what it means for the line. */
  take(byte: number): 'goes on' | 'complete' | 'given up';
  copy(): Uint8Array;
  wipe(): void;
}

function createHiddenLine(): HiddenLine {
  const bytes = Buffer.alloc(mostBytes);
  let length = 0;
  return {
    take(byte) {
      if (endOfLine.has(byte)) return 'complete';
      if (interrupt.has(byte)) return 'given up';
      if (byte === eraseLine) length = 0;
      else if (erase.has(byte)) length = Math.max(0, length - 1);
      else if (length < mostBytes) length = bytes.writeUInt8(byte, length);
      return 'goes on';
    },
    copy: () => Uint8Array.from(bytes.subarray(0, length)),
    wipe() {
      bytes.fill(0);
    },
  };
}

/** Resolves when the line is complete. What was pasted behind it stays in the terminal, and answers the next question. */
function fill(line: HiddenLine, terminal: NodeJS.ReadStream): Promise<void> {
  return new Promise((resolve, reject) => {
    const stopListening = (): void => {
      terminal.off('data', read).off('end', giveUp).off('close', giveUp);
    };
    const giveUp = (): void => {
      stopListening();
      reject(interrupted());
    };
    const read = (piece: Buffer): void => {
      for (const [index, byte] of piece.entries()) {
        const state = line.take(byte);
        if (state === 'goes on') continue;
        if (state === 'given up') {
          giveUp();
          break;
        }
        stopListening();
        if (index + 1 < piece.length) terminal.unshift(Buffer.from(piece.subarray(index + 1)));
        resolve();
        break;
      }
      piece.fill(0);
    };
    terminal.on('data', read).on('end', giveUp).on('close', giveUp);
    terminal.resume();
  });
}

function interrupted(): KeyturnError {
  return new KeyturnError({
    code: 'KT_INTERRUPTED',
    reason: 'interrupted',
    message: 'interrupted before anything was changed',
    hints: ['run the same command again when it suits'],
  });
}
