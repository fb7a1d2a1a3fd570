import { isDeepStrictEqual, parseEnv } from 'node:util';
import { parse } from 'yaml';
import type { KeyField } from '../key-field.ts';
import { KeyFault, referenceFault } from '../material/key-fault.ts';
import { editDocument, type FieldEdit } from './edit-document.ts';
import { editVariables } from './edit-variables.ts';

/** The new value of one field; `null` removes it. */
export type NamedEdit = Pick<FieldEdit, 'name' | 'value'>;

/** What a document or one of its sections holds. */
type Section = Record<string, unknown>;

/** What stands in the section of a field, by name; undefined where the text has no such section. */
export function fieldsIn(field: KeyField, text: string): Section | undefined {
  return sectionOf(contentOf(field, splitMark(text).content), field);
}

/** The text of a field's file, whose bytes are wiped: those that are no UTF-8 would not be the same again when it is written (exit 2). */
export function readText(field: KeyField, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw referenceFault(
      `file "${field.path}" is not written in UTF-8, so that keyturn cannot keep its other bytes`,
      [
        'convert it, e.g.: iconv -f latin1 -t utf-8',
        'leave out --update-config, and put the new key there yourself',
      ],
    );
  } finally {
    bytes.fill(0);
  }
}

/**
 * The text after some edits, each of which is read back: it must change its field and nothing else. Throws a KeyFault where the
 * field is written in a way that cannot be changed (exit 2).
 */
export function editText(field: KeyField, text: string, edits: readonly NamedEdit[]): string {
  const { mark, content } = splitMark(text);
  let after = content;
  for (const wanted of edits) {
    const edited = edit(field, after, { beside: field.name, ...wanted });
    if (
      edited === undefined ||
      !isDeepStrictEqual(tryContentOf(field, edited), expected(field, after, wanted))
    )
      throw unwritableFault(field);
    after = edited;
  }
  return mark + after;
}

/** The byte order mark that editors put in front of a text stays where it is. */
function splitMark(text: string): { readonly mark: string; readonly content: string } {
  const [mark = ''] = /^\uFEFF?/u.exec(text) ?? [];
  return { mark, content: text.slice(mark.length) };
}

/** What an edit has made of a text may be no document any more. */
function tryContentOf(field: KeyField, text: string): Section | undefined {
  try {
    return contentOf(field, text);
  } catch {
    return undefined;
  }
}

function edit(field: KeyField, text: string, fieldEdit: FieldEdit): string | undefined {
  return field.layout === 'variables'
    ? editVariables(text, fieldEdit)
    : editDocument(text, field.sections, fieldEdit);
}

/** The content that a text should have after an edit. */
function expected(field: KeyField, before: string, { name, value }: NamedEdit): Section {
  const content = contentOf(field, before);
  const section = sectionOf(content, field);
  if (value !== null && section) section[name] = value;
  else if (section) Reflect.deleteProperty(section, name);
  return content;
}

function contentOf({ layout, path }: KeyField, text: string): Section {
  try {
    const content: unknown = layout === 'variables' ? { ...parseEnv(text) } : parse(text);
    return typeof content === 'object' && content !== null ? (content as Section) : {};
  } catch (cause) {
    // The parser's own message would quote the file.
    throw new KeyFault({
      code: 'KT_KEY_UNREADABLE',
      reason: 'wrongKey',
      message: `file "${path}" is not valid YAML, JSON or a list of variables`,
      hints: ['correct the file'],
      cause: cause instanceof Error ? cause.name : undefined,
    });
  }
}

function sectionOf(content: Section, { sections }: KeyField): Section | undefined {
  let section: unknown = content;
  // A step may be the number of an entry in a list.
  for (const name of sections) section = hasOwn(section, name) ? section[name] : undefined;
  return isSection(section) ? section : undefined;
}

function hasOwn(value: unknown, name: string): value is Section {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name);
}

function isSection(value: unknown): value is Section {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unwritableFault({ path, name }: KeyField): KeyFault {
  return referenceFault(`field "${name}" of file "${path}" is not written in a way that keyturn can change`, [
    'write the key as one line of text: NAME: "KEY"',
  ]);
}
