/** How the plaintext of `people.email` becomes cells. */
export interface EncryptionWay {
  readonly name: string;
  /** The column that takes the cells. */
  readonly cells: 'email' | 'email_encrypted';
  /** Whether a blind index is written with them, into `email_bidx`. */
  readonly index: 'none' | 'blind';
}

/** All ways that are compared. */
export const ways: readonly EncryptionWay[] = [
  { name: 'in place', cells: 'email', index: 'none' },
  { name: 'in place, a blind index beside', cells: 'email', index: 'blind' },
  { name: 'into a new column, a blind index beside', cells: 'email_encrypted', index: 'blind' },
];

/** Characters of a value: `person.00000001@mail-01.example.org`. */
const valueCharacters = 35;

/** What a cell of the format `tink-xaes` has more than its value: frame, tag and the code of a type. */
const overheadBytes = 46;

/** Characters of the cell of such a value: `kt1.` and base64url. */
export const cellCharacters = 4 + Math.ceil(((overheadBytes + valueCharacters) * 4) / 3);

/** Bytes of its blind index. */
export const indexBytes = 16;

/** The column that a way adds for its cells, and the one for its indexes, with their types. */
export function addedColumns(
  { cells, index }: EncryptionWay,
  types: { readonly text: string; readonly bytes: string },
): readonly string[] {
  return [
    ...(cells === 'email' ? [] : [`${cells} ${types.text}`]),
    ...(index === 'none' ? [] : [`email_bidx ${types.bytes}`]),
  ];
}
