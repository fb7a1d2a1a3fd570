import type { Interfaces } from '@oclif/core';
import type { ColumnFilter } from '../../planning/inspection/select-columns.ts';
import type { FormatOptions, RotationFormats } from '../../session/formats/choose-formats.ts';
import type { RotationKeys, RotationOptions } from '../../session/preparation/plan-rotation.ts';
import type { columnFlags, selectionFlags } from './column-flags.ts';
import type { keyFlags } from './key-flags.ts';

/** The flags that say what a rotation is about. */
export type RotationFlags = Interfaces.InferredFlags<typeof keyFlags & typeof selectionFlags>;

/** What the flags say about the formats of a rotation, before its keys are read. */
export function formatOptionsOf(flags: RotationFlags): FormatOptions {
  return {
    format: flags.format,
    toFormat: flags['to-format'],
    oldKey: flags['old-key'],
    newKey: flags['new-key'],
    filter: filterOf(flags),
  };
}

/** The keys of a rotation, as the flags name them. */
export function keysOf(
  flags: RotationFlags & {
    readonly 'update-config'?: string | undefined;
    readonly 'new-index-key'?: string | undefined;
  },
  formats: RotationFormats,
): RotationKeys {
  const published = flags['update-config'] !== undefined;
  const { 'old-key': oldKey, 'new-key': newKey, 'new-index-key': newIndexKey } = flags;
  return { oldKey, newKey, formats, published, newIndexKey };
}

/** What the flags want of a rotation besides its keys and formats; `madeBy` is keyturn's version. */
export function rotationOptionsOf(
  flags: RotationFlags & { readonly scrub: boolean },
  madeBy: string,
): Omit<RotationOptions, 'formats'> {
  return {
    madeBy,
    filter: filterOf(flags),
    sealedAs: flags['sealed-as'],
    unrecognised: flags['repair-plaintext'] ? 'encrypt' : flags.unrecognised,
    timestamps: flags['renew-timestamps'] ? 'renew' : 'keep',
    afterwards: flags.scrub ? 'scrub' : undefined,
  };
}

/** Which tables and columns the flags ask for. */
export function filterOf(flags: Interfaces.InferredFlags<typeof columnFlags>): ColumnFilter {
  return { tables: flags.table ?? [], columns: flags.column ?? [], exclude: flags.exclude ?? [] };
}
