import { open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KeyturnError } from '../model/keyturn-error.ts';
import { hashPlan } from '../model/plan-hash.ts';
import type { Plan } from '../model/plan.ts';

/** Where a plan goes, and what happens to a file that is already there. */
export interface PlanDestination {
  readonly path: string;
  readonly existing: 'refuse' | 'replace';
}

const ownerOnly = 0o600;

/**
 * Writes a plan and its hash as JSON. When this returns, the file is on disk, and only its owner can read it. A
 * file that is there already is refused (exit 2), or replaced in one step, so that no reader sees half of it.
 */
export async function writePlanFile(plan: Plan, { path, existing }: PlanDestination): Promise<void> {
  const content = `${JSON.stringify({ ...plan, hash: hashPlan(plan) }, null, 2)}\n`;
  const unfinished = existing === 'replace' ? `${path}.${process.pid}.unfinished` : path;
  try {
    await createDurably(unfinished, content);
    if (existing === 'replace') await rename(unfinished, path);
    await syncFolder(dirname(path));
  } catch (error) {
    throw explain(path, error as NodeJS.ErrnoException);
  }
}

async function createDurably(path: string, content: string): Promise<void> {
  const file = await open(path, 'wx', ownerOnly);
  try {
    await fill(file, content);
  } catch (error) {
    await unlink(path).catch(() => undefined);
    throw error;
  }
}

async function fill(file: FileHandle, content: string): Promise<void> {
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function explain(path: string, error: NodeJS.ErrnoException): KeyturnError {
  const exists = error.code === 'EEXIST';
  return new KeyturnError({
    code: exists ? 'KT_PLAN_EXISTS' : 'KT_PLAN_NOT_WRITTEN',
    reason: 'usage',
    message: exists
      ? `"${path}" is already there; a plan is never written over another file unasked`
      : `cannot write the plan to "${path}": ${error.code ?? 'unknown reason'}`,
    hints: exists
      ? ['keyturn plan --output OTHER_FILE', `keyturn plan --output ${JSON.stringify(path)} --overwrite`]
      : ['keyturn plan --output OTHER_FILE'],
    cause: error,
  });
}
