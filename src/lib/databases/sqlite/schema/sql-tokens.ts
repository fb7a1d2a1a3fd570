/** A quoted name, a word or a sign of an SQL text. */
export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** How many parentheses it stands in; they themselves stand where their content does not. */
  readonly depth: number;
}

/** Comments and white space, then one quoted name, word or sign. */
const tokenPattern =
  /(?:[ \t\n\f\r]|--[^\n]*|\/\*[\s\S]*?\*\/)*(?<token>"(?:[^"]|"")*"|'(?:[^']|'')*'|`(?:[^`]|``)*`|\[[^\]]*\]|[\w$\u{80}-\u{10ffff}]+|\S)/dguy;

/** Takes an SQL text of SQLite apart, comments and white space left out. */
export function tokensOf(sql: string): readonly Token[] {
  let depth = 0;
  return Array.from(sql.matchAll(tokenPattern), (match): Token => {
    const text = match.groups?.['token'] ?? '';
    const [start = 0, end = 0] = match.indices?.groups?.['token'] ?? [];
    if (text === ')') depth -= 1;
    const token = { text, start, end, depth };
    if (text === '(') depth += 1;
    return token;
  });
}

/** A name as it is, out of whatever quotes it stands in. */
export function unquote(name: string): string {
  const quote = name.slice(0, 1);
  if (quote === '[') return name.slice(1, -1);
  return '"\'`'.includes(quote) ? name.slice(1, -1).replaceAll(quote + quote, quote) : name;
}
