import { basename } from 'node:path';
import ts from 'typescript';
import { parse, type SourceTree } from './source-tree.ts';

const maximumLines = 300;
const maximumCodeLinesOfACommand = 100;
const namesThatSayNothing = ['utils.ts', 'util.ts', 'helpers.ts', 'common.ts', 'misc.ts', 'index.ts'];
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*\.ts$/;

/** Files with more than 300 lines. */
export function longFiles(tree: SourceTree): readonly string[] {
  return pathsWhere(tree, (_, text) => text.trimEnd().split('\n').length > maximumLines);
}

/** Files of `src/lib` named after nothing (`utils.ts`, a folder's `index.ts`) or not in kebab-case. */
export function badlyNamedFiles(tree: SourceTree): readonly string[] {
  return pathsWhere(tree, (path) => {
    const name = basename(path);
    return path.startsWith('src/lib/') && (namesThatSayNothing.includes(name) || !kebabCase.test(name));
  });
}

/** Commands with more than 100 lines of code; blank lines and comments do not count. */
export function longCommands(tree: SourceTree): readonly string[] {
  return pathsWhere(
    tree,
    (path, text) => isCommand(path) && codeLines(path, text) > maximumCodeLinesOfACommand,
  );
}

/** Commands whose class has no `static examples = [...]` with at least one example. */
export function commandsWithoutExamples(tree: SourceTree): readonly string[] {
  return pathsWhere(tree, (path, text) => isCommand(path) && !hasExamples(parse(path, text)));
}

/** Exports without a doc comment, as `path: name`; of a command, its `static summary` says what it is. */
export function exportsWithoutComment(tree: SourceTree): readonly string[] {
  return [...tree].flatMap(([path, text]) =>
    parse(path, text)
      .statements.filter((statement) => isExported(statement) && !isDescribed(statement))
      .map((statement) => `${path}: ${nameOfExport(statement)}`),
  );
}

function isExported(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

function isDescribed(statement: ts.Statement): boolean {
  const isCommented = ts
    .getJSDocCommentsAndTags(statement)
    .some((one) => ts.isJSDoc(one) && (ts.getTextOfJSDocComment(one.comment) ?? '') !== '');
  return isCommented || (ts.isClassDeclaration(statement) && hasStatic(statement, 'summary'));
}

function hasStatic({ members }: ts.ClassDeclaration, name: string): boolean {
  return members.filter(ts.isPropertyDeclaration).some((member) => member.name.getText() === name);
}

function nameOfExport(statement: ts.Statement): string {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText()).join(', ');
  return 'name' in statement ? (statement.name as ts.Identifier).text : '';
}

/** Statements of `src/index.ts` that do more than export from elsewhere. */
export function statementsBesidesExports(text: string): readonly string[] {
  const { statements } = parse('src/index.ts', text);
  return statements.filter((statement) => !ts.isExportDeclaration(statement)).map((one) => one.getText());
}

/** Files whose imports do not stand in their order: Node's own, packages, then files, those of farther folders first. */
export function unsortedImports(tree: SourceTree): readonly string[] {
  return pathsWhere(tree, (path, text) => {
    const places = parse(path, text).statements.filter(ts.isImportDeclaration).map(placeOfImport);
    return places.some((place, index) => place < (places[index - 1] ?? ''));
  });
}

/** Sorts as the imports of a file do. */
function placeOfImport({ moduleSpecifier }: ts.ImportDeclaration): string {
  const name = (moduleSpecifier as ts.StringLiteral).text.toLowerCase();
  if (name.startsWith('node:')) return `0 ${name}`;
  if (!name.startsWith('.')) return `1 ${name}`;
  const folders = name.split('../').length - 1;
  return folders === 0 ? `3 ${name}` : `2 ${String(9 - folders)} ${name}`;
}

function pathsWhere(tree: SourceTree, isBad: (path: string, text: string) => boolean): readonly string[] {
  return [...tree].filter(([path, text]) => isBad(path, text)).map(([path]) => path);
}

function isCommand(path: string): boolean {
  return path.startsWith('src/commands/');
}

function codeLines(path: string, text: string): number {
  const file = parse(path, text);
  const lines = new Set<number>();
  const visit = (node: ts.Node): void => {
    if (ts.isJSDoc(node)) return;
    const children = node.getChildren(file);
    if (children.length === 0 && node.getWidth(file) > 0) {
      const first = file.getLineAndCharacterOfPosition(node.getStart(file)).line;
      const last = file.getLineAndCharacterOfPosition(node.getEnd()).line;
      for (let line = first; line <= last; line += 1) lines.add(line);
    }
    children.forEach(visit);
  };
  visit(file);
  return lines.size;
}

function hasExamples(file: ts.SourceFile): boolean {
  return file.statements.filter(ts.isClassDeclaration).some((command) =>
    command.members.filter(ts.isPropertyDeclaration).some((member) => {
      const isStatic = member.modifiers?.some((one) => one.kind === ts.SyntaxKind.StaticKeyword) ?? false;
      return isStatic && member.name.getText(file) === 'examples' && isFilledArray(member.initializer);
    }),
  );
}

function isFilledArray(value: ts.Expression | undefined): boolean {
  return value !== undefined && ts.isArrayLiteralExpression(value) && value.elements.length > 0;
}
