import type { Interfaces } from '@oclif/core';
import type { RotationKeys, RotationWishes } from '../session/plan-rotation.ts';
import type { ColumnFilter } from '../planning/select-columns.ts';
import type { columnFlags, keyFlags, selectionFlags } from './shared-flags.ts';

/** The flags that say what a rotation is about. */
export type RotationFlags = Interfaces.InferredFlags<typeof keyFlags & typeof selectionFlags>;

/** The keys of a rotation, as the flags name them. */
export function keysOf(flags: RotationFlags): RotationKeys {
  return { oldKey: flags['old-key'], newKey: flags['new-key'], format: flags.format };
}

/** What the flags want of a rotation; `madeBy` is keyturn's version. */
export function wishesOf(flags: RotationFlags, madeBy: string): RotationWishes {
  return {
    madeBy,
    format: flags.format,
    filter: filterOf(flags),
    unrecognised: flags.unrecognised,
    timestamps: flags['renew-timestamps'] ? 'renew' : 'keep',
  };
}

/** Which tables and columns the flags ask for. */
export function filterOf(flags: Interfaces.InferredFlags<typeof columnFlags>): ColumnFilter {
  return { tables: flags.table ?? [], columns: flags.column ?? [], exclude: flags.exclude ?? [] };
}
