import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  badlyNamedFiles,
  commandsWithoutExamples,
  exportsWithoutComment,
  longCommands,
  longFiles,
  statementsBesidesExports,
  unsortedImports,
} from './architecture/file-rules.ts';
import {
  forbiddenImports,
  importCycles,
  modelImportsUpwards,
  unknownFolders,
} from './architecture/import-rules.ts';
import { readSourceTree, type SourceTree } from './architecture/source-tree.ts';

/** A made-up tree: texts by path. */
function tree(files: Readonly<Record<string, string>>): SourceTree {
  return new Map(Object.entries(files));
}

describe('the source keeps its architecture', () => {
  const source = readSourceTree(fileURLToPath(new URL('..', import.meta.url)), 'src');

  test('every folder is in the import table', () => {
    expect(unknownFolders(source)).toEqual([]);
  });
  test('every import is allowed by the import table', () => {
    expect(forbiddenImports(source)).toEqual([]);
  });
  test('no files import each other in a circle', () => {
    expect(importCycles(source)).toEqual([]);
  });
  test('every room of the model knows only those before it', () => {
    expect(modelImportsUpwards(source)).toEqual([]);
  });
  test('no file is longer than 300 lines', () => {
    expect(longFiles(source)).toEqual([]);
  });
  test('every file of src/lib is named after one thing, in kebab-case', () => {
    expect(badlyNamedFiles(source)).toEqual([]);
  });
  test('the imports of a file stand in their order', () => {
    expect(unsortedImports(source)).toEqual([]);
  });
  test('commands only translate: at most 100 lines of code', () => {
    expect(longCommands(source)).toEqual([]);
  });
  test('every command shows examples', () => {
    expect(commandsWithoutExamples(source)).toEqual([]);
  });
  test('every export says what it promises', () => {
    expect(exportsWithoutComment(source)).toEqual([]);
  });
  test('src/index.ts only exports from elsewhere', () => {
    expect(statementsBesidesExports(source.get('src/index.ts') ?? '')).toEqual([]);
  });
});

describe('the check of imports', () => {
  const targets = { 'src/lib/model/cell.ts': '', 'src/lib/keys/secret-key.ts': '' };

  test.each([
    ["import { a } from '../keys/secret-key.ts';", 'formats may import only types of keys'],
    ["import { a, type B } from '../keys/secret-key.ts';", 'formats may import only types of keys'],
    ["import '../keys/secret-key.ts';", 'formats may import only types of keys'],
    ["export { a } from '../keys/secret-key.ts';", 'formats may import only types of keys'],
    ["export * from '../keys/secret-key.ts';", 'formats may import only types of keys'],
    ["const a = await import('../keys/secret-key.ts');", 'formats may import only types of keys'],
    ["import { a } from '../engine/sweep.ts';", 'formats may not import engine'],
    ["import type { A } from '../engine/sweep.ts';", 'formats may not import engine'],
    ["let a: import('../engine/sweep.ts').A;", 'formats may not import engine'],
    ["import { a } from '../keys/secret-key.js';", 'no such source file'],
    ["import { a } from '../../../test/support.ts';", 'no such source file'],
  ])('finds %s', (text, reason) => {
    const files = tree({ ...targets, 'src/lib/engine/sweep.ts': '', 'src/lib/formats/fernet.ts': text });
    expect(forbiddenImports(files)).toEqual([expect.stringContaining(reason)]);
  });

  test.each([
    "import { a } from '../model/cell.ts';",
    "import type { A } from '../keys/secret-key.ts';",
    "import { type A, type B } from '../keys/secret-key.ts';",
    "export type { A } from '../keys/secret-key.ts';",
    "let a: import('../keys/secret-key.ts').A;",
    "import { a } from './aes.ts';",
    "import { a } from 'kysely'; import { b } from 'node:fs';",
    "// import { a } from '../engine/sweep.ts';",
    'const text = "import { a } from \'../engine/sweep.ts\'";',
  ])('accepts %s', (text) => {
    const files = tree({ ...targets, 'src/lib/formats/aes.ts': '', 'src/lib/formats/fernet.ts': text });
    expect(forbiddenImports(files)).toEqual([]);
  });

  test('a command may not reach below the session', () => {
    const files = tree({ ...targets, 'src/commands/keys/list.ts': "import '../../lib/keys/secret-key.ts';" });
    expect(forbiddenImports(files)).toEqual([expect.stringContaining('commands may not import keys')]);
  });
  test('a room of the model that knows a later one is found', () => {
    const files = tree({
      'src/lib/model/error.ts': "import '../model/plans/plan.ts';",
      'src/lib/model/plans/plan.ts': "import '../cells/cell.ts'; import '../error.ts';",
      'src/lib/model/cells/cell.ts': "import type { Plan } from '../plans/plan.ts';",
    });
    expect(modelImportsUpwards(files)).toEqual([
      'src/lib/model/cells/cell.ts -> src/lib/model/plans/plan.ts',
    ]);
  });
  test('a folder that is not in the table is found', () => {
    expect(unknownFolders(tree({ 'src/lib/tools/a.ts': '', 'src/index.ts': '' }))).toEqual(['tools']);
  });
  test('a circle is found, one of types alone, too', () => {
    const files = tree({
      'src/lib/model/a.ts': "import { b } from './b.ts';",
      'src/lib/model/b.ts': "import { c } from './c.ts';",
      'src/lib/model/c.ts': "import { b } from './b.ts';",
      'src/lib/model/d.ts': "import type { E } from './e.ts';",
      'src/lib/model/e.ts': "import type { D } from './d.ts';",
    });
    expect(importCycles(files)).toEqual([
      'src/lib/model/b.ts -> src/lib/model/c.ts -> src/lib/model/b.ts',
      'src/lib/model/d.ts -> src/lib/model/e.ts -> src/lib/model/d.ts',
    ]);
  });
});

