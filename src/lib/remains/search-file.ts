import { open, type FileHandle } from 'node:fs/promises';
import { KeyturnError } from '../model/keyturn-error.ts';
import { shellWord } from '../model/shell-word.ts';
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

/** Searches a file from its first byte to its last; `null` where it is gone. Reads the next piece while it searches one. */
export async function searchFile(
  path: string,
  search: WindowSearch,
  watch: SearchWatch,
): Promise<SearchedFile | null> {
  const file = await open(path, 'r').catch((error: unknown) => {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw unreadable(path, code);
  });
  if (file === null) return null;
  try {
    return await searchOpened(file, search, watch);
  } finally {
    await file.close();
  }
}

/** What stands at the seam of two pieces is searched with the second one: it gets the end of the first in front. */
async function searchOpened(
  file: FileHandle,
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

async function readPiece(
  file: FileHandle,
  buffer: Buffer,
  { seam, position }: { readonly seam: number; readonly position: number },
): Promise<number> {
  const { bytesRead } = await file.read(buffer, seam, pieceBytes, position);
  return bytesRead;
}

function unreadable(path: string, code: string): KeyturnError {
  return new KeyturnError({
    code: 'KT_DATABASE_UNAVAILABLE',
    reason: 'databaseUnavailable',
    message: `"${path}" cannot be read (${code}), so that nothing is proven of it`,
    hints: [`ls -l ${shellWord(path)}`, 'run the same command again as a user who may read it'],
  });
}
