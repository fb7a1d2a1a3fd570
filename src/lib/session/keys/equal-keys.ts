import { formatNamed } from '../../formats/format-named.ts';
import type { KeyPairRequest } from '../../keys/load-key-pair.ts';
import type { RotationFormats } from '../formats/choose-formats.ts';

/**
 * Whether both keys of a rotation may be the same one: its cells get another format, and each cell proves which of the two
 * formats it has. Base64 in two alphabets does not: many a cell reads the same in both.
 */
export function equalKeysBetween({ from, to }: RotationFormats): NonNullable<KeyPairRequest['equalKeys']> {
  const formats = [formatNamed(from), formatNamed(to)];
  const isProven = formats.every(({ integrity }) => integrity === 'authenticated');
  const [before, after] = formats.map(({ name }) => name.replace('encoding=base64url', 'encoding=base64'));
  return isProven && before !== after ? 'allowed' : 'refused';
}
