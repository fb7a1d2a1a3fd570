import type { KeyId } from '../model/columns/column-state.ts';
import { shellWord } from '../model/texts/shell-word.ts';
import { deriveKey } from './key-derivation.ts';
import type { KeyReference } from './key-reference.ts';
import { nameOfRole, typedReference, type KeyRole } from './key-role.ts';
import type { KeyDurability } from './key-source.ts';
import { diagnoseKeyMaterial, isUniform } from './material/diagnose-key-material.ts';
import { KeyFault } from './material/key-fault.ts';
import { hintsAboutFormat, type KeyFormat } from './material/key-format.ts';
import {
  decodeKeyText,
  withoutByteOrderMark,
  withoutOuterWhiteSpace,
  type DecodedKey,
} from './material/key-text.ts';
import { SecretKey } from './secret-key.ts';

/** A key to load. */
export interface KeyRequest {
  readonly reference: KeyReference;
  readonly format: KeyFormat;
  readonly role: KeyRole;
}

/** A key and what its operator should know about it. */
export interface LoadedKey {
  readonly key: SecretKey;
  readonly reference: KeyReference;
  /** The key that it is derived from, by name; `null` where it is derived from none. */
  readonly derivedFrom: KeyId | null;
  readonly durability: KeyDurability;
  /** Sentences that name the key by its role; never a secret. */
  readonly warnings: readonly string[];
}

const literalHint = 'if it is a file write file:PATH, if it is an environment variable write env:NAME';
const lineBreaks: readonly string[] = ['\n', '\r\n'];

/**
 * Reads, decodes and checks one key. Throws a KeyturnError where there is none or it is not a key of the format
 * (exit 12), and where its file lies open to every user (exit 2). Buffers on the way are wiped.
 */
export async function loadKey(request: KeyRequest): Promise<LoadedKey> {
  const { reference, role } = request;
  const subject = `${nameOfRole(role)} (${reference.display})`;
  try {
    const { key, derivedFrom, warnings } = await readKey(request);
    const sentences = warnings.map((warning) => `${subject}: ${warning}`);
    return {
      key,
      reference,
      derivedFrom,
      durability: reference.durability,
      warnings: [...sentences, ...warnOfLiteral(request)],
    };
  } catch (error) {
    throw error instanceof KeyFault ? withWayToMakeOne(error, request).about(subject) : error;
  }
}

/** Whoever encrypts for the first time may have no key yet. */
function withWayToMakeOne(fault: KeyFault, { reference, format, role }: KeyRequest): KeyFault {
  const { description } = fault;
  const isFile = /^file:[^#?]+$/u.test(reference.display);
  if (description.code !== 'KT_KEY_MISSING' || role !== 'new' || !isFile) return fault;
  const make = `keyturn keys generate --format ${shellWord(format.name)} --output ${shellWord(reference.display)}`;
  return new KeyFault({ ...description, hints: [`${make}   # makes one`, ...description.hints] });
}

async function readKey(request: KeyRequest): Promise<Pick<LoadedKey, 'key' | 'derivedFrom' | 'warnings'>> {
  const material = await request.reference.read(request.role);
  try {
    const decoded = decodeMaterial(material.bytes, request);
    try {
      return { ...takeKey(decoded.bytes, request), warnings: [...material.warnings, ...decoded.warnings] };
    } finally {
      decoded.bytes.fill(0);
    }
  } finally {
    material.bytes.fill(0);
  }
}

/** The key itself, or the one that is derived from it. */
function takeKey(
  bytes: Uint8Array,
  { reference: { derivation }, format }: KeyRequest,
): Pick<LoadedKey, 'key' | 'derivedFrom'> {
  const key = new SecretKey(bytes);
  if (derivation.length === 0) return { key, derivedFrom: null };
  const derived = deriveKey(bytes, derivation, format.keyBytes);
  try {
    return { key: new SecretKey(derived), derivedFrom: key.id };
  } finally {
    derived.fill(0);
  }
}

function decodeMaterial(material: Uint8Array, { reference, format }: KeyRequest): DecodedKey {
  const { encoding, derivation } = reference;
  if (format.keyShape === 'master string' && derivation.length > 0) throw derivedString();
  const text = encoding === 'raw' ? material : withoutByteOrderMark(material);
  const bytes = encoding === 'raw' ? text : withoutOuterWhiteSpace(text);
  if (format.keyShape === 'master string') return takeMasterString(bytes, format);
  const decoded = decodeKeyText(bytes, encoding);
  if (decoded?.bytes.length === format.keyBytes && !isUniform(decoded.bytes)) {
    return { ...decoded, warnings: [...warnOfWhiteSpace(text, bytes), ...decoded.warnings] };
  }
  decoded?.bytes.fill(0);
  const { message, hints } = diagnoseKeyMaterial({ bytes, encoding, format });
  const elsewhere = reference.scheme === 'literal' ? [literalHint] : [];
  throw new KeyFault({
    code: 'KT_KEY_INVALID',
    reason: 'wrongKey',
    message,
    hints: [...hints, ...elsewhere, ...hintsAboutFormat(format)],
  });
}

function derivedString(): KeyFault {
  return new KeyFault({
    code: 'KT_KEY_REFERENCE',
    reason: 'usage',
    message: 'cells of this format are under a master string, which cannot be derived',
    hints: ['leave out ?derive='],
  });
}

/** A shorter one could be guessed with the help of the check value that plan and ledger keep. */
function takeMasterString(bytes: Uint8Array, format: KeyFormat): DecodedKey {
  if (bytes.length >= format.keyBytes && !isUniform(bytes)) {
    return { bytes: Uint8Array.from(bytes), warnings: [] };
  }
  throw new KeyFault({
    code: 'KT_KEY_INVALID',
    reason: 'wrongKey',
    message: `has ${bytes.length} characters, or equal ones: this is no random master string`,
    hints: hintsAboutFormat(format),
  });
}

/** One line break at the end is how text files end. */
function warnOfWhiteSpace(material: Uint8Array, bytes: Uint8Array): readonly string[] {
  const around = material.length - bytes.length;
  const end = Buffer.from(material.subarray(material.length - around)).toString('latin1');
  return around === 0 || lineBreaks.includes(end) ? [] : ['the white space around the key was ignored'];
}

function warnOfLiteral({ reference, role }: KeyRequest): readonly string[] {
  if (reference.scheme !== 'literal') return [];
  const name = role === 'key' ? 'KEY' : `${role.toUpperCase()}_KEY`;
  return [
    `the ${nameOfRole(role)} was typed on the command line: it stands in the shell's history and in process lists, ` +
      'and parents such as npx or sudo keep showing it, because keyturn can wipe only its own process; ' +
      `type ${typedReference(role, 'file:PATH')} or ${typedReference(role, `env:${name}`)} instead`,
  ];
}
