import type { FormatName } from '../model/columns/column-state.ts';
import { KeyturnError } from '../model/keyturn-error.ts';
import { nearestName } from '../model/texts/nearest-name.ts';
import type { CellFormat } from './cell-format.ts';
import type { FormatFamily, FormatOptions } from './format-family.ts';
import { formatFamilies } from './registry.ts';

/**
 * The format of a name: `NAME` or `NAME:option=value,...`, where options may be left out. Its own name then says all
 * of them. Throws where there is no such format, option or value (exit 2).
 */
export function formatNamed(text: string): CellFormat {
  const [name = '', ...rest] = text.split(':');
  const family = formatFamilies.find((one) => one.name === name);
  if (family === undefined) throw unknownFormat(name);
  return createFormat(family, readOptions(family, rest.join(':')));
}

/** Every format there is, with each value of its options: for finding out what cells are. */
export function everyFormat(): readonly CellFormat[] {
  return formatFamilies.flatMap((family) =>
    everyChoice(Object.entries(family.options)).map((options) => createFormat(family, options)),
  );
}

function everyChoice(
  options: readonly [string, FormatFamily['options'][string]][],
): readonly FormatOptions[] {
  const [first, ...others] = options;
  if (first === undefined) return [{}];
  const [name, { tried }] = first;
  const rest = everyChoice(others);
  return tried.flatMap((value) => rest.map((choice) => ({ [name]: value, ...choice })));
}

function createFormat(family: FormatFamily, options: FormatOptions): CellFormat {
  return family.create(nameOf(family, options), options);
}

/** All options in the family's order, so that equal formats have equal names. */
function nameOf(family: FormatFamily, options: FormatOptions): FormatName {
  const settings = Object.keys(family.options).flatMap((option) => {
    const value = options[option] ?? '';
    return value === '' ? [] : [`${option}=${value}`];
  });
  return settings.length === 0 ? family.name : `${family.name}:${settings.join(',')}`;
}

function readOptions(family: FormatFamily, text: string): FormatOptions {
  const chosen = Object.fromEntries(
    Object.entries(family.options).map(([option, { initial }]) => [option, initial]),
  );
  for (const setting of text === '' ? [] : text.split(',')) {
    const [option = '', ...value] = setting.split('=');
    const known = family.options[option];
    if (known === undefined) throw unknownOption(family, option);
    if (!known.accepts(value.join('='))) throw unknownValue(family, option);
    chosen[option] = value.join('=');
  }
  return chosen;
}

function unknownFormat(name: string): KeyturnError {
  const names = formatFamilies.map((family) => family.name);
  const nearest = nearestName(name, names);
  return new KeyturnError({
    code: 'KT_UNKNOWN_FORMAT',
    reason: 'usage',
    message: `there is no cell format "${name}"${nearest === undefined ? '' : `; the nearest name is ${nearest}`}`,
    hints: [`write one of ${names.join(', ')}`],
  });
}

function unknownOption({ name, options }: FormatFamily, option: string): KeyturnError {
  const names = Object.keys(options);
  return new KeyturnError({
    code: 'KT_UNKNOWN_FORMAT',
    reason: 'usage',
    message: `the cell format ${name} has no option "${option}"`,
    hints: names.length === 0 ? [`write ${name} alone`] : names.map((known) => hint(name, known, options)),
  });
}

function unknownValue({ name, options }: FormatFamily, option: string): KeyturnError {
  return new KeyturnError({
    code: 'KT_UNKNOWN_FORMAT',
    reason: 'usage',
    message: `the option "${option}" of the cell format ${name} does not take this value`,
    hints: [hint(name, option, options)],
  });
}

function hint(name: string, option: string, options: FormatFamily['options']): string {
  return `write ${name}:${option}=VALUE with ${options[option]?.values ?? ''}`;
}
