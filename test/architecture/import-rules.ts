import { importTable, modelRooms } from './import-table.ts';
import { relativeImports, type RelativeImport, type SourceTree } from './source-tree.ts';

/** Every import that the table does not allow, as a sentence. */
export function forbiddenImports(tree: SourceTree): readonly string[] {
  return importsOf(tree).flatMap((found) => {
    const reason = reasonAgainst(found, tree);
    return reason === undefined ? [] : [`${found.from} imports ${found.target}: ${reason}`];
  });
}

/** Folders of `src` that the table does not know. */
export function unknownFolders(tree: SourceTree): readonly string[] {
  const folders = new Set([...tree.keys()].map(folderOf));
  return [...folders].filter((folder) => folder !== 'index.ts' && importTable[folder] === undefined);
}

/** Imports that lead from one room of the model to another one further down, each as `from -> to`. */
export function modelImportsUpwards(tree: SourceTree): readonly string[] {
  return importsOf(tree)
    .filter(
      ({ from, target }) => modelRooms.indexOf(modelRoomOf(from)) < modelRooms.indexOf(modelRoomOf(target)),
    )
    .filter(({ from }) => modelRooms.includes(modelRoomOf(from)))
    .map(({ from, target }) => `${from} -> ${target}`);
}

function modelRoomOf(path: string): string {
  return /^src\/lib\/model\/([^/]+)\//u.exec(path)?.[1] ?? '';
}

/** Import cycles between files, each as `a -> b -> a` from its first file; whoever reads has to follow those of types, too. */
export function importCycles(tree: SourceTree): readonly string[] {
  const targets = new Map<string, readonly string[]>();
  for (const [path, text] of tree) {
    targets.set(
      path,
      relativeImports(path, text).map((found) => found.target),
    );
  }
  const cycles = new Set<string>();
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.add([...trail.slice(start), path].join(' -> '));
    if (start >= 0 || done.has(path)) return;
    for (const target of targets.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of [...tree.keys()].sort()) visit(path, []);
  return [...cycles];
}

function importsOf(tree: SourceTree): readonly RelativeImport[] {
  return [...tree].flatMap(([path, text]) => relativeImports(path, text));
}

/** `src/lib/keys/derive.ts` is in `keys`, `src/commands/keys/list.ts` in `commands`, `src/index.ts` in itself. */
function folderOf(path: string): string {
  const [, top = '', below = ''] = path.split('/');
  return top === 'lib' ? below : top;
}

function reasonAgainst({ from, target, kind }: RelativeImport, tree: SourceTree): string | undefined {
  if (!tree.has(target)) return 'no such source file (imports end in .ts and stay inside src)';
  const source = folderOf(from);
  const folder = folderOf(target);
  if (source === folder || source === 'index.ts') return undefined;
  const allowed = importTable[source] ?? [];
  if (allowed.includes(folder)) return undefined;
  if (!allowed.includes(`type:${folder}`)) return `${source} may not import ${folder}`;
  return kind === 'type' ? undefined : `${source} may import only types of ${folder}`;
}
