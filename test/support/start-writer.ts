import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { WriterKeys, WriterOrders, WriterReport } from './live-writer.ts';

/** A writer at work; see live-writer.ts. */
export interface LiveWriter {
  readonly processId: number;
  /** From here on it writes under these keys alone. */
  writeUnder(keys: WriterKeys): Promise<void>;
  /** Ends it, and says what it has seen. */
  stop(): Promise<WriterReport>;
}

const program = fileURLToPath(new URL('live-writer.ts', import.meta.url));

/** Starts a writer and waits for its first commit. It ends with the test at the latest. */
export async function startWriter(orders: WriterOrders): Promise<LiveWriter> {
  const child = spawn(process.execPath, [program, JSON.stringify(orders)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const heard = async (expected: string): Promise<void> => {
    const { value } = (await lines.next()) as { value: unknown };
    if (value !== expected)
      throw new Error(`the writer said ${JSON.stringify(value)} instead of "${expected}"`);
  };
  await heard('writing');
  const order = async (word: string): Promise<void> => {
    child.stdin.write(`${word}\n`);
    await heard(word);
  };
  return {
    processId: child.pid ?? 0,
    writeUnder: order,
    async stop() {
      const ended = once(child, 'exit');
      await order('stop');
      const { value } = (await lines.next()) as { value: string };
      await ended;
      return JSON.parse(value) as WriterReport;
    },
  };
}
