import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mutant, MutantEdit } from './mutants.ts';

/** A copy of the sources and the schedules with a defect in it. */
export interface MutatedProject {
  readonly folder: string;
  remove(): void;
}

/** Copies the project and puts the defect in; throws where the text to replace is not there any more. */
export function createMutatedProject({ edits }: Mutant): MutatedProject {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-mutant-'));
  for (const part of ['src', 'test/schedules', 'test/support', 'package.json']) {
    cpSync(part, join(folder, part), { recursive: true });
  }
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
  for (const edit of edits) applyEdit(folder, edit);
  return {
    folder,
    remove() {
      rmSync(folder, { recursive: true });
    },
  };
}

function applyEdit(folder: string, { file, find, replace }: MutantEdit): void {
  const path = join(folder, file);
  const [before, after, ...more] = readFileSync(path, 'utf8').split(find);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`${file} does not hold exactly once: ${find}`);
  }
  writeFileSync(path, before + replace + after);
}
