import { fieldPresets, type FieldPreset } from '../../detectors/field-presets.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { nearestName } from '../../model/texts/nearest-name.ts';
import type { RequestedField } from '../../planning/encryption/requested-fields.ts';

/** Reads `TABLE.COLUMN=FIELD_TYPE[,last-four]`. Throws where it is something else, or names no field type (exit 2). */
export function parseFieldType(text: string): RequestedField {
  const equals = text.lastIndexOf('=');
  const [name = '', ...options] = text.slice(equals + 1).split(',');
  if (equals < 1) throw noFieldType(text, 'it names no field type');
  const preset = fieldPresets.find(({ fieldType }) => fieldType === name.replaceAll('-', '_'));
  if (preset === undefined) throw noFieldType(text, unknownName(name));
  const unknown = options.find((option) => option !== 'last-four');
  if (unknown !== undefined) throw noFieldType(text, `"${unknown}" is not last-four`);
  return { of: text.slice(0, equals), preset, retains: options.length > 0 ? 'last four' : 'nothing' };
}

/**
 * The blind indexes that field types bring along, as `--blind-index` takes them: by the rule of the type where an index
 * key is given and the column has no index of its own, and by the last four characters where the field type says so.
 */
export function indexesOfFields(
  fields: readonly RequestedField[],
  {
    blindIndexes,
    indexKey,
  }: { readonly blindIndexes: readonly string[]; readonly indexKey: string | undefined },
): readonly string[] {
  return fields.flatMap(({ of, preset, retains }) => {
    const hasOwn = blindIndexes.some((index) => index.startsWith(`${of}:`));
    const usual = indexKey === undefined || hasOwn ? [] : rulesOf(preset);
    return [...usual, ...(retains === 'last four' ? ['last-four'] : [])].map((rule) => `${of}:${rule}`);
  });
}

function rulesOf({ normaliser }: FieldPreset): readonly string[] {
  return normaliser === null ? [] : [normaliser];
}

function unknownName(name: string): string {
  const nearest = nearestName(
    name,
    fieldPresets.map(({ fieldType }) => fieldType),
  );
  return `"${name}" is no field type${nearest === undefined ? '' : `, did you mean "${nearest}"?`}`;
}

function noFieldType(text: string, why: string): KeyturnError {
  return new KeyturnError({
    code: 'KT_FIELD_TYPE',
    reason: 'usage',
    message: `--as "${text}" says no field type: ${why}`,
    hints: [
      `write TABLE.COLUMN=FIELD_TYPE, one of ${fieldPresets.map(({ fieldType }) => fieldType).join(', ')}`,
      "--as 'users.email=email'",
    ],
  });
}
