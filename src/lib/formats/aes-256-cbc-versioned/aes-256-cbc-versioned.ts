import { textOption, type FormatFamily } from '../format-family.ts';
import { commonLabel, isCanonicalCell, shortestCell } from './cell-text.ts';
import { openBatch } from './open-batch.ts';
import { sealBatch } from './seal-batch.ts';
import { createVersionKeys } from './version-keys.ts';

const family = 'aes-256-cbc-versioned';

/** What cells are sealed with where neither a name nor a sample says more. */
const initialLabel = { version: '1', field: 'string' };

/** The master is text of at least 32 characters, which are its bytes. */
const shortestMaster = 32;

/**
 * `<version>:AES-256-CBC:<field type>:<base64 of IV and ciphertext>`, text or the same in UTF-8 in a blob; no MAC. The key of
 * a version is derived from a master string. The empty value is sealed as `__EMPTY_STRING__`. Only to migrate away from;
 * sealed by rollbacks alone, under the version and field type that the options name, or else most cells of the column have.
 */
export const aes256CbcVersioned: FormatFamily = {
  name: family,
  options: {
    version: {
      ...textOption,
      initial: initialLabel.version,
      tried: [initialLabel.version],
      values: 'a number',
      accepts: isVersion,
    },
    field: {
      ...textOption,
      initial: initialLabel.field,
      tried: [initialLabel.field],
      values: 'a word',
      accepts: isField,
    },
  },
  create: (name, { version = initialLabel.version, field = initialLabel.field }) => ({
    name,
    keyBytes: shortestMaster,
    keyShape: 'master string',
    integrity: 'none',
    detection: 'by content',
    timestamps: 'none',
    types: 'none',
    binding: 'none',
    classes: ['text', 'blob'],
    candidate: { minimumLength: shortestCell, firstCharacters: '123456789' },
    standIn: 'FALLBACK_ENCRYPTED_',
    recognises: isCanonicalCell,
    nameFor(cells) {
      const label = commonLabel(cells);
      const isChosen = version !== initialLabel.version || field !== initialLabel.field;
      return isChosen || !label ? name : `${family}:version=${label.version},field=${label.field}`;
    },
    bind(key) {
      const keyOf = createVersionKeys(key);
      return {
        openBatch: (cells) => openBatch(keyOf, cells),
        sealBatch: (plaintexts, classes) => sealBatch({ keyOf, version, field }, plaintexts, classes),
      };
    },
  }),
};

function isVersion(value: string): boolean {
  return /^[1-9]\d{0,8}$/.test(value);
}

function isField(value: string): boolean {
  return /^[a-z_]{1,40}$/.test(value);
}
