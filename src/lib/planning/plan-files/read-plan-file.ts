import { readFile, stat } from 'node:fs/promises';
import type { core } from 'zod';
import { hintsForUtf16, utf16NameOf } from '../../model/bytes/utf16-text.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { hashPlan } from '../../model/plans/plan-hash.ts';
import type { Plan } from '../../model/plans/plan.ts';
import { shellWord } from '../../model/texts/shell-word.ts';
import { findContradiction } from './find-contradiction.ts';
import { hasRepeatedFields } from './has-repeated-fields.ts';
import { looksLikePlan } from './looks-like-plan.ts';
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
  const file = { path, text: await readText(path) };
  const value = parse(file);
  refuseNewer(file, value);
  const { z } = await import('zod');
  const result = planFileSchema(z).safeParse(value);
  if (!result.success) throw notAPlan(file, result.error.issues[0]);
  const { hash, ...plan } = result.data;
  if (safeHash(plan) !== hash) {
    throw refused(file, 'was changed after keyturn wrote it: its hash does not fit');
  }
  if (hasRepeatedFields(file.text, value)) {
    throw refused(file, 'was changed after keyturn wrote it: a field stands in it twice');
  }
  const contradiction = findContradiction(plan);
  if (contradiction !== undefined) throw refused(file, `contradicts itself: ${contradiction}`);
  return plan;
}

interface PlanFile {
  readonly path: string;
  readonly text: string;
}

async function readText(path: string): Promise<string> {
  try {
    const file = await stat(path);
    if (!file.isFile()) throw unreadable(path, 'it is not a file');
    if (file.size > largestBytes) throw unreadable(path, 'it is far too large to be a plan');
    return decode(path, await readFile(path));
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

/** Without the byte order mark with which some editors begin each file. */
function decode(path: string, bytes: Uint8Array): string {
  const wide = utf16NameOf(bytes);
  if (wide === undefined) return new TextDecoder().decode(bytes);
  const why = 'it is written in UTF-16, as Windows editors and PowerShell can';
  throw unreadable(path, why, hintsForUtf16(wide, path));
}

/** The parser's own message repeats what it stumbled over, so it is dropped. */
function parse(file: PlanFile): unknown {
  if (file.text.trim() === '') throw refused(file, 'is empty');
  try {
    return JSON.parse(file.text);
  } catch {
    throw refused(
      file,
      file.text.trimStart().startsWith('{')
        ? 'is no complete JSON: it was cut off while it was written, or changed since'
        : 'is no plan: it holds no JSON object',
    );
  }
}

function refuseNewer(file: PlanFile, value: unknown): void {
  if (typeof value !== 'object' || value === null || !('planVersion' in value)) return;
  const { planVersion } = value;
  if (typeof planVersion !== 'number' || planVersion <= knownVersion) return;
  throw new KeyturnError({
    code: 'KT_PLAN_NEWER',
    reason: 'stalePlan',
    message: `the plan "${file.path}" was made by a newer keyturn: its layout has version ${planVersion}, this one knows ${knownVersion}`,
    hints: ['use the keyturn that has made the plan; this one says: keyturn --version', remake(file)],
  });
}

/** Names of fields are repeated only where they look like names, in case a file of secrets was given. */
function notAPlan(file: PlanFile, issue: core.$ZodIssue | undefined): KeyturnError {
  const place = issue?.path.map(String).join('.') ?? '';
  const where = /^[A-Za-z0-9.]{1,80}$/u.test(place) ? `at "${place}"` : 'at its top level';
  if (issue?.code === 'unrecognized_keys') {
    const names = issue.keys.filter((name) => /^[A-Za-z]{1,32}$/u.test(name));
    const which = names.length === 0 ? '' : ` "${names.join('", "')}"`;
    return refused(file, `has a field${which} ${where} that no plan has`);
  }
  return refused(file, `is no plan: ${where}, something is missing or is not what it should be`);
}

/** `undefined` where the content cannot be written as canonical JSON at all. */
function safeHash(plan: Plan): string | undefined {
  try {
    return hashPlan(plan);
  } catch {
    return undefined;
  }
}

function unreadable(
  path: string,
  why: string,
  hints: readonly string[] = [`ls -l ${shellWord(path)}`, 'keyturn plan --output FILE'],
): KeyturnError {
  return new KeyturnError({
    code: 'KT_PLAN_UNREADABLE',
    reason: 'usage',
    message: `cannot read the plan "${path}": ${why}`,
    hints,
  });
}

function refused(file: PlanFile, why: string): KeyturnError {
  return new KeyturnError({
    code: 'KT_PLAN_REFUSED',
    reason: 'stalePlan',
    message: `the plan "${file.path}" ${why}`,
    hints: [remake(file)],
  });
}

/** A file that is no plan was named by mistake, and may be a configuration or a key: never advise to write over it. */
function remake({ path, text }: PlanFile): string {
  return looksLikePlan(text)
    ? `keyturn plan --output ${shellWord(path)} --overwrite`
    : 'keyturn plan --output FILE';
}
