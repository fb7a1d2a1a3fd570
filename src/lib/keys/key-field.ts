import { basename, extname } from 'node:path';

/** A key in a field of a configuration file, with the fields beside it that hold the next and the previous one. */
export interface KeyField {
  /** Absolute path of the file. */
  readonly path: string;
  /** The sections around the field, from the outside in; empty for a file of variables. */
  readonly sections: readonly string[];
  readonly name: string;
  readonly layout: 'document' | 'variables';
}

/** The fields in which a key can stand, by what it is at the moment. */
export type FieldStage = 'current' | 'next' | 'previous';

/** Understands where a pointer leads, without reading the file. */
export function keyFieldAt(path: string, pointer: string): KeyField {
  if (isVariableFile(path)) return { path, sections: [], name: pointer, layout: 'variables' };
  const steps = stepsOf(pointer);
  return { path, sections: steps.slice(0, -1), name: steps.at(-1) ?? '', layout: 'document' };
}

/** Whether a file's name says that it is a list of variables. */
export function isVariableFile(path: string): boolean {
  const name = basename(path);
  return name.startsWith('.env') || extname(name) === '.env';
}

/** The steps of a pointer: `server.key`, or a JSON pointer `/server/key` (RFC 6901). */
export function stepsOf(pointer: string): readonly string[] {
  if (!pointer.startsWith('/')) return pointer.split('.');
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** `db_key_next`, `db_key_previous`; in capitals where the field is. */
export function fieldNameOf(name: string, stage: FieldStage): string {
  if (stage === 'current') return name;
  const suffix = `_${stage}`;
  return name + (/[a-z]/.test(name) ? suffix : suffix.toUpperCase());
}
