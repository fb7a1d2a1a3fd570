import type { SpeedLimits } from '../../model/runs/speed-limits.ts';
import { countText } from '../../model/texts/count-text.ts';
import { countedText } from '../../model/texts/counted-text.ts';

/** Limits in words; `null` where there is none. */
export function limitsText({ batchRows, maximumRowsPerSecond, niceRatio }: SpeedLimits): string | null {
  const texts = [
    ...(maximumRowsPerSecond === null ? [] : [`at most ${countText(maximumRowsPerSecond)} rows/s`]),
    ...(niceRatio === null ? [] : [niceText(niceRatio)]),
    ...(batchRows === null ? [] : [`${countedText(batchRows, 'row')} per transaction`]),
  ];
  return texts.length === 0 ? null : texts.join(', ');
}

function niceText(ratio: number): string {
  return ratio === 1 ? 'waits as long as it works' : `waits ${ratio} times as long as it works`;
}
