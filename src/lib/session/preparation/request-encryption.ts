import { createLookalikeTest } from '../../engine/transcoding/columns/lookalikes.ts';
import type { CellFormat } from '../../formats/cell-format.ts';
import { everyFormat, formatNamed } from '../../formats/format-named.ts';
import { parseKeyReference } from '../../keys/key-reference.ts';
import { refuseSharedDescriptor, type LoadedKeys } from '../../keys/load-key-pair.ts';
import { loadKey, type LoadedKey } from '../../keys/load-key.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { EncryptionRequest } from '../../planning/encryption/encryption-request.ts';
import { withReadOnlyDatabase } from '../database/open-database.ts';
import { detectFormat } from '../formats/choose-formats.ts';
import { loadIndexKey, refuseCellKey } from '../keys/load-index-keys.ts';
import { plannedKey } from '../keys/planned-key.ts';
import { parseBlindIndex } from './parse-blind-index.ts';
import { indexesOfFields, parseFieldType } from './parse-field-type.ts';

/** What is wanted, as the flags name it. */
export interface EncryptionOptions extends Pick<
  EncryptionRequest,
  'kind' | 'madeBy' | 'columns' | 'empty' | 'assumedPlaintext' | 'into' | 'afterwards'
> {
  readonly key: string;
  /** What columns hold, as `--as` takes it. */
  readonly fieldTypes: readonly string[];
  /** The blind indexes, as `--blind-index` takes them, and where their key is. */
  readonly blindIndexes: readonly string[];
  readonly indexKey: string | undefined;
  /** Tables and columns that were renamed since their cells were sealed, as the flags name them. */
  readonly sealedAs?: readonly string[] | undefined;
  /** Undefined: for an encryption the usual one, for a decryption what the cells look like. */
  readonly format: string | undefined;
  /** What cells are bound to, where the format's name does not say it. */
  readonly bind?: 'row' | 'column' | 'none' | undefined;
}

/** What is wanted, with the keys that it takes. */
export interface RequestedEncryption {
  readonly keys: LoadedKeys;
  readonly request: EncryptionRequest;
  readonly indexKey: LoadedKey | undefined;
}

/** The default format of new cells. */
const usualFormat = 'tink-xaes';

/** Understands what is wanted: loads the keys, and binds the format to that of the cells. */
export async function requestEncryption(
  location: DatabaseLocation,
  { key: reference, format: formatName, bind, ...options }: EncryptionOptions,
): Promise<RequestedEncryption> {
  const fields = options.kind === 'encrypt' ? options.fieldTypes.map(parseFieldType) : [];
  const indexes = indexesAmong(options, fields);
  const format = await chooseFormat(location, { ...options, format: formatName, bind });
  const { loaded, indexKey } = await loadKeys({ ...options, reference, format, indexes });
  return {
    indexKey,
    keys: options.kind === 'encrypt' ? { old: null, new: loaded } : { old: loaded, new: null },
    request: {
      ...options,
      format,
      fields,
      cipher: format.bind(loaded.key),
      looksSealed: createLookalikeTest(everyFormat()).isCell,
      key: plannedKey(loaded),
      indexes,
      indexKey: indexKey ? plannedKey(indexKey) : null,
    },
  };
}

/** The blind indexes of `--blind-index`, and those that a field type brings along. */
function indexesAmong(
  options: Pick<EncryptionOptions, 'blindIndexes' | 'indexKey'>,
  fields: EncryptionRequest['fields'],
): EncryptionRequest['indexes'] {
  return [
    ...options.blindIndexes.map((text) => ({ ...parseBlindIndex(text), origin: 'asked for' as const })),
    ...indexesOfFields(fields, options).map((text) => ({
      ...parseBlindIndex(text),
      origin: 'of a field type' as const,
    })),
  ];
}

async function chooseFormat(
  location: DatabaseLocation,
  { kind, columns, format, bind }: Pick<EncryptionOptions, 'kind' | 'columns' | 'format' | 'bind'>,
): Promise<CellFormat> {
  if (kind === 'encrypt') {
    const chosen = formatNamed(withBinding(format ?? usualFormat, bind));
    refuseFormatLikePlaintext(chosen);
    return chosen;
  }
  const filter = { tables: [], columns, exclude: [] };
  const detect = (): Promise<string> =>
    withReadOnlyDatabase(location, (database) => detectFormat(database, filter));
  return formatNamed(format ?? (await detect()));
}

/** What keys to load, and for what. */
interface WantedKeys extends Pick<EncryptionOptions, 'kind' | 'indexKey'> {
  readonly reference: string;
  readonly format: CellFormat;
  readonly indexes: EncryptionRequest['indexes'];
}

/** Loads the key of the cells, and that of the indexes where there are any. */
async function loadKeys({ kind, reference, format, indexes, indexKey }: WantedKeys): Promise<{
  readonly loaded: LoadedKey;
  readonly indexKey: LoadedKey | undefined;
}> {
  const role = kind === 'encrypt' ? 'new' : 'old';
  const parsed = parseKeyReference(reference, role);
  if (indexKey !== undefined) refuseSharedDescriptor(parsed, parseKeyReference(indexKey, 'index'));
  const loaded = await loadKey({ reference: parsed, role, format });
  const ofIndexes = await loadIndexKeyFor(indexes, indexKey);
  if (ofIndexes) refuseCellKey(ofIndexes, [loaded]);
  return { loaded, indexKey: ofIndexes };
}

/** The key of the indexes; undefined where no index is requested and no key is given. */
async function loadIndexKeyFor(
  indexes: EncryptionRequest['indexes'],
  reference: string | undefined,
): Promise<LoadedKey | undefined> {
  if (reference !== undefined) return loadIndexKey(reference);
  if (indexes.length === 0) return undefined;
  throw new KeyturnError({
    code: 'KT_KEY_MISSING',
    reason: 'usage',
    message: 'a blind index needs a key of its own, and --index-key is missing',
    hints: ['keyturn keys generate --output index.key', 'add --index-key file:index.key'],
  });
}

/** The name of a format with one more option. */
function withBinding(name: string, bind: EncryptionOptions['bind']): string {
  if (bind === undefined) return name;
  return `${name}${name.includes(':') ? ',' : ':'}bind=${bind}`;
}

/** A cell must tell by its bytes that it is one: otherwise a second run could encrypt it again. */
function refuseFormatLikePlaintext({ name, detection, integrity }: EncryptionRequest['format']): void {
  if (detection === 'by content' && integrity === 'authenticated') return;
  throw new KeyturnError({
    code: 'KT_FORMAT_LIKE_PLAINTEXT',
    reason: 'usage',
    message: `${name} cells cannot be told from plaintext by their bytes, so that a value could be encrypted twice`,
    hints: [`use --format ${usualFormat}`],
  });
}
