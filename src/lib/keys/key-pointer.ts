import { extname } from 'node:path';
import { parseEnv } from 'node:util';
import { hintsForUtf16, utf16NameOf, type Utf16Name } from '../model/bytes/utf16-text.ts';
import { nearestName } from '../model/texts/nearest-name.ts';
import { isVariableFile, stepsOf } from './key-field.ts';
import { KeyFault, missingKeyFault } from './material/key-fault.ts';
import { isKeyShaped } from './material/key-shape.ts';

/** A field of a configuration file: `server.db_encryption_key`, or a JSON pointer `/server/db.key` (RFC 6901). */
export interface PointedField {
  readonly path: string;
  readonly pointer: string;
  /** The whole file, in UTF-8 with or without a byte order mark; the caller wipes it. */
  readonly content: Uint8Array;
}

/**
 * The string a pointer names. The file's name decides how it is read: `.env` as variables, `.yaml`, `.yml` and `.json`
 * as a document, anything else as a document if it is one, else as variables. Throws a KeyFault, never with content.
 */
export async function readKeyPointer(field: PointedField): Promise<string> {
  const wide = utf16NameOf(field.content);
  if (wide !== undefined) throw utf16Fault(field, wide);
  const text = new TextDecoder().decode(field.content);
  if (isVariableFile(field.path)) return readVariable(field, text);
  const root = await parseDocument(field, text);
  if (typeof root === 'string' && !isDocumentFile(field.path)) return readVariable(field, text);
  return requireString(field, walk(field, root));
}

function utf16Fault({ path }: PointedField, name: Utf16Name): KeyFault {
  return new KeyFault({
    code: 'KT_KEY_UNREADABLE',
    reason: 'wrongKey',
    message: `file "${path}" is written in UTF-16, as Windows editors and PowerShell can`,
    hints: hintsForUtf16(name, path),
  });
}

function isDocumentFile(path: string): boolean {
  return ['.yaml', '.yml', '.json'].includes(extname(path));
}

function readVariable(field: PointedField, text: string): string {
  const variables = parseEnv(text);
  const value = stepInto(variables, field.pointer);
  if (value === undefined) {
    const hints = [...nearestHints(field.pointer, variables), ...pointerHints(field)];
    throw missingKeyFault(`file "${field.path}" has no variable "${field.pointer}"`, hints);
  }
  return requireString(field, value);
}

/** JSON is read as YAML, which contains it. The parser's own messages are dropped, because they quote the file. */
async function parseDocument(field: PointedField, text: string): Promise<unknown> {
  const { parseDocument: parse } = await import('yaml');
  const document = parse(text, { merge: true });
  const [problem] = document.errors;
  if (problem !== undefined) {
    throw invalidDocumentFault(field, `line ${problem.linePos?.[0].line ?? 1}, ${problem.code}`);
  }
  try {
    return document.toJS() as unknown;
  } catch {
    throw invalidDocumentFault(field, 'an alias without an anchor');
  }
}

function invalidDocumentFault(field: PointedField, problem: string): KeyFault {
  return new KeyFault({
    code: 'KT_KEY_UNREADABLE',
    reason: 'wrongKey',
    message: `file "${field.path}" is not valid YAML or JSON (${problem})`,
    hints: ['correct the file, or write the key into a file of its own and use file:PATH'],
  });
}

function walk(field: PointedField, root: unknown): unknown {
  let value = root;
  const passed: string[] = [];
  for (const name of stepsOf(field.pointer)) {
    const section = value;
    value = stepInto(section, name);
    if (value === undefined) {
      const where =
        passed.length === 0 ? `file "${field.path}"` : `"${passed.join('.')}" in file "${field.path}"`;
      const hints = [...nearestHints(name, section), ...pointerHints(field)];
      throw missingKeyFault(`${where} has no field "${name}"`, hints);
    }
    passed.push(name);
  }
  return value;
}

function stepInto(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

function requireString(field: PointedField, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  const named = `field "${field.pointer}" of file "${field.path}"`;
  if (value === '' || value === null) throw missingKeyFault(`${named} is empty`, pointerHints(field));
  throw missingKeyFault(`${named} is ${kindOf(value)}, not a string`, [
    'put quotes around the key in the file',
    'point to the key itself, not to the section it stands in',
  ]);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a section' : `a ${typeof value}`;
}

/** The name that is most like a mistyped one. A file of keys without names reads as if a key were a name. */
function nearestHints(typed: string, section: unknown): readonly string[] {
  if (typeof section !== 'object' || section === null) return [];
  const names = Object.keys(section).filter((name) => !isKeyShaped(name));
  const nearest = nearestName(typed, names);
  if (nearest === undefined) return [];
  return [`did you mean "${nearest}"?`];
}

function pointerHints(field: PointedField): readonly string[] {
  return isVariableFile(field.path)
    ? ['write file:PATH#NAME with the name of the variable']
    : ['write the names from the outside in, e.g. file:config.yaml#server.db_encryption_key'];
}
