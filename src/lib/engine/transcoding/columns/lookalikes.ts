import type { CellFormat } from '../../../formats/cell-format.ts';
import type { CellValue } from '../../../model/cells/stored-value.ts';

/** Whether something of this length and first byte may be a canonical cell of a format: asked before its bytes are looked at. */
export function createShapeTest({
  candidate: { minimumLength, firstCharacters },
}: Pick<CellFormat, 'candidate'>): ShapeTest {
  const bytes = firstCharacters === null ? null : new Set(Buffer.from(firstCharacters, 'latin1'));
  return (length, firstByte) => length >= minimumLength && (bytes === null || bytes.has(firstByte));
}

/** Whether something of this length and first byte may be a cell. */
type ShapeTest = (length: number, firstByte: number) => boolean;

/** Tells what looks like a cell of any of some formats, as far as bytes alone can. */
export interface LookalikeTest {
  /** Looks at length and first byte alone; for text as well, whose first letter is ASCII where it is a cell. */
  readonly mayBeCell: ShapeTest;
  /** Looks at all of it. */
  readonly isCell: (value: CellValue) => boolean;
}

/** Makes the test for some formats; both of its questions are asked of every value. */
export function createLookalikeTest(formats: readonly CellFormat[]): LookalikeTest {
  const tests = formats
    .filter(({ detection }) => detection === 'by content')
    .map((format) => ({ mayBe: createShapeTest(format), format }));
  return {
    mayBeCell: (length, firstByte) => tests.some(({ mayBe }) => mayBe(length, firstByte)),
    isCell(value) {
      const first = (typeof value === 'string' ? value.charCodeAt(0) : value[0]) ?? 0;
      return tests.some(({ mayBe, format }) => mayBe(value.length, first) && format.recognises(value));
    },
  };
}
