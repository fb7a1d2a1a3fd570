import type { CellFormat } from '../../formats/cell-format.ts';
import type { CellValue } from '../../model/cells/stored-value.ts';

/** Whether something of this length and first byte may be a canonical cell of a format: asked before its bytes are looked at. */
export function createShapeTest({
  candidate: { minimumLength, firstCharacters },
}: Pick<CellFormat, 'candidate'>): (length: number, firstByte: number) => boolean {
  const bytes = firstCharacters === null ? null : new Set(Buffer.from(firstCharacters, 'latin1'));
  return (length, firstByte) => length >= minimumLength && (bytes === null || bytes.has(firstByte));
}

/** Tells whether a value looks like a cell of one of these formats, as far as bytes alone can; asked of every value. */
export function createLookalikeTest(formats: readonly CellFormat[]): (value: CellValue) => boolean {
  const tests = formats
    .filter(({ detection }) => detection === 'by content')
    .map((format) => ({ mayBe: createShapeTest(format), format }));
  return (value) => {
    const first = (typeof value === 'string' ? value.charCodeAt(0) : value[0]) ?? 0;
    return tests.some(({ mayBe, format }) => mayBe(value.length, first) && format.recognises(value));
  };
}
