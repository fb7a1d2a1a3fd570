import { isMap, isScalar, parseDocument, type Pair, type Scalar, type YAMLMap } from 'yaml';

/** One field in a section of a document, and its new value: `null` removes it. */
export interface FieldEdit {
  /** The field that is there already; a new one is put behind it. */
  readonly beside: string;
  readonly name: string;
  readonly value: string | null;
}

type Field = Pair<Scalar, Scalar>;

/**
 * Changes one field of a YAML or JSON text and leaves every other byte as it is: comments, order, indentation, quotes, line
 * ends. A new field is written like the one beside it. Undefined where the section or the field beside it cannot be found, or holds no plain text.
 */
export function editDocument(
  text: string,
  sections: readonly string[],
  { beside, name, value }: FieldEdit,
): string | undefined {
  const document = parseDocument(text);
  const section = sections.length === 0 ? document.contents : document.getIn(sections, true);
  if (document.errors.length > 0 || !isMap(section)) return undefined;
  const present = findField(section, name);
  if (value === null) return present ? removeField(text, section, present) : text;
  if (present) return replaceValue(text, present, value);
  const neighbour = findField(section, beside);
  return neighbour && insertBehind(text, section, { neighbour, name, value });
}

function findField(section: YAMLMap, name: string): Field | undefined {
  return section.items.find(
    (pair): pair is Field => isScalar(pair.key) && pair.key.value === name && isScalar(pair.value),
  );
}

function replaceValue(text: string, { value }: Field, replacement: string): string | undefined {
  if (!value?.range) return undefined;
  return splice(text, [value.range[0], value.range[1]], writeLike(value, replacement));
}

/** Plain text that no reader of YAML takes for a number, a date or a truth value: a letter of it is in none of them, or the padding of base64. */
const unmistakable = /^(?=.*[g-mp-wz=])\w[\w+/=-]*$/iu;

/** A value in the quotes of another one. What might be read as something else than text without quotes gets some. */
function writeLike({ type }: Scalar, value: string): string {
  if (type === 'QUOTE_SINGLE') return `'${value.replaceAll("'", "''")}'`;
  return type === 'PLAIN' && value.length > 'false'.length && unmistakable.test(value)
    ? value
    : JSON.stringify(value);
}

function insertBehind(
  text: string,
  section: YAMLMap,
  { neighbour, name, value }: { readonly neighbour: Field; readonly name: string; readonly value: string },
): string | undefined {
  const [keyStart, valueEnd] = [neighbour.key.range?.[0], neighbour.value?.range?.[1]];
  if (keyStart === undefined || valueEnd === undefined) return undefined;
  const isQuoted = text[keyStart] === '"';
  const written = neighbour.value ? writeLike(neighbour.value, value) : JSON.stringify(value);
  const field = `${isQuoted ? JSON.stringify(name) : name}: ${written}`;
  const indentation = text.slice(lineStart(text, keyStart), keyStart);
  if (section.flow === true) {
    const isOnOwnLine = indentation.trim() === '' && text.includes('\n');
    const separator = isOnOwnLine ? `,${lineBreak(text)}${indentation}` : ', ';
    return splice(text, [valueEnd, valueEnd], separator + field);
  }
  const end = lineEnd(text, valueEnd);
  const isLastLine = end === text.length && !text.endsWith('\n');
  const line = indentation.replaceAll(/[^\s]/g, ' ') + field;
  return splice(text, [end, end], isLastLine ? lineBreak(text) + line : line + lineBreak(text));
}

function removeField(text: string, section: YAMLMap, { key, value }: Field): string | undefined {
  const [start, end] = [key.range?.[0], value?.range?.[1]];
  if (start === undefined || end === undefined) return undefined;
  if (section.flow !== true) return removeLines(text, lineStart(text, start), lineEnd(text, end));
  const comma = text.lastIndexOf(',', start);
  return comma === -1 ? undefined : splice(text, [comma, end], '');
}

/** A text that ended without a line break ends without one afterwards. */
function removeLines(text: string, start: number, end: number): string {
  const rest = splice(text, [start, end], '');
  return end === text.length && !text.endsWith('\n') ? rest.replace(/\r?\n$/u, '') : rest;
}

function splice(text: string, [start, end]: readonly [number, number], replacement: string): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Behind the line break, so that a comment at the end of the line stays with its field. */
function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end + 1;
}

function lineBreak(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}