describe('the check of files', () => {
  test('a long file is found', () => {
    const files = tree({
      'src/lib/model/a.ts': 'a;\n'.repeat(301),
      'src/lib/model/b.ts': 'b;\n'.repeat(300),
    });
    expect(longFiles(files)).toEqual(['src/lib/model/a.ts']);
  });
  test('imports that stand in another order are found', () => {
    const [node, kysely, far, near, beside] = ['node:fs', 'kysely', '../../a.ts', '../z.ts', './a.ts'].map(
      (name) => `import '${name}';\n`,
    );
    const files = tree({
      'src/lib/model/good.ts': `${node}${kysely}${far}${near}${beside}`,
      'src/lib/model/bad.ts': `${near}${far}`,
      'src/lib/model/worse.ts': `${beside}${node}`,
    });
    expect(unsortedImports(files)).toEqual(['src/lib/model/bad.ts', 'src/lib/model/worse.ts']);
  });
  test('names that say nothing are found in src/lib alone', () => {
    const bad = { 'src/lib/keys/index.ts': '', 'src/lib/utils.ts': '', 'src/lib/keys/secretKey.ts': '' };
    const good = { 'src/index.ts': '', 'src/commands/keys/index.ts': '', 'src/lib/keys/secret-key.ts': '' };
    expect(badlyNamedFiles(tree({ ...bad, ...good }))).toEqual(Object.keys(bad));
  });
  test('a command is measured without its comments and blank lines', () => {
    const remarks = '/** long\n * story\n */\n// and more\n\n'.repeat(50);
    const files = tree({
      'src/commands/long.ts': 'a;\n'.repeat(101),
      'src/commands/short.ts': `${remarks}${'a;\n'.repeat(100)}`,
      'src/lib/model/long.ts': 'a;\n'.repeat(101),
    });
    expect(longCommands(files)).toEqual(['src/commands/long.ts']);
  });
  test('a command without examples is found', () => {
    const files = tree({
      'src/commands/good.ts': "export default class Good { static override examples = ['keyturn good'] }",
      'src/commands/empty.ts': 'export default class Empty { static examples = [] }',
      'src/commands/instance.ts': "export default class Instance { examples = ['keyturn'] }",
      'src/commands/none.ts': 'export default class None {}',
    });
    expect(commandsWithoutExamples(files)).toEqual([
      'src/commands/empty.ts',
      'src/commands/instance.ts',
      'src/commands/none.ts',
    ]);
  });
  test('an export without a doc comment is found', () => {
    const files = tree({
      'src/lib/model/a.ts':
        '/** Some. */ export type A = 1; export type B = 2; // no\nexport const c = 1; function d() {} /** */ export function e() {}',
      'src/commands/a.ts':
        "export default class F { static override summary = 'Does it.'; } export { g } from './g.ts';",
    });
    expect(exportsWithoutComment(files)).toEqual(
      ['B', 'c', 'e'].map((name) => `src/lib/model/a.ts: ${name}`),
    );
  });
  test('code in src/index.ts is found', () => {
    expect(statementsBesidesExports("export * from './lib/model/a.ts'; export const b = 1;")).toEqual([
      'export const b = 1;',
    ]);
  });
});
