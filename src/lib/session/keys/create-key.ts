import { formatNamed } from '../../formats/format-named.ts';
import { generateKey } from '../../keys/material/generate-key.ts';
import { keyAsText } from '../../keys/material/key-as-text.ts';
import { writeKeyFile } from '../../keys/publication/write-key-file.ts';
import type { FormatName, KeyId } from '../../model/columns/column-state.ts';
import { readOnly } from '../formats/refuse-weak-format.ts';

/** A key to create. */
export interface NewKeyRequest {
  readonly format: FormatName;
  /** `file:PATH` or a path; undefined: the key is handed back as text and stored nowhere. */
  readonly output: string | undefined;
}

/** A key that was created: in a file, or as text in the hands of the caller. */
export type CreatedKey =
  | {
      readonly kind: 'stored';
      readonly id: KeyId;
      readonly reference: string;
      /** What a key for this format is good for; plaintext goes into a format alone whose cells tell what they are. */
      readonly uses: readonly ('rotate' | 'encrypt')[];
    }
  | { readonly kind: 'revealed'; readonly id: KeyId; readonly text: string };

/** Makes a random key. With `output` it is on disk, mode 0600, when this returns; an existing file is refused (exit 2). */
export async function createKey({ format, output }: NewKeyRequest): Promise<CreatedKey> {
  const cellFormat = formatNamed(format);
  if (cellFormat.integrity === 'none') throw readOnly(cellFormat);
  const key = generateKey(cellFormat);
  if (output === undefined) return { kind: 'revealed', id: key.id, text: keyAsText(key) };
  const { display } = await writeKeyFile({ key, output });
  const uses =
    cellFormat.detection === 'by content' ? (['rotate', 'encrypt'] as const) : (['rotate'] as const);
  return { kind: 'stored', id: key.id, reference: display, uses };
}
