import type { RawFileReader } from '../model/databases/raw-file.ts';
import type { FoundWindow, WindowSearch } from './window-search.ts';

/** What a file holds of a sample. */
export interface SearchedFile {
  /** How much was read: files may grow or shrink meanwhile. */
  readonly bytes: number;
  /** The first places of each window. Offsets count from the beginning of the file. */
  readonly found: readonly FoundWindow[];
}

/** How a search through files is watched and stopped. */
export interface SearchWatch {
  /** Called with the bytes read since the last call. */
  readonly progress: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** Places of one window that are remembered: it may stand in every row of another table. */
const mostPlaces = 3;

/** Bytes read at a time; memory stays the same however large the file is. */
const pieceBytes = 4 * 1024 * 1024;

/**
 * Searches a file from its first byte to its last. Reads the next piece while it searches one; what stands at the seam of two
 * pieces is searched with the second one, which gets the end of the first in front.
 */
export async function searchFile(
  file: RawFileReader,
  search: WindowSearch,
  { progress, signal }: SearchWatch,
): Promise<SearchedFile> {
  const seamBytes = search.windowBytes - 1;
  const buffers = [Buffer.alloc(seamBytes + pieceBytes), Buffer.alloc(seamBytes + pieceBytes)] as const;
  const found: FoundWindow[] = [];
  const places = new Map<number, number>();
  let position = 0;
  let seam = 0;
  let reading = readPiece(file, buffers[0], { seam, position });
  for (let turn = 0; ; turn = 1 - turn) {
    signal.throwIfAborted();
    const [piece, next] = turn === 0 ? buffers : [buffers[1], buffers[0]];
    const bytes = await reading;
    if (bytes === 0) return { bytes: position, found };
    const filled = piece.subarray(0, seam + bytes);
    const start = position - seam;
    const nextSeam = Math.min(seamBytes, filled.length);
    filled.copy(next, 0, filled.length - nextSeam);
    position += bytes;
    reading = readPiece(file, next, { seam: nextSeam, position });
    for (const { fingerprint, offset } of search.search(filled)) {
      const known = places.get(fingerprint) ?? 0;
      places.set(fingerprint, known + 1);
      if (known < mostPlaces) found.push({ fingerprint, offset: start + offset });
    }
    seam = nextSeam;
    progress(bytes);
  }
}

function readPiece(
  file: RawFileReader,
  buffer: Buffer,
  { seam, position }: { readonly seam: number; readonly position: number },
): Promise<number> {
  return file.read(buffer.subarray(seam, seam + pieceBytes), position);
}
