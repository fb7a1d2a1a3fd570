import { readFileSync, readdirSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import ts from 'typescript';

/** Source texts by their path from the repository's root, with forward slashes. */
export type SourceTree = ReadonlyMap<string, string>;

/** One import, export-from or `import()` of a relative path; `target` is the path from the root. */
export interface RelativeImport {
  readonly from: string;
  readonly target: string;
  readonly kind: 'value' | 'type';
}

/** Reads every TypeScript file below a folder such as `src`. */
export function readSourceTree(root: string, folder: string): SourceTree {
  const entries = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  const paths = entries.filter((entry) => entry.endsWith('.ts')).map((entry) => join(folder, entry));
  return new Map(paths.map((path) => [path.split(sep).join('/'), readFileSync(join(root, path), 'utf8')]));
}

/** The syntax tree of one file of the tree. */
export function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

/** All relative imports of one file; packages and `node:` modules are left out. */
export function relativeImports(path: string, text: string): readonly RelativeImport[] {
  const found: RelativeImport[] = [];
  const visit = (node: ts.Node): void => {
    const reference = referenceOf(node);
    if (reference?.specifier.startsWith('.') === true) {
      const target = posix.join(posix.dirname(path), reference.specifier);
      found.push({ from: path, target, kind: reference.kind });
    }
    ts.forEachChild(node, visit);
  };
  visit(parse(path, text));
  return found;
}

interface Reference {
  readonly specifier: string;
  readonly kind: 'value' | 'type';
}

/** What a syntax node imports, if it imports at all. */
function referenceOf(node: ts.Node): Reference | undefined {
  if (ts.isImportDeclaration(node)) {
    return reference(node.moduleSpecifier, isTypeOnlyImport(node) ? 'type' : 'value');
  }
  if (ts.isExportDeclaration(node)) {
    return reference(node.moduleSpecifier, isTypeOnlyExport(node) ? 'type' : 'value');
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return reference(node.argument.literal, 'type');
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return reference(node.arguments[0], 'value');
  }
  return undefined;
}

function reference(specifier: ts.Node | undefined, kind: Reference['kind']): Reference | undefined {
  return specifier !== undefined && ts.isStringLiteralLike(specifier)
    ? { specifier: specifier.text, kind }
    : undefined;
}

function isTypeOnlyImport({ importClause }: ts.ImportDeclaration): boolean {
  if (importClause === undefined) return false;
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { name, namedBindings } = importClause;
  if (name !== undefined || namedBindings === undefined || !ts.isNamedImports(namedBindings)) return false;
  return isTypeOnlyList(namedBindings.elements);
}

function isTypeOnlyExport({ isTypeOnly, exportClause }: ts.ExportDeclaration): boolean {
  if (isTypeOnly) return true;
  return (
    exportClause !== undefined && ts.isNamedExports(exportClause) && isTypeOnlyList(exportClause.elements)
  );
}

function isTypeOnlyList(elements: readonly { readonly isTypeOnly: boolean }[]): boolean {
  return elements.length > 0 && elements.every((element) => element.isTypeOnly);
}
