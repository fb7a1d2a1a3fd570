import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import type { RunOwner, Runner } from '../../model/runs/run-owner.ts';

/** This process, named so that no later process is mistaken for it. */
function currentOwner(): RunOwner {
  return {
    host: hostname(),
    bootId: readBootId(),
    processId: process.pid,
    processStart: readProcessStart(process.pid) ?? '',
  };
}

/** Tells whether a run's process is known to be gone; of another machine's processes nothing is known. */
function isOwnerGone(owner: RunOwner): boolean {
  if (owner.host !== hostname()) return false;
  if (owner.bootId !== readBootId()) return true;
  try {
    process.kill(owner.processId, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  return owner.processStart !== '' && readProcessStart(owner.processId) !== owner.processStart;
}

function readBootId(): string {
  return readIfPresent('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
}

/**
 * Field 22 of `/proc/PID/stat`: clock ticks since the machine started. The name in field 2 may hold anything. A
 * killed process stays listed, in state Z, until its parent asks how it ended; some parents never do.
 */
function readProcessStart(processId: number): string | undefined {
  const stat = readIfPresent(`/proc/${String(processId)}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] === 'Z' ? undefined : fields?.[19];
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** This process as the runner of migrations. */
export function currentRunner(): Runner {
  return { owner: currentOwner(), actor: `${userName()}@${hostname()}`, isGone: isOwnerGone };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${String(process.getuid?.() ?? 'unknown')}`;
  }
}
