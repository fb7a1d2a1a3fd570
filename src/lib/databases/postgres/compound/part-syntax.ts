import type { CompoundValue, StoredValue } from '../../../model/cells/stored-value.ts';

/** One value inside the text of another, and where it stands there. */
export interface PlacedPart {
  readonly start: number;
  readonly end: number;
  readonly value: StoredValue;
}

/** How the parts of a compound value are found in the text in which the server writes it. */
export interface PartSyntax {
  readonly find: (source: string) => readonly PlacedPart[];
  /** What to write in the place of a part, quotes included; absent where parts cannot be exchanged. */
  readonly render?: (fresh: string, part: PlacedPart) => string;
}

/** Takes the server's text apart. */
export function readCompound({ find }: PartSyntax, source: string): CompoundValue {
  return { source, parts: find(source).map(({ value }) => value) };
}

/** The text with its new parts; every other character stays where it was. */
export function renderCompound({ find, render }: PartSyntax, { source, parts }: CompoundValue): string {
  if (render === undefined) throw new Error('parts of this type cannot be exchanged');
  let text = '';
  let end = 0;
  find(source).forEach((part, index) => {
    const fresh = parts[index];
    if (typeof fresh !== 'string' || fresh === part.value) return;
    text += source.slice(end, part.start) + render(fresh, part);
    end = part.end;
  });
  return text + source.slice(end);
}
