import { startProxy } from './start-proxy.ts';

/** Types of the messages that carry a statement's text: Query and Parse. */
const statementTypes = ['Q', 'P'].map((letter) => letter.charCodeAt(0));

/**
 * Between a client and a server: in each statement, some words lose their last letter to one that makes no sense, so that the
 * server itself refuses them as one that never knew them would. Returns its URL.
 */
export function startPoorServer(serverUrl: string, unknownWords: readonly string[]): Promise<string> {
  return startProxy(serverUrl, ({ client, server }) => {
    const spoil = createSpoiler(unknownWords);
    return {
      fromClient: (bytes) => server.write(spoil(bytes)),
      fromServer: (bytes) => client.write(bytes),
    };
  });
}

/** Puts messages together as they come in pieces: the first one has no type, all others begin with one. */
function createSpoiler(words: readonly string[]): (bytes: Buffer) => Buffer {
  let rest = Buffer.alloc(0);
  let typeBytes = 0;
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    let end = 0;
    for (;;) {
      if (rest.length < end + typeBytes + 4) break;
      const next = end + typeBytes + rest.readUInt32BE(end + typeBytes);
      if (rest.length < next) break;
      const isStatement = typeBytes > 0 && statementTypes.includes(rest[end] ?? 0);
      if (isStatement) for (const word of words) spoilWord(rest.subarray(end, next), word);
      end = next;
      typeBytes = 1;
    }
    const whole = rest.subarray(0, end);
    rest = rest.subarray(end);
    return whole;
  };
}

function spoilWord(message: Buffer, word: string): void {
  for (let at = message.indexOf(word); at !== -1; at = message.indexOf(word, at + 1)) {
    message[at + word.length - 1] = 'q'.charCodeAt(0);
  }
}
