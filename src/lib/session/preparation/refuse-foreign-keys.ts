import type { TableDescription } from '../../databases/table-description.ts';
import type { TargetDatabase } from '../../databases/target-database.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import type { PlacedColumn } from '../../model/columns/placed-column.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { MigrationKind, Plan, PlannedColumn } from '../../model/plans/plan.ts';
import type { ForeignKey } from '../../model/schema/foreign-key.ts';
import { shellWord } from '../../model/texts/shell-word.ts';
import { isReferring } from '../../planning/encryption/is-referring.ts';
import type { ForeignKeyObstacle } from '../../planning/refusals/foreign-key-obstacle.ts';
import { formatIfEncrypted } from '../formats/bind-transcoder.ts';

/** One column that refers to another by a foreign key, and what a plan does to them where they stand. */
interface Link {
  readonly key: ForeignKey;
  readonly child: LinkedColumn;
  readonly parent: LinkedColumn;
}

interface LinkedColumn extends PlacedColumn {
  /** Absent where the plan leaves the column alone, or puts what it holds into another one. */
  readonly planned?: PlannedColumn | undefined;
  /** Whether a plan could rewrite it at all. */
  readonly isWritable: boolean;
}

/** Why a plan cannot be carried out, and what helps. */
interface Hindrance {
  readonly why: string;
  readonly hints: readonly string[];
}

type Judge = (link: Link) => Hindrance | undefined;

/**
 * Throws `KT_FOREIGN_KEY` (exit 2) where rows refer to other rows by columns that a plan rewrites where they stand, and could not do so
 * any more: equal values have different cells, and only what the database changes along with them stays equal.
 */
export async function refuseForeignKeys(database: TargetDatabase, plan: Plan): Promise<void> {
  refuseObstacles(await listForeignKeyObstacles(database, plan));
}

/** The same where a run keeps the database from changing along what refers to a column. */
export async function refuseSuppressedKeys(database: TargetDatabase, plan: Plan): Promise<void> {
  const obstacles = await listObstacles(database, plan, ({ child, parent }) => ({
    why: `rows refer by ${nameOf(child)} to ${nameOf(parent)}, and --triggers suppress keeps foreign keys quiet as well: they would lead nowhere afterwards`,
    hints: ['run the same command again with --triggers fire'],
  }));
  refuseObstacles(obstacles);
}

/** The foreign keys for which a run of a plan would be refused. */
export function listForeignKeyObstacles(
  database: TargetDatabase,
  plan: Plan,
): Promise<readonly ForeignKeyObstacle[]> {
  return listObstacles(database, plan, (link) => hindranceOf(link, plan.kind));
}

async function listObstacles(
  database: TargetDatabase,
  plan: Plan,
  judge: Judge,
): Promise<readonly ForeignKeyObstacle[]> {
  const obstacles: ForeignKeyObstacle[] = [];
  for (const link of linksOf(await database.listForeignKeys(), await database.listTables(), plan)) {
    const hindrance = judge(link);
    if (hindrance && (await isReferring(database, link.key))) obstacles.push(obstacleOf(link, hindrance));
  }
  return obstacles;
}

function obstacleOf({ child, parent }: Link, { why, hints }: Hindrance): ForeignKeyObstacle {
  const refersTo = { table: parent.table, column: parent.column };
  return {
    kind: 'foreign key',
    table: child.table,
    columns: [child.column],
    refersTo,
    consequence: why,
    hints,
  };
}

/** Throws `KT_FOREIGN_KEY` (exit 2) where there is an obstacle, and names all of them. */
export function refuseObstacles(obstacles: readonly ForeignKeyObstacle[]): void {
  if (obstacles.length === 0) return;
  throw new KeyturnError({
    code: 'KT_FOREIGN_KEY',
    reason: 'usage',
    message: [...new Set(obstacles.map(({ consequence }) => consequence))].join('; '),
    hints: [...new Set(obstacles.flatMap(({ hints }) => hints))],
  });
}

