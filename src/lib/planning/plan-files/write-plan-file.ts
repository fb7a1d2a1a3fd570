import { open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { hashPlan } from '../../model/plans/plan-hash.ts';
import type { Plan } from '../../model/plans/plan.ts';
import { shellWord } from '../../model/texts/shell-word.ts';
import { looksLikePlan } from './looks-like-plan.ts';

/** Where a plan goes, and what happens to a file that is already there. */
export interface PlanDestination {
  readonly path: string;
  readonly existing: 'refuse' | 'replace';
}

const ownerOnly = 0o600;

/** Enough of a file to tell whether it is a plan. */
const beginningBytes = 64;

/**
 * Writes a plan and its hash as JSON. When this returns, the file is on disk, and only its owner can read it. A
 * file that is there already is refused (exit 2), or, if it is a plan, replaced in one step, so that no reader sees half of it.
 */
export async function writePlanFile(plan: Plan, { path, existing }: PlanDestination): Promise<void> {
  const content = `${JSON.stringify({ ...plan, hash: hashPlan(plan) }, null, 2)}\n`;
  const unfinished = existing === 'replace' ? `${path}.${process.pid}.unfinished` : path;
  try {
    if (existing === 'replace') await refuseOtherFiles(path);
    await createDurably(unfinished, content);
    if (existing === 'replace') await rename(unfinished, path);
    await syncFolder(dirname(path));
  } catch (error) {
    throw explain(path, error);
  }
}

/** What is no plan stays: a slip of the hand must not cost a key, a configuration or a database. */
async function refuseOtherFiles(path: string): Promise<void> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (file === undefined) return;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(beginningBytes), 0, beginningBytes, 0);
    if (!looksLikePlan(buffer.toString('utf8', 0, bytesRead))) throw noPlan(path);
  } finally {
    await file.close();
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

/** The mode is set again because the umask may have taken away even the owner's right to read. */
async function fill(file: FileHandle, content: string): Promise<void> {
  try {
    await file.chmod(ownerOnly);
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

function noPlan(path: string): KeyturnError {
  return new KeyturnError({
    code: 'KT_PLAN_EXISTS',
    reason: 'usage',
    message: `"${path}" is there already and is no plan; --overwrite replaces nothing but a plan`,
    hints: ['keyturn plan --output OTHER_FILE'],
  });
}

function explain(path: string, error: unknown): unknown {
  if (error instanceof KeyturnError) return error;
  const { code } = error as NodeJS.ErrnoException;
  const exists = code === 'EEXIST';
  return new KeyturnError({
    code: exists ? 'KT_PLAN_EXISTS' : 'KT_PLAN_NOT_WRITTEN',
    reason: 'usage',
    message: exists
      ? `"${path}" is already there; a plan is never written over another file unasked`
      : `cannot write the plan to "${path}": ${code ?? 'unknown reason'}`,
    hints: [
      'keyturn plan --output OTHER_FILE',
      ...(exists ? [`keyturn plan --output ${shellWord(path)} --overwrite`] : []),
    ],
    cause: error,
  });
}
