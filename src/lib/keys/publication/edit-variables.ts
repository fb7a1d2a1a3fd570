import type { FieldEdit } from './edit-document.ts';

/** A line that gives a variable its value, in the parts it is written in: they are the owner's, the value apart. */
interface Assignment {
  /** Indentation and `export`. */
  readonly lead: string;
  readonly name: string;
  /** The equals sign, with the spaces around it. */
  readonly equals: string;
  readonly quote: string;
  readonly value: string;
  /** Spaces and a comment. */
  readonly comment: string;
  readonly lineBreak: string;
}

/** As Node.js reads it: a value, in quotes or not, and the comment behind it. */
const assignment =
  /^(?<lead>\s*(?:export\s+)?)(?<name>[\w.-]+)(?<equals>[^\S\r\n]*=[^\S\r\n]*)(?<quote>["'`]?)(?<value>(?<=["'`])[^\r\n]*?(?=\k<quote>)|[^#\r\n]*?)\k<quote>(?<comment>[^\S\r\n]*(?:#[^\r\n]*)?)(?<lineBreak>\r?\n|)$/u;

/**
 * Changes one variable of an `.env` text and leaves every other byte as it is: quotes, spaces, `export`, comments, line ends. A
 * new variable is written like the one beside it. Undefined where that is not there.
 */
export function editVariables(text: string, { beside, name, value }: FieldEdit): string | undefined {
  const lines = text.split(/(?<=\n)/);
  const present = findVariable(lines, name);
  if (value === null) return present ? without(lines, present.at) : text;
  if (present) return lines.with(present.at, write({ ...present, value })).join('');
  const neighbour = findVariable(lines, beside);
  if (!neighbour) return undefined;
  const lineBreak = neighbour.lineBreak || (text.includes('\r\n') ? '\r\n' : '\n');
  const above = write({ ...neighbour, lineBreak });
  const added = write({ ...neighbour, name, value, comment: '' });
  return lines.toSpliced(neighbour.at, 1, above, added).join('');
}

/** The last one of the name: it is the one that counts. */
function findVariable(
  lines: readonly string[],
  name: string,
): (Assignment & { readonly at: number }) | undefined {
  for (const [at, line] of [...lines.entries()].reverse()) {
    const parts = assignment.exec(line)?.groups;
    if (parts?.['name'] === name) return { ...(parts as unknown as Assignment), at };
  }
  return undefined;
}

/** A text that ended without a line break ends without one afterwards. */
function without(lines: readonly string[], at: number): string {
  const rest = lines.toSpliced(at, 1).join('');
  return lines[at]?.endsWith('\n') === true ? rest : rest.replace(/\r?\n$/u, '');
}

function write({ lead, name, equals, quote, value, comment, lineBreak }: Assignment): string {
  return lead + name + equals + quote + value + quote + comment + lineBreak;
}