/** The columns of foreign keys of which a plan rewrites one side, or both. */
function linksOf(
  keys: readonly ForeignKey[],
  tables: readonly TableDescription[],
  { targets }: Plan,
): readonly Link[] {
  const place = (table: string, column: string): LinkedColumn => ({
    table,
    column,
    planned: targets
      .find((target) => target.table === table)
      ?.columns.find(({ name, into }) => name === column && into === undefined),
    isWritable: tables.some(
      (one) =>
        one.table === table && one.columns.some(({ name, kind }) => name === column && kind === 'ordinary'),
    ),
  });
  return keys
    .flatMap((key) =>
      key.columns.map((column, index) => ({
        key,
        child: place(key.table, column),
        parent: place(key.refersTo.table, key.refersTo.columns[index] ?? ''),
      })),
    )
    .filter(({ child, parent }) => child.planned !== undefined || parent.planned !== undefined);
}

function hindranceOf({ key, child, parent }: Link, kind: MigrationKind): Hindrance | undefined {
  if (parent.planned === undefined) return strandedChild({ child, parent, key }, kind);
  if (key.onUpdate === 'refuses') return refusingChild({ child, parent }, kind);
  if (child.planned !== undefined && child.table === parent.table) return ownChild({ child, parent }, kind);
  const isBound = formatIfEncrypted(parent.planned.to).some(({ binding }) => binding !== 'none');
  return isBound ? displacedChild({ child, parent }, kind) : undefined;
}

type Ends = Pick<Link, 'child' | 'parent'>;

function strandedChild({ child, parent, key }: Link, kind: MigrationKind): Hindrance {
  const follows = key.onUpdate === 'follows' && parent.isWritable;
  return {
    why: `a foreign key ties ${nameOf(child)} to ${nameOf(parent)}, and what is to stand in it matches no row there`,
    hints: [
      ...(follows
        ? [`${kind} ${nameOf(parent)} in its place, and it follows: ${flagsFor(parent, kind)}`]
        : []),
      ...(kind === 'encrypt' ? [intoAnother] : []),
      ...(kind === 'rotate' ? [leaveOut(child)] : []),
      ...(follows || kind === 'encrypt' ? [] : [dropIt]),
    ],
  };
}

function refusingChild({ child, parent }: Ends, kind: MigrationKind): Hindrance {
  return {
    why: `rows refer by ${nameOf(child)} to ${nameOf(parent)}, by a foreign key that lets nothing they refer to change`,
    hints: [
      `declare it ON UPDATE CASCADE, then ${kind} ${nameOf(parent)} alone, and ${nameOf(child)} follows: ${flagsFor(parent, kind)}`,
      ...(kind === 'encrypt' ? [`${intoAnother}; drop the foreign key before "keyturn finalize"`] : []),
      ...(kind === 'rotate' ? [leaveOut(parent, child)] : []),
      ...(kind === 'decrypt' ? [dropIt] : []),
    ],
  };
}

function ownChild({ child, parent }: Ends, kind: MigrationKind): Hindrance {
  return {
    why: `${nameOf(child)} refers to ${nameOf(parent)} of the same table, and follows it: it cannot change beside it`,
    hints: [
      kind === 'rotate'
        ? `leave it out, it is rewritten all the same: --exclude ${flagWord(child)}`
        : `leave it out, it follows: ${flagsFor(parent, kind)}`,
    ],
  };
}

function displacedChild({ child, parent }: Ends, kind: MigrationKind): Hindrance {
  return {
    why: `${nameOf(child)} follows ${nameOf(parent)} by a foreign key, and would get cells that open in ${nameOf(parent)} alone`,
    hints: [
      kind === 'rotate'
        ? 'bind them to no place: --to-format tink-xaes:bind=none'
        : `bind them to no place: ${flagsFor(parent, kind)}`,
    ],
  };
}

const intoAnother = "put the cells into another column: --into '{column}_encrypted'";
const dropIt = 'let the foreign key refer to another column, or drop it, then run the same command again';

function flagsFor(column: PlacedColumn, kind: MigrationKind): string {
  const named = `--column ${flagWord(column)}`;
  return kind === 'encrypt' ? `${named} --bind none` : named;
}

function leaveOut(...columns: readonly PlacedColumn[]): string {
  return `leave it under the old key, which stays needed: ${columns.map((column) => `--exclude ${flagWord(column)}`).join(' ')}`;
}

function flagWord(column: PlacedColumn): string {
  return shellWord(nameOf(column));
}

function nameOf({ table, column }: PlacedColumn): string {
  return renderColumnName({ table, column });
}
