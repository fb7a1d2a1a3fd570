import { describe, expect, it } from 'vitest';
import { fleetSizes } from '../support/fleet-database.ts';
import { chooseSeed, killAtRandom } from './random-kills.ts';
import { createStage } from './stage.ts';

/** Of each command; `npm run test:crash` goes on for longer. */
const kills = 8;

describe('kills at random moments', () => {
  const stage = createStage(fleetSizes(100));

  it.concurrent.each(['rotate', 'rollback'] as const)(
    'of %s lose nothing, and each migration comes to its end',
    async (command) => {
      const statistics = await killAtRandom({ stage, command, kills, seed: chooseSeed() });
      console.info(`random kills of ${command}:`, statistics);
      expect(statistics.kills).toBe(kills);
    },
  );
});
