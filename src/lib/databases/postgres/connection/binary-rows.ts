import type { Client } from 'pg';
import { freeMemory } from '../../../model/bytes/free-memory.ts';

/*
 * A message of the server is its type, four bytes of length, which count themselves and the content, and the content: see
 * "Message Formats" in PostgreSQL's documentation. The driver makes an object and strings of every row, and damages values in
 * binary form. So rows in binary form are kept from it; everything else is passed on.
 */

/** Bytes before the content of a message. */
export const messageHeaderBytes = 5;

const types = { description: 0x54, row: 0x44, complete: 0x43, error: 0x45, ready: 0x5a } as const;

/** In a description, of a column whose values come in binary form. */
const binaryForm = 1;

/** Keeps the rows of statements whose results are binary from the driver. */
export interface BinaryRows {
  /** The rows of the first such statement that has succeeded since, as the messages in which they came. */
  take(): Buffer;
}

type Listener = (bytes: Buffer) => void;

interface ListenedStream {
  on(event: string, listener: Listener): unknown;
}

/** Where the driver begins to listen to the server, inside any encryption of the connection; its types leave that out. */
interface ListeningConnection {
  attachListeners(stream: ListenedStream): void;
}

/** Steps between a client that is not connected yet and its server. */
export function keepBinaryRows(client: Client): BinaryRows {
  const finished: Buffer[] = [];
  const connection = client.connection as unknown as ListeningConnection;
  const attach = connection.attachListeners.bind(connection);
  connection.attachListeners = (stream) => {
    attach({
      on: (event, listener) =>
        stream.on(event, event === 'data' ? splitRows(listener, (rows) => finished.push(rows)) : listener),
    });
  };
  return { take: () => finished.shift() ?? Buffer.alloc(0) };
}

/** Divides what comes: binary rows go to `keep` when their statement has succeeded, all other messages to `pass` at once. */
export function splitRows(pass: Listener, keep: Listener): Listener {
  const collection = createCollection(keep);
  let header: Buffer = Buffer.alloc(0);
  let remaining = 0;
  let isKeeping = false;

  function send(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (isKeeping) collection.add(bytes);
    else pass(bytes);
  }

  return (received) => {
    const bytes = header.length === 0 ? received : Buffer.concat([header, received]);
    let from = 0;
    let at = 0;
    for (;;) {
      const end = Math.min(at + remaining, bytes.length);
      collection.look(bytes, at, end);
      remaining -= end - at;
      at = end;
      if (remaining > 0 || at + messageHeaderBytes > bytes.length) break;
      const type = bytes[at] ?? 0;
      if (collection.takes(type) !== isKeeping) {
        send(bytes.subarray(from, at));
        from = at;
        isKeeping = !isKeeping;
      }
      collection.begin(type);
      remaining = bytes.readInt32BE(at + 1) - 4;
      at += messageHeaderBytes;
    }
    send(bytes.subarray(from, at));
    header = bytes.subarray(at);
  };
}

/** Collects the rows of one statement after the other. */
function createCollection(keep: Listener) {
  let current = 0;
  /** How the columns of the statement at hand are written: the last byte of their description says it for all. */
  let form = 0;
  let rows: Buffer[] = [];
  let succeeded: readonly Buffer[] | undefined;
  return {
    takes: (type: number) => type === types.row && form === binaryForm,
    add(messages: Buffer) {
      rows.push(messages);
    },
    /** Sees a part of the content of the message that has begun. */
    look(bytes: Buffer, from: number, to: number) {
      if (current === types.description && to > from) form = bytes[to - 1] ?? 0;
    },
    begin(type: number) {
      current = type;
      switch (type) {
        case types.description:
          rows = [];
          form = 0;
          break;
        case types.complete:
          succeeded = form === binaryForm ? rows : undefined;
          form = 0;
          break;
        case types.error:
          // A statement can fail behind its last row, too.
          succeeded = undefined;
          form = 0;
          break;
        case types.ready:
          if (succeeded !== undefined) keep(join(succeeded));
          succeeded = undefined;
      }
    },
  };
}

/** Lays messages end to end, in memory that they have for themselves. */
function join(pieces: readonly Buffer[]): Buffer {
  const joined = Buffer.allocUnsafeSlow(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    at += piece.copy(joined, at);
    freeMemory(piece);
  }
  return joined;
}
