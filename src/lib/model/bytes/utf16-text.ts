import { shellWord } from '../texts/shell-word.ts';

/**
 * The encoding of text in UTF-16, as iconv calls it: by the mark at its beginning, or by the zero that is half of each of its first
 * characters. Undefined where it is something else.
 */
export function utf16NameOf([first, second, third, fourth]: Uint8Array): Utf16Name | undefined {
  if (first === undefined || second === undefined) return undefined;
  const isMarked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (isMarked) return 'UTF-16';
  if (first > 0 && second === 0 && fourth === 0) return 'UTF-16LE';
  return first === 0 && second > 0 && third === 0 ? 'UTF-16BE' : undefined;
}

/** `UTF-16`: it says at its beginning in which order its bytes are. */
export type Utf16Name = 'UTF-16' | 'UTF-16LE' | 'UTF-16BE';

/** How to get the same text in UTF-8; `path` is the file it is in, where it is in one. */
export function hintsForUtf16(name: Utf16Name, path?: string): readonly string[] {
  const convert = path === undefined ? `iconv -f ${name} -t UTF-8 FILE > NEW_FILE` : inPlace(name, path);
  return [
    'save it as UTF-8: in Windows editors "Save as" with the encoding UTF-8, in PowerShell Set-Content -Encoding utf8',
    convert,
  ];
}

/** Written into what is there already, so that its owner and mode stay. */
function inPlace(name: Utf16Name, path: string): string {
  const word = shellWord(path);
  return `text=$(iconv -f ${name} -t UTF-8 ${word}) && printf '%s\\n' "$text" > ${word}`;
}
