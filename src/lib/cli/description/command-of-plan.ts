import { renderColumnName } from '../../model/columns/column-name.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { indexesKept } from '../../model/plans/batch-layout.ts';
import type { Plan, PlannedColumn } from '../../model/plans/plan.ts';
import { shellWord } from '../../model/texts/shell-word.ts';
import { keyFlagsOf, keyWord, nextCommand } from './next-command.ts';

/** What cells look like where no flag says so: found out in a rotation, chosen for an encryption. */
const usualFormats: Readonly<Record<Plan['kind'], string>> = {
  rotate: 'fernet',
  encrypt: 'tink-xaes:bind=row',
  decrypt: 'tink-xaes:bind=row',
};

/** The command that does what a plan says, and nothing else, as it can be pasted into a shell. */
export function commandOfPlan(plan: Plan, location: DatabaseLocation): string {
  const flags = plan.kind === 'rotate' ? rotationFlags(plan) : encryptionFlags(plan);
  const scrub = plan.afterwards === 'scrub' ? ['--scrub'] : [];
  return [nextCommand(plan.kind, location), ...flags, ...scrub].join(' ');
}

function rotationFlags(plan: Plan): readonly string[] {
  const columns = plan.targets.flatMap((target) => target.columns);
  const all = (choice: PlannedColumn['unrecognised']): boolean =>
    columns.every(({ unrecognised }) => unrecognised === choice);
  const isReindexed = columns.flatMap(indexesKept).some(({ replaces }) => replaces !== undefined);
  return [
    keyFlagsOf(plan),
    ...selectionFlags(plan),
    ...formatFlags(plan),
    ...(all('encrypt') ? ['--repair-plaintext'] : all('leave') ? ['--unrecognised leave'] : []),
    ...(plan.timestamps === 'renew' ? ['--renew-timestamps'] : []),
    ...(isReindexed ? [`--new-index-key ${keyWord(plan.indexKeys?.[0] ?? null)}`] : []),
  ];
}

/** Where a plan takes some of the encrypted columns alone, they are named; where it leaves some out, those are. */
function selectionFlags({ targets, excluded }: Plan): readonly string[] {
  const isSelected = excluded.some(({ reason }) => reason === 'not among the tables and columns asked for');
  const leftOut = excluded.filter(({ reason }) => reason === 'excluded by the operator');
  return [
    ...(isSelected ? columnFlags(targets) : []),
    ...leftOut.map((column) => `--exclude ${shellWord(renderColumnName(column))}`),
  ];
}

function columnFlags(targets: Plan['targets']): readonly string[] {
  return targets.flatMap(({ table, columns }) =>
    columns.map(({ name }) => `--column ${shellWord(renderColumnName({ table, column: name }))}`),
  );
}

/** The formats of a plan's cells, where they are not the usual ones. */
function formatFlags({ kind, targets }: Plan): readonly string[] {
  const [column] = targets.flatMap(({ columns }) => columns);
  const formats = [column?.from, column?.to].flatMap((state) =>
    state?.kind === 'encrypted' ? [state.format] : [],
  );
  const [from, to] = formats;
  return [
    ...(from === undefined || from === usualFormats[kind] ? [] : [`--format ${shellWord(from)}`]),
    ...(to === undefined || to === from ? [] : [`--to-format ${shellWord(to)}`]),
  ];
}

function encryptionFlags(plan: Plan): readonly string[] {
  const { oldKey, newKey, targets } = plan;
  return [
    ...columnFlags(targets),
    `--key ${keyWord(newKey ?? oldKey)}`,
    ...formatFlags(plan),
    ...destinationFlag(targets),
    ...fieldFlags(targets),
    ...indexFlags(plan),
  ];
}

/** The flags that say what columns hold. */
function fieldFlags(targets: Plan['targets']): readonly string[] {
  const fields = targets.flatMap(({ table, columns }) =>
    columns.flatMap(({ name, fieldType }) =>
      fieldType === undefined ? [] : [`${renderColumnName({ table, column: name })}=${fieldType}`],
    ),
  );
  return fields.map((field) => `--as ${shellWord(field)}`);
}

/** The flag that names the columns which values go into, where they follow from the names of those they come from. */
function destinationFlag(targets: Plan['targets']): readonly string[] {
  const patterns = targets.flatMap(({ columns }) =>
    columns.flatMap(({ name, into }) => (into === undefined ? [] : [into.column.replace(name, '{column}')])),
  );
  const [pattern, ...others] = new Set(patterns);
  return pattern === undefined || others.length > 0 ? [] : [`--into ${shellWord(pattern)}`];
}

/** The flags that ask for the blind indexes of a plan, and name their key. */
function indexFlags({ targets, indexKeys = [] }: Plan): readonly string[] {
  const flags = targets.flatMap(({ table, columns }) =>
    columns.flatMap((planned) =>
      indexesKept(planned).map(({ normaliser, bits, uniqueness, column }) => {
        const unique = uniqueness === 'unique' ? ',unique' : '';
        const of = renderColumnName({ table, column: planned.name });
        return `--blind-index ${shellWord(`${of}:${normaliser},bits=${bits}${unique},column=${column}`)}`;
      }),
    ),
  );
  const [key] = indexKeys;
  return key === undefined ? [] : [...flags, `--index-key ${keyWord(key)}`];
}
