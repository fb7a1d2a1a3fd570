import type { FormatName } from '../../model/columns/column-state.ts';

/** What a cell format asks of its key; every cell format has these two properties. */
export interface KeyFormat {
  readonly name: FormatName;
  readonly keyBytes: number;
  /** Where the key is no random bytes but text, whose characters are the key; `keyBytes` is then the least length. */
  readonly keyShape?: 'master string';
}

/** What a key of the format looks like, and how to make one: hints for whoever gave something else. */
export function hintsAboutFormat(format: KeyFormat): readonly string[] {
  if (format.keyShape === 'master string') {
    return [
      `the key of ${format.name} is a master string: at least ${format.keyBytes} characters, exactly as the application has it`,
    ];
  }
  const characters = Math.ceil(format.keyBytes / 3) * 4;
  return [
    `a ${format.name} key is ${characters} characters of base64url: ${format.keyBytes} random bytes`,
    'keyturn keys generate --output PATH   # a new key; it opens no cell that exists',
  ];
}
