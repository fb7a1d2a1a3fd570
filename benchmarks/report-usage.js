/** Preloaded into a measured process: at its end, writes CPU seconds and peak memory as JSON to descriptor 3. */
import { writeSync } from 'node:fs';

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  writeSync(3, JSON.stringify({ cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakKibibytes: maxRSS }));
});
