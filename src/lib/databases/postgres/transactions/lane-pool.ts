import type { Lane } from './lane.ts';

/** Several lanes as one: work goes to the first that is free, and waits in its turn while none is. */
export function createLanePool(lanes: readonly Lane[]): Lane {
  const free = [...lanes];
  const waiting: ((lane: Lane) => void)[] = [];

  function giveBack(lane: Lane): void {
    const next = waiting.shift();
    if (next) next(lane);
    else free.unshift(lane);
  }

  return {
    async run(work) {
      const lane = free.shift() ?? (await new Promise<Lane>((resolve) => waiting.push(resolve)));
      try {
        return await lane.run(work);
      } finally {
        giveBack(lane);
      }
    },
    async close() {
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  };
}
