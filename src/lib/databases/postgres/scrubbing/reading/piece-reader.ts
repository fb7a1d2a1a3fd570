import type { RawFileReader } from '../../../../model/databases/raw-file.ts';

/** A piece as the server writes bytes, `\x` and hexadecimal digits; `null`: nothing is there any more. */
interface ServerPiece {
  readonly piece: string | null;
  /** How many bytes it would have if there were more behind it. */
  readonly asked: number;
}

/** Reads a file piece by piece with a query each, in the memory of one piece. A piece that is too short is the last one. */
export function createPieceReader(
  ask: (position: number, room: number) => Promise<ServerPiece>,
): RawFileReader {
  let end = Number.MAX_SAFE_INTEGER;
  return {
    async read(memory, position) {
      if (position >= end) return 0;
      const { piece, asked } = await ask(position, memory.length);
      const bytes = piece === null ? 0 : memory.write(piece.slice('\\x'.length), 'hex');
      if (bytes < asked) end = position + bytes;
      return bytes;
    },
    close: () => Promise.resolve(),
  };
}
