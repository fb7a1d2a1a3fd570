import { isAscii } from 'node:buffer';

/**
 * What makes values that are to be found together equal, before they are indexed. What a normaliser returns for a value never
 * changes: where the rule has to change, there is a new version beside the old one, and indexes are rotated to it.
 */
export interface Normaliser {
  /** As it is typed in `--blind-index`, e.g. `last-four`. */
  readonly name: string;
  /** From 1. */
  readonly version: number;
  /** What a search by it finds, as the end of "finds ...". */
  readonly finds: string;
  /** The part of a value that is indexed; `null`: a value without such a part, which no search finds. */
  normalise(content: Uint8Array): Uint8Array | null;
}

/** Lets a rule on texts work on bytes; bytes that are no UTF-8 have no text, and so nothing to index. */
export function ofText(rule: (text: string) => string | null): Normaliser['normalise'] {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return (content) => {
    const text = textOf(decoder, content);
    const indexed = text === null ? null : rule(text);
    return indexed === null ? null : Buffer.from(indexed, 'utf8');
  };
}

/** Of most values every byte is a letter by itself, which costs a third of decoding it. */
function textOf(decoder: InstanceType<typeof TextDecoder>, content: Uint8Array): string | null {
  if (isAscii(content))
    return Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('latin1');
  try {
    return decoder.decode(content);
  } catch {
    return null;
  }
}

/** Letters that NFC leaves as they are. */
const isPlain = /^\p{ASCII}*$/u;

/** A text in which case does not count: NFC, in small letters as Unicode has them for no language in particular. */
export function withoutCase(text: string): string {
  return isPlain.test(text) ? text.toLowerCase() : text.normalize('NFC').toLowerCase().normalize('NFC');
}
