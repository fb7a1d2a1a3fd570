import { tokensOf, unquote, type Token } from './sql-tokens.ts';

/** Where in a `CREATE TABLE` the definition of a column stands, from its name to its last constraint. */
export interface DefinitionSpan {
  readonly start: number;
  readonly end: number;
}

/** Finds the definition of a column in the statement that made its table. */
export function findDefinition(sql: string, column: string): DefinitionSpan | undefined {
  return definitionsIn(tokensOf(sql))
    .filter(([name]) => name !== undefined && unquote(name.text).toLowerCase() === column.toLowerCase())
    .map((tokens) => ({ start: tokens[0]?.start ?? 0, end: tokens.at(-1)?.end ?? 0 }))[0];
}

/** A column definition that takes NULL: `email TEXT CONSTRAINT there NOT NULL ON CONFLICT FAIL UNIQUE` -> `email TEXT UNIQUE`. */
export function withoutNotNull(definition: string): string {
  const tokens = tokensOf(definition);
  const word = (at: number): string | undefined => tokens[at]?.text.toUpperCase();
  const at = tokens.findIndex(
    ({ depth }, index) => depth === 0 && word(index) === 'NOT' && word(index + 1) === 'NULL',
  );
  if (at === -1) return definition;
  const first = word(at - 2) === 'CONSTRAINT' ? at - 2 : at;
  const last = word(at + 2) === 'ON' && word(at + 3) === 'CONFLICT' ? at + 4 : at + 1;
  const [before, after] = [tokens[first - 1]?.end ?? 0, tokens[last]?.end ?? definition.length];
  return definition.slice(0, before) + definition.slice(after);
}

/** A column definition that takes any value: `age INT CONSTRAINT adult CHECK (age > 17) UNIQUE` -> `age INT UNIQUE`. */
export function withoutChecks(definition: string): string {
  const tokens = tokensOf(definition);
  const at = tokens.findIndex(
    ({ text, depth }, index) => index > 0 && depth === 0 && text.toUpperCase() === 'CHECK',
  );
  if (at === -1) return definition;
  const first = tokens[at - 2]?.text.toUpperCase() === 'CONSTRAINT' ? at - 2 : at;
  const closing = tokens.find(({ text, depth }, index) => index > at && text === ')' && depth === 0);
  const before = definition.slice(0, tokens[first - 1]?.end ?? 0);
  return withoutChecks(before + definition.slice(closing?.end ?? definition.length));
}

/** Where in a column definition its default stands, from `CONSTRAINT` or `DEFAULT` to the end of its value. */
interface DefaultSpan extends DefinitionSpan {
  /** Where the definition ends that comes before it. */
  readonly before: number;
}

/** The default of a column as its definition has it, `DEFAULT (datetime('now'))`; undefined where there is none. */
export function defaultIn(definition: string): string | undefined {
  const span = findDefault(definition);
  return span && definition.slice(span.start, span.end);
}

/** A column definition without its default: `at TEXT CONSTRAINT now DEFAULT (datetime('now')) UNIQUE` -> `at TEXT UNIQUE`. */
export function withoutDefault(definition: string): string {
  const span = findDefault(definition);
  return span ? definition.slice(0, span.before) + definition.slice(span.end) : definition;
}

/** A literal, a name, or a number with its sign stand bare; anything else in parentheses. */
function findDefault(definition: string): DefaultSpan | undefined {
  const tokens = tokensOf(definition);
  const at = tokens.findIndex(
    ({ text, depth }, index) => index > 0 && depth === 0 && text.toUpperCase() === 'DEFAULT',
  );
  if (at === -1) return undefined;
  const first = tokens[at - 2]?.text.toUpperCase() === 'CONSTRAINT' ? at - 2 : at;
  const [value, next] = [tokens[at + 1]?.text ?? '', tokens[at + 2]];
  const closing = tokens.find(({ text, depth }, index) => index > at && text === ')' && depth === 0);
  const bare = ['+', '-'].includes(value) ? next : tokens[at + 1];
  return {
    before: tokens[first - 1]?.end ?? 0,
    start: tokens[at]?.start ?? 0,
    end: (value === '(' ? closing : bare)?.end ?? definition.length,
  };
}

/** The elements of the outermost list: columns first, then constraints of the table, which no column name begins. */
function definitionsIn(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const open = tokens.findIndex(({ text, depth }) => text === '(' && depth === 0);
  const close = tokens.findIndex(({ text, depth }, index) => index > open && text === ')' && depth === 0);
  const elements: Token[][] = [[]];
  for (const token of tokens.slice(open + 1, close)) {
    if (token.text === ',' && token.depth === 1) elements.push([]);
    else elements.at(-1)?.push(token);
  }
  return elements;
}

/** Tells whether some of the tokens is the name of a column. */
export function namesColumn(tokens: readonly Token[], column: string): boolean {
  return tokens.some(({ text }) => unquote(text).toLowerCase() === column.toLowerCase());
}

/** A constraint, or the rule of a generated column, that a `CREATE TABLE` has about some column. */
export interface DefinedConstraint {
  readonly kind: 'check' | 'foreign key' | 'generated column';
  readonly name: string;
  /** Whether it stands in the definition of the column itself, with which it comes and goes. */
  readonly stands: 'in the column' | 'elsewhere';
}

/** Constraints of a table that name a column; keys are left to the indexes that they have made. */
export function constraintsNaming(sql: string, column: string): readonly DefinedConstraint[] {
  return definitionsIn(tokensOf(sql)).flatMap((tokens) => {
    const [first] = tokens;
    if (first === undefined) return [];
    const isOwn = unquote(first.text).toLowerCase() === column.toLowerCase();
    const kind = kindOf(tokens, column);
    if (kind === undefined) return [];
    const name = first.text.toUpperCase() === 'CONSTRAINT' ? unquote(tokens[1]?.text ?? '') : nameOf(tokens);
    return [{ kind, name, stands: isOwn ? ('in the column' as const) : ('elsewhere' as const) }];
  });
}

/** What one element of the list has about the column; a foreign key's own columns stand before `REFERENCES`. */
function kindOf(tokens: readonly Token[], column: string): DefinedConstraint['kind'] | undefined {
  const at = (...words: readonly string[]): number =>
    tokens.findIndex(({ text, depth }) => depth === 1 && words.includes(text.toUpperCase()));
  const isNamed = (some: readonly Token[]): boolean =>
    namesColumn(
      some.filter(({ text }) => !text.startsWith("'")),
      column,
    );
  const references = at('REFERENCES');
  if (references !== -1 && isNamed(tokens.slice(0, references))) return 'foreign key';
  if (!isNamed(tokens.slice(1))) return undefined;
  if (at('CHECK') !== -1) return 'check';
  return at('AS') === -1 ? undefined : 'generated column';
}

/** A constraint without a name goes by its first words. */
function nameOf(tokens: readonly Token[]): string {
  const [first] = tokens;
  const word = first?.text.toUpperCase() ?? '';
  return word === 'CHECK' || word === 'FOREIGN' ? 'without a name' : unquote(first?.text ?? '');
}
