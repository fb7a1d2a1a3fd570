import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Room for new objects on a thread that seals and opens batches, in mebibytes: three times what one half holds. */
export const threadYoungMebibytes = 9;

/** Room for new objects on the main thread with which runs were measured, in bytes; it has grown to that when the program is loaded. */
const mainYoungBytes = 16 * 1024 * 1024;

/** By how much a heap may outgrow what was alive at its last full collection before the next one, in percent. */
const growthPercent = 80;

/** Keeps the room for new objects of every thread as large as it is. */
const fixedYoungGeneration = '--semi-space-growth-factor=1';

/**
 * Has old objects collected before they are many times those that live; for this thread and those to come. Left alone,
 * V8 lets them pile up to four times that, and a million rows take up to 229 MiB; with half of this growth, a run now and
 * then spends a third of its time on collections (decision 0070).
 */
export function boundOldGeneration(): void {
  setFlagsFromString(`--heap-growing-percent=${String(growthPercent)}`);
}

/**
 * Has the memory behind buffers freed by the thread that made them, for this thread and those to come: freed by one of V8's own it comes
 * back late and cold, and sealing values one by one, with four buffers each, takes a twentieth more CPU (decision 0147).
 */
export function freeBuffersInPlace(): void {
  setFlagsFromString('--no-concurrent-array-buffer-sweeping');
}

/**
 * Keeps this thread's room for new objects from growing beyond what a run needs: left alone, a plan that samples long cells
 * doubles it, for as long as the process lives.
 */
export function boundGrownYoungGeneration(): void {
  const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
  if ((young?.space_size ?? 0) >= mainYoungBytes) setFlagsFromString(fixedYoungGeneration);
}

/**
 * Keeps this thread's room for new objects as large as it is, and lets threads begin with all of theirs.
 *
 * Left alone, V8 doubles that room up to 128 MiB in a long run, because the chunks in hand survive every collection,
 * and the peak memory of a run follows its length: 234 to 264 MiB for 300,000 rows, and 181 to 200 MiB with this.
 */
export function boundYoungGeneration(): void {
  setFlagsFromString(fixedYoungGeneration);
  setFlagsFromString(`--min-semi-space-size=${String(threadYoungMebibytes / 3)}`);
}
