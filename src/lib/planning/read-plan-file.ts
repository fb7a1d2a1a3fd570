import { readFile, stat } from 'node:fs/promises';
import type { core } from 'zod';
import { KeyturnError } from '../model/keyturn-error.ts';
import { hashPlan } from '../model/plan-hash.ts';
import type { Plan } from '../model/plan.ts';
import { planFileSchema } from './plan-schema.ts';

/** The newest layout this version understands. */
const knownVersion = 1;
/** No plan is larger; whatever is, was named by mistake. */
const largestBytes = 64 * 1024 * 1024;

/**
 * Reads a plan that `writePlanFile` wrote. A file that cannot be read is a usage error (exit 2); one that holds
 * anything but an unchanged plan of a known version is refused (exit 13). No message repeats the file's content.
 */
export async function readPlanFile(path: string): Promise<Plan> {
  const value = parse(path, await readText(path));
  refuseNewer(path, value);
  const { z } = await import('zod');
  const result = planFileSchema(z).safeParse(value);
  if (!result.success) throw notAPlan(path, result.error.issues[0]);
  const { hash, ...plan } = result.data;
  if (safeHash(plan) !== hash) {
    throw refused(path, 'was changed after keyturn wrote it: its hash does not fit');
  }
  return plan;
}

async function readText(path: string): Promise<string> {
  try {
    const file = await stat(path);
    if (!file.isFile()) throw unreadable(path, 'it is not a file');
    if (file.size > largestBytes) throw unreadable(path, 'it is far too large to be a plan');
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof KeyturnError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT'
        ? 'there is no such file'
        : code === 'EACCES'
          ? 'this user may not read it'
          : (code ?? 'unknown reason');
    throw unreadable(path, why);
  }
}

/** The parser's own message repeats what it stumbled over, so it is dropped. */
function parse(path: string, text: string): unknown {
  if (text.trim() === '') throw refused(path, 'is empty');
  try {
    return JSON.parse(text);
  } catch {
    throw refused(
      path,
      text.trimStart().startsWith('{')
        ? 'is no complete JSON: it was cut off while it was written, or changed since'
        : 'is no plan: it holds no JSON object',
    );
  }
}

function refuseNewer(path: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || !('planVersion' in value)) return;
  const { planVersion } = value;
  if (typeof planVersion !== 'number' || planVersion <= knownVersion) return;
  throw new KeyturnError({
    code: 'KT_PLAN_NEWER',
    reason: 'stalePlan',
    message: `the plan "${path}" was made by a newer keyturn: its layout has version ${planVersion}, this one knows ${knownVersion}`,
    hints: ['npm install keyturn@latest', remake(path)],
  });
}

/** Names of fields are repeated only where they look like names, in case a file of secrets was given. */
function notAPlan(path: string, issue: core.$ZodIssue | undefined): KeyturnError {
  const place = issue?.path.map(String).join('.') ?? '';
  const where = /^[A-Za-z0-9.]{1,80}$/u.test(place) ? `at "${place}"` : 'at its top level';
  if (issue?.code === 'unrecognized_keys') {
    const names = issue.keys.filter((name) => /^[A-Za-z]{1,32}$/u.test(name));
    const which = names.length === 0 ? '' : ` "${names.join('", "')}"`;
    return refused(path, `has a field${which} ${where} that no plan has`);
  }
  return refused(path, `is no plan: ${where}, something is missing or is not what it should be`);
}

/** `undefined` where the content cannot be written as canonical JSON at all. */
function safeHash(plan: Plan): string | undefined {
  try {
    return hashPlan(plan);
  } catch {
    return undefined;
  }
}

function unreadable(path: string, why: string): KeyturnError {
  return new KeyturnError({
    code: 'KT_PLAN_UNREADABLE',
    reason: 'usage',
    message: `cannot read the plan "${path}": ${why}`,
    hints: [remake(path)],
  });
}

function refused(path: string, why: string): KeyturnError {
  return new KeyturnError({
    code: 'KT_PLAN_REFUSED',
    reason: 'stalePlan',
    message: `the plan "${path}" ${why}`,
    hints: [remake(path)],
  });
}

function remake(path: string): string {
  return `keyturn plan --output ${JSON.stringify(path)} --overwrite`;
}
