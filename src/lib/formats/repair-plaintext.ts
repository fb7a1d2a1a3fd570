import type { CellValue } from '../model/cells/stored-value.ts';
import { toOpenedBatch, type OpenedText } from './cbc/opened-texts.ts';
import { isPlausibleText } from './cbc/plausible-text.ts';
import type { CellFormat, OpenedBatch } from './cell-format.ts';

/**
 * Takes values that are no cells for the plaintexts they are, as a cipher would open them; what the application puts in
 * front of one it could not encrypt is taken off. Whatever looks like a cell of a known format stays malformed, and so
 * does what is no text: nothing is ever encrypted twice.
 */
export function openPlaintext(
  cells: readonly CellValue[],
  { standIn }: CellFormat,
  knownFormats: readonly CellFormat[],
): OpenedBatch {
  return toOpenedBatch(
    cells.map((cell): OpenedText => {
      const looksSealed = knownFormats.some(
        (format) => format.detection === 'by content' && format.recognises(cell),
      );
      const bytes = Buffer.from(cell);
      return looksSealed || !isPlausibleText(bytes) ? 'malformed' : withoutStandIn(bytes, standIn);
    }),
  );
}

function withoutStandIn(bytes: Buffer, standIn = ''): Buffer {
  const mark = Buffer.from(standIn);
  return bytes.subarray(0, mark.length).equals(mark) ? bytes.subarray(mark.length) : bytes;
}
