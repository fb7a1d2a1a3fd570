import type { FormatName } from '../model/column-state.ts';

/** What a cell format asks of its key; every cell format has these two properties. */
export interface KeyFormat {
  readonly name: FormatName;
  readonly keyBytes: number;
}

/** What a key of the format looks like, and how to make one: hints for whoever gave something else. */
export function hintsAboutFormat(format: KeyFormat): readonly string[] {
  const characters = Math.ceil(format.keyBytes / 3) * 4;
  return [
    `a ${format.name} key is ${characters} characters of base64url: ${format.keyBytes} random bytes`,
    'keyturn keys generate --output PATH   # a new key; it opens no cell that exists',
  ];
}
