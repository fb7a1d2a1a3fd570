import { it } from 'vitest';
import { explore } from '../explore.ts';

const seconds = Number(process.env['KEYTURN_TEST_SECONDS'] ?? 120);

it(
  'no order of events loses a value, encrypts one twice, or overwrites what an application wrote',
  async () => {
    const { schedules, schedulesPerMinute } = await explore({
      milliseconds: 1000 * seconds,
      leastSchedules: seconds,
      onFailure: 'shrink',
    });
    console.info(`${schedules} schedules, ${schedulesPerMinute} a minute`);
  },
  1000 * (2 * seconds + 60),
);
