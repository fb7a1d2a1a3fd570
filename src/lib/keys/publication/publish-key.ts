import { reached } from '../../model/runs/step.ts';
import { fieldNameOf, type FieldStage, type KeyField } from '../key-field.ts';
import type { KeyEncoding } from '../key-reference.ts';
import { KeyFault, referenceFault } from '../material/key-fault.ts';
import { decodeKeyText, encodeKeyText } from '../material/key-text.ts';
import { SecretKey } from '../secret-key.ts';
import { readKeyFile } from '../sources/read-key-file.ts';
import { editText, fieldsIn, readText, type NamedEdit } from './field-text.ts';
import { replaceFile } from './replace-file.ts';

/** The keys of a rotation, whose place is a field of the application's configuration. */
export interface PublishedKeys {
  readonly field: KeyField;
  readonly encoding: KeyEncoding | undefined;
  readonly old: SecretKey;
  readonly new: SecretKey;
}

/** What stands in the field and beside it. */
interface FieldState {
  readonly text: string;
  readonly values: Readonly<Record<FieldStage, string | undefined>>;
}

/** What the key in a field is to the rotation. */
type KeyPlace = 'old' | 'new' | 'other' | 'none';

/**
 * Writes the new key beside the old one, as `<field>_next`, and returns when it is on disk. Does nothing where that has
 * happened. Throws a KeyFault, and changes nothing, where the field holds neither key (exit 12) or another key waits (exit 2).
 */
export async function publishNextKey(keys: PublishedKeys): Promise<void> {
  const state = await readState(keys.field);
  if (planPublication(keys, state) === 'done') return;
  await change(keys, state, [nextEdit(keys)]);
  reached('next key published');
}

/** Throws where `publishNextKey` would, or `promoteNextKey` afterwards; changes nothing. */
export async function checkPublication(keys: PublishedKeys): Promise<void> {
  const state = await readState(keys.field);
  if (planPublication(keys, state) === 'done') return;
  const next = editText(keys.field, state.text, [nextEdit(keys)]);
  editText(keys.field, next, editsOfPromotion(keys, state, state.values.current ?? ''));
}

/**
 * Makes the new key the current one and the old one `<field>_previous`, in one step. Where the new key never left its
 * place, because a migration is taken back before its end, the key that waited beside it becomes the previous one. No key
 * that is there is lost.
 */
export async function promoteNextKey(keys: PublishedKeys): Promise<void> {
  const state = await readState(keys.field);
  const { current = '', next } = state.values;
  const place = placeOf(current, keys);
  if (place !== 'old' && place !== 'new') throw strangeFault(keys.field);
  const waiting = placeOf(next, keys);
  const isTakenBack = place === 'new' && waiting === 'old';
  const edits = [
    ...(place === 'old' ? editsOfPromotion(keys, state, current) : []),
    ...(isTakenBack ? editsOfPromotion(keys, state, next ?? '') : []),
    ...(waiting === 'new' || isTakenBack ? [{ name: nameOf(keys.field, 'next'), value: null }] : []),
  ];
  if (edits.length === 0) return;
  await change(keys, state, edits);
  reached('key promoted');
}

/** A previous key that has nothing to do with this rotation gets a name of its own: backups may still need it. */
function editsOfPromotion(keys: PublishedKeys, { values }: FieldState, old: string): readonly NamedEdit[] {
  const name = nameOf(keys.field, 'previous');
  const { previous = '' } = values;
  const isStrange = placeOf(previous, keys) === 'other';
  return [
    ...(isStrange ? [{ name: `${name}_${idOf(previous, keys)}`, value: previous }] : []),
    { name, value: old },
    ...(placeOf(values.current, keys) === 'new' ? [] : [{ name: keys.field.name, value: textOf(keys) }]),
  ];
}

function planPublication(keys: PublishedKeys, { values }: FieldState): 'done' | 'to do' {
  const current = placeOf(values.current, keys);
  if (current === 'new') return 'done';
  if (values.current === undefined) throw absentFault(keys.field);
  if (current !== 'old') throw strangeFault(keys.field);
  const next = placeOf(values.next, keys);
  if (next === 'none') return 'to do';
  if (next === 'new') return 'done';
  throw occupiedFault(keys.field);
}

function placeOf(text: string | undefined, keys: PublishedKeys): KeyPlace {
  if (text === undefined || text === '') return 'none';
  const key = decode(text, keys);
  if (key?.equals(keys.old) === true) return 'old';
  return key?.equals(keys.new) === true ? 'new' : 'other';
}

function decode(text: string, { encoding }: PublishedKeys): SecretKey | undefined {
  const decoded = decodeKeyText(Buffer.from(text.trim(), 'utf8'), encoding);
  if (!decoded) return undefined;
  try {
    return new SecretKey(decoded.bytes);
  } finally {
    decoded.bytes.fill(0);
  }
}

function idOf(text: string, keys: PublishedKeys): string {
  return decode(text, keys)?.id ?? 'older';
}

/** The new key as the field writes its keys. */
function textOf({ encoding, new: key }: PublishedKeys): string {
  return key.use((bytes) =>
    encoding === 'hex' || encoding === 'base64'
      ? Buffer.from(bytes).toString(encoding)
      : encodeKeyText(bytes),
  );
}

function nextEdit(keys: PublishedKeys): NamedEdit {
  return { name: nameOf(keys.field, 'next'), value: textOf(keys) };
}

async function change(
  { field }: PublishedKeys,
  { text }: FieldState,
  edits: readonly NamedEdit[],
): Promise<void> {
  const after = editText(field, text, edits);
  const onWritten = (): void => {
    reached('configuration written');
  };
  await replaceFile({ path: field.path, before: text, after, onWritten });
}

async function readState(field: KeyField): Promise<FieldState> {
  const { bytes } = await readKeyFile({ path: field.path, holds: 'a field', exposure: 'refuse' });
  const text = readText(field, bytes);
  const section = fieldsIn(field, text);
  const valueOf = (stage: FieldStage): string | undefined => {
    const value = section?.[nameOf(field, stage)];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    text,
    values: { current: valueOf('current'), next: valueOf('next'), previous: valueOf('previous') },
  };
}

function nameOf(field: KeyField, stage: FieldStage): string {
  return fieldNameOf(field.name, stage);
}

function strangeFault({ path, name }: KeyField): KeyFault {
  return new KeyFault({
    code: 'KT_WRONG_KEY',
    reason: 'wrongKey',
    message: `field "${name}" of file "${path}" holds neither the old key nor the new one`,
    hints: ['name the field from which the application reads its key: --update-config file:PATH#FIELD'],
  });
}

/** The key may be read from there all the same: a section merges another one, or the file is of a kind that is read alone. */
function absentFault({ path, name }: KeyField): KeyFault {
  return referenceFault(`file "${path}" has no field "${name}" that keyturn can change`, [
    'name the field from which the application reads its key: --update-config file:PATH#FIELD',
    'a key that is merged into its section, or stands in a file that is no YAML, JSON or .env: put the new key there yourself, without --update-config',
  ]);
}

function occupiedFault(field: KeyField): KeyFault {
  return referenceFault(
    `field "${nameOf(field, 'next')}" of file "${field.path}" holds another key: another rotation was prepared`,
    ['finish that rotation first, or remove the field if its key is stored elsewhere'],
  );
}
