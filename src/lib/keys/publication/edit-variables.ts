import type { FieldEdit } from './edit-document.ts';

/**
 * Changes one variable of an `.env` text and leaves every other byte as it is. Undefined where the variable beside it
 * is not there.
 */
export function editVariables(text: string, { beside, name, value }: FieldEdit): string | undefined {
  const lines = text.split(/(?<=\n)/);
  const present = lines.findIndex((line) => assigns(line, name));
  if (value === null) return lines.filter((_, index) => index !== present).join('');
  if (present !== -1)
    return lines
      .map((line, index) => (index === present ? assign(line, value, 'keep the comment') : line))
      .join('');
  const neighbour = lines.findIndex((line) => assigns(line, beside));
  const line = lines[neighbour];
  if (line === undefined) return undefined;
  const ended = line.endsWith('\n') ? line : `${line}\n`;
  const added = assign(ended, value, 'without a comment').replace(beside, name);
  return [...lines.slice(0, neighbour), ended, added, ...lines.slice(neighbour + 1)].join('');
}

function assigns(line: string, name: string): boolean {
  return /^\s*(?:export\s+)?([\w.-]+)\s*=/.exec(line)?.[1] === name;
}

/** From the equals sign to the end of a line: a value, in quotes or not, and the comment behind it, as Node.js reads them. */
const assignment =
  /=[^\S\r\n]*(?:"[^"\r\n]*"|'[^'\r\n]*'|`[^`\r\n]*`|[^#\r\n]*?)(?<comment>[^\S\r\n]*#[^\r\n]*)?[^\S\r\n]*(?=\r?\n|$)/u;

/** Puts another value in, without quotes: keys in base64 or hexadecimal need none. A comment belongs to the variable that is there. */
function assign(line: string, value: string, comments: 'keep the comment' | 'without a comment'): string {
  const comment = comments === 'keep the comment' ? (assignment.exec(line)?.groups?.['comment'] ?? '') : '';
  return line.replace(assignment, () => `=${value}${comment}`);
}
