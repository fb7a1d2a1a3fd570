import { hintsForUtf16, utf16NameOf } from '../../model/bytes/utf16-text.ts';
import type { KeyEncoding } from '../key-reference.ts';
import { foreignMaterials } from './foreign-material.ts';
import type { KeyFormat } from './key-format.ts';
import { decodeKeyText } from './key-text.ts';

/** Material that is not a key of the format. */
export interface BadMaterial {
  /** Without the white space around it, unless `encoding` is `raw`. */
  readonly bytes: Uint8Array;
  readonly encoding: KeyEncoding | undefined;
  readonly format: KeyFormat;
}

/** Why material is not a key, and what to do; never the material nor a part of it. */
export interface Diagnosis {
  readonly message: string;
  readonly hints: readonly string[];
}

/** Shorter text than this was chosen by a person: 22 characters of base64 are the 16 bytes of the smallest key. */
const shortestKeyText = 22;
const passwordHint = 'keys derived from passwords or passphrases are not supported by this version';

type Rule = (material: TextMaterial) => Diagnosis | undefined;

interface TextMaterial extends BadMaterial {
  readonly text: string;
}

/** The first that knows the mistake speaks, so the most particular ones stand first. */
const textRules: readonly Rule[] = [
  diagnoseEmpty,
  diagnoseBinary,
  diagnoseForeign,
  diagnoseQuotes,
  diagnoseLines,
  diagnoseField,
  diagnoseWhiteSpace,
  diagnoseOtherEncoding,
  diagnosePassword,
  diagnosePadding,
  diagnoseAlphabet,
  diagnoseBrokenText,
];

/** Says why material is not a key, without repeating any of it: positions and lengths only. */
export function diagnoseKeyMaterial(material: BadMaterial): Diagnosis {
  if (material.encoding !== 'raw') {
    const text = Buffer.from(material.bytes).toString('latin1');
    for (const rule of textRules) {
      const diagnosis = rule({ ...material, text });
      if (diagnosis !== undefined) return diagnosis;
    }
  }
  return diagnoseBytes(material);
}

/** Tells whether every byte is the same: no random key is, but a placeholder may be. */
export function isUniform(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === bytes[0]);
}

function diagnoseBytes({ bytes, encoding, format }: BadMaterial): Diagnosis {
  const decoded = decodeKeyText(bytes, encoding)?.bytes ?? new Uint8Array();
  const length = decoded.length;
  const uniform = isUniform(decoded);
  const isZero = uniform && decoded[0] === 0;
  decoded.fill(0);
  if (length !== format.keyBytes) {
    const unit = encoding === 'raw' ? 'is' : 'decodes to';
    const message = `${unit} ${length} bytes, but a ${format.name} key has ${format.keyBytes}`;
    return { message: message + lineBreakNote({ bytes, encoding, format }), hints: [] };
  }
  return {
    message: `consists of equal bytes${isZero ? ' (all zero)' : ''}: this is no random key`,
    hints: [],
  };
}

function lineBreakNote({ bytes, encoding, format }: BadMaterial): string {
  const endsInLineBreak = bytes.at(-1) === 0x0a && bytes.length === format.keyBytes + 1;
  return encoding === 'raw' && endsInLineBreak
    ? '; the last one is a line break that an editor or echo added'
    : '';
}

function diagnoseEmpty({ text }: TextMaterial): Diagnosis | undefined {
  return text === '' ? { message: 'holds nothing but white space', hints: [] } : undefined;
}

function diagnoseBinary({ text, bytes, format }: TextMaterial): Diagnosis | undefined {
  const wide = isTooLongFor(format, bytes) ? utf16NameOf(bytes) : undefined;
  if (wide !== undefined)
    return { message: 'is text in UTF-16, as PowerShell writes it', hints: hintsForUtf16(wide) };
  if (/^[\x20-\x7e\s]*$/.test(text)) return undefined;
  if (bytes.length === format.keyBytes) {
    return {
      message: `is ${bytes.length} bytes that are not text`,
      hints: ['add ?enc=raw to the reference'],
    };
  }
  return { message: 'is not text in ASCII, as a key is', hints: [passwordHint] };
}

