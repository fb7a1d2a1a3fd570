/** A name and its value. */
export type Field = readonly [name: string, text: string];

/** One field a line, all texts beginning in the same column. */
export function alignedFields(fields: readonly Field[]): readonly string[] {
  const width = Math.max(0, ...fields.map(([name]) => name.length));
  return fields.map(([name, text]) => `${name.padEnd(width)}  ${text}`.trimEnd());
}
