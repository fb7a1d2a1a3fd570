import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { KeyturnError } from '../model/keyturn-error.ts';
import { nearestName } from '../model/texts/nearest-name.ts';
import { configurationSchema, type Configuration } from './configuration-schema.ts';

const fieldsHint = 'docs/configuration.md lists every field with an example';

/** A configuration file that was understood. */
export interface ParsedConfiguration {
  readonly values: Configuration;
  /** The place of a field for messages, e.g. `keyturn.config.yaml:3:9`. */
  readonly placeOf: (path: readonly PropertyKey[]) => string;
}

/** A file's name as messages show it, and its text. */
export interface ConfigurationText {
  readonly name: string;
  readonly text: string;
}

/**
 * Reads a configuration as YAML, which contains JSON, and strictly: an unknown field is an error (exit 2) with its
 * place and the nearest known name. No message repeats a value: it may be a key in the wrong place.
 */
export function parseConfiguration({ name, text }: ConfigurationText): ParsedConfiguration {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${String(line)}:${String(col)}`;
  };
  const [problem] = document.errors;
  if (problem) {
    throw invalid(`${at(problem.pos[0])}: not valid YAML (${problem.code})`, [
      `look at line ${at(problem.pos[0]).split(':')[1] ?? ''} of the file`,
    ]);
  }
  const placeOf = (path: readonly PropertyKey[]): string => at(offsetOf(document, path));
  const parsed = configurationSchema.safeParse(contentOf(document, name));
  if (parsed.success) return { values: parsed.data, placeOf };
  throw describeIssue(parsed.error.issues[0], placeOf);
}

function contentOf(document: Document.Parsed, name: string): unknown {
  try {
    return document.toJS() ?? {};
  } catch {
    throw invalid(`${name}: an alias has no anchor`, [fieldsHint]);
  }
}

/** Where a field's name stands, or an item of a list, or else what it would stand in. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  const [last, parent] = [path.at(-1), path.slice(0, -1)];
  if (last === undefined) return document.contents?.range[0] ?? 0;
  const holder: unknown = parent.length === 0 ? document.contents : document.getIn(parent, true);
  const node = isMap(holder)
    ? holder.items.map(({ key }) => key).find((key) => isScalar(key) && key.value === last)
    : isSeq(holder) && holder.items[Number(last)];
  return (isNode(node) ? node.range?.[0] : undefined) ?? offsetOf(document, parent);
}

function describeIssue(
  issue: z.core.$ZodIssue | undefined,
  placeOf: ParsedConfiguration['placeOf'],
): KeyturnError {
  if (issue === undefined) throw new Error('a configuration that fails has an issue');
  if (issue.code === 'unrecognized_keys') return describeUnknownField(issue, placeOf);
  const field = issue.path.length === 0 ? 'the configuration' : `"${issue.path.join('.')}"`;
  return invalid(`${placeOf(issue.path)}: ${field} ${sentenceOf(issue)}`, [fieldsHint]);
}

function describeUnknownField(
  { path, keys }: z.core.$ZodIssueUnrecognizedKeys,
  placeOf: ParsedConfiguration['placeOf'],
): KeyturnError {
  const [unknown = ''] = keys;
  const nearest = nearestName(unknown, fieldsAt(path));
  const full = nearest === undefined ? undefined : [...path, nearest].join('.');
  return invalid(
    `${placeOf([...path, unknown])}: unknown field "${[...path, unknown].join('.')}"`,
    full === undefined ? [`known here: ${fieldsAt(path).join(', ')}`] : [`did you mean "${full}"?`],
  );
}

/** The names a section knows. */
function fieldsAt(path: readonly PropertyKey[]): readonly string[] {
  let section: unknown = configurationSchema;
  for (const name of path) {
    const shape = shapeOf(section);
    section = shape[String(name)]?.unwrap();
  }
  return Object.keys(shapeOf(section));
}

function shapeOf(section: unknown): Readonly<Record<string, { unwrap(): unknown }>> {
  return (section as { shape: Readonly<Record<string, { unwrap(): unknown }>> }).shape;
}

/** In our words, because zod's own may quote what was found. */
function sentenceOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `must be ${articleOf(issue.expected)}`;
  if (issue.code === 'invalid_value') return `must be one of: ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_small') {
    const bound = `${issue.inclusive === false ? 'more than' : 'at least'} ${String(issue.minimum)}`;
    return issue.origin === 'string' ? 'is empty' : `must be ${bound}`;
  }
  return issue.code === 'custom' ? issue.message : 'is not valid';
}

function articleOf(type: string): string {
  switch (type) {
    case 'object':
      return 'a section: names with values below it';
    case 'array':
      return 'a list';
    case 'int':
      return 'a whole number';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    default:
      return 'text; put it into quotes';
  }
}

function invalid(message: string, hints: readonly string[]): KeyturnError {
  return new KeyturnError({
    code: 'KT_CONFIG_INVALID',
    reason: 'usage',
    message,
    hints,
    reference: 'docs/configuration.md',
  });
}