/** Raw bytes of a key can begin in any way. */
function isTooLongFor({ keyBytes }: KeyFormat, bytes: Uint8Array): boolean {
  return bytes.length > keyBytes;
}

function diagnoseForeign({ text }: TextMaterial): Diagnosis | undefined {
  const foreign = foreignMaterials.find(({ pattern }) => pattern.test(text));
  return foreign && { message: `this is ${foreign.name} (${text.length} characters)`, hints: [foreign.hint] };
}

function diagnoseQuotes({ text }: TextMaterial): Diagnosis | undefined {
  if (!/^(?:"[^]*"|'[^]*')$/.test(text)) return undefined;
  return {
    message: 'stands in quotes, which are not part of a key',
    hints: ['remove the quotes; docker --env-file, for example, takes them for a part of the value'],
  };
}

function diagnoseLines({ text }: TextMaterial): Diagnosis | undefined {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
  if (lines.length <= 1) return undefined;
  return {
    message: `has ${lines.length} lines, and a key is one`,
    hints: ['name the field that holds the key, file:PATH#FIELD, or put the key into a file of its own'],
  };
}

/** A configuration of one line: the key stands behind its name, which is shorter than a key of 32 bytes. */
function diagnoseField({ text }: TextMaterial): Diagnosis | undefined {
  if (!/^[\w.-]{1,40}(?:\s*=|:)\s*[^\s=]\S{20,}$/.test(text)) return undefined;
  return {
    message: 'is a name with a value, and a key is the value alone',
    hints: ['name the field that holds the key: file:PATH#FIELD'],
  };
}

function diagnoseWhiteSpace({ text }: TextMaterial): Diagnosis | undefined {
  const position = text.search(/\s/);
  if (position === -1) return undefined;
  return {
    message: `has white space inside (character ${position + 1} of ${text.length})`,
    hints: ['remove the white space, if it is a key that was broken in two', passwordHint],
  };
}

function diagnoseOtherEncoding({ text, bytes, encoding, format }: TextMaterial): Diagnosis | undefined {
  if (encoding !== 'hex' && text.length === format.keyBytes * 2 && /^[0-9a-f]+$/i.test(text)) {
    const message = `is hexadecimal (${text.length} digits), but base64 is expected`;
    return { message, hints: ['add ?enc=hex to the reference'] };
  }
  const decoded = encoding === 'hex' ? decodeKeyText(bytes, 'base64')?.bytes : undefined;
  const isBase64Key = decoded?.length === format.keyBytes;
  decoded?.fill(0);
  if (isBase64Key) {
    return { message: 'is base64, but ?enc=hex says hexadecimal', hints: ['leave out ?enc=hex'] };
  }
  return undefined;
}

function diagnosePassword({ text }: TextMaterial): Diagnosis | undefined {
  if (text.length >= shortestKeyText) return undefined;
  return {
    message: `has only ${text.length} characters: this is a password, not a key`,
    hints: [passwordHint],
  };
}

function diagnosePadding({ text, encoding }: TextMaterial): Diagnosis | undefined {
  const position = text.search(/=(?!=*$)/);
  if (encoding === 'hex' || position === -1) return undefined;
  const message = `has a "=" in its middle (character ${position + 1} of ${text.length})`;
  return { message, hints: ['check whether two values were pasted together'] };
}

function diagnoseAlphabet({ text, encoding }: TextMaterial): Diagnosis | undefined {
  const position = text.search(encoding === 'hex' ? /[^0-9a-f]/i : /[^\w+/=-]/);
  if (position === -1) return undefined;
  const alphabet = encoding === 'hex' ? 'hexadecimal' : 'base64';
  const message = `is not ${alphabet}: character ${position + 1} of ${text.length} does not belong to its alphabet`;
  return { message, hints: [passwordHint] };
}

/** The right characters, but not so many as could be bytes. */
function diagnoseBrokenText({ text, bytes, encoding }: TextMaterial): Diagnosis | undefined {
  const decoded = decodeKeyText(bytes, encoding);
  decoded?.bytes.fill(0);
  if (decoded !== undefined) return undefined;
  const alphabet = encoding === 'hex' ? 'hexadecimal' : 'base64';
  const message = `has ${text.length} characters, which no ${alphabet} text can have: some are missing or too many`;
  return { message, hints: ['copy the key again, from its first to its last character'] };
}
