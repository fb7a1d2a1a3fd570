import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { exitCodes } from '../src/lib/model/exit-codes.ts';
import { stateTransitions } from '../src/lib/model/migrations/migration-state.ts';
import { importTable, modelRooms } from './architecture/import-table.ts';
import { parse, readSourceTree, type SourceTree } from './architecture/source-tree.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const source = readSourceTree(root, 'src');

/** The cells of the table below a heading, row by row, without its header. */
function tableUnder(markdown: string, heading: string): readonly (readonly string[])[] {
  const section = markdown.split(/^(?=#+ )/m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) => line.split('|').slice(1, -1).map(withoutMarks));
}

function withoutMarks(cell: string): string {
  return cell.trim().replaceAll('`', '');
}

/** The names in a text that end with a slash. */
function namesOfFolders(text: string): readonly string[] {
  return text.match(/[\w-]+(?=\/)/g) ?? [];
}

/** The subfolders of each large folder, sorted; below formats and indexes, a folder is one implementation. */
function roomsOf(tree: SourceTree): Readonly<Record<string, readonly string[]>> {
  const rooms: Record<string, string[]> = {};
  for (const path of [...tree.keys()].sort()) {
    const [folder = '', ...below] = path.split('/').slice(2, -1);
    if (['formats', 'indexes', 'commands'].includes(folder)) continue;
    const [room] = folder === 'databases' ? below.slice(1) : below;
    if (room !== undefined) rooms[folder] = [...new Set([...(rooms[folder] ?? []), room])].sort();
  }
  return rooms;
}

/** The same as the page has it. */
function documentedRooms(page: string): Readonly<Record<string, readonly string[]>> {
  const rows = tableUnder(page, '### Subfolders');
  return Object.fromEntries(
    rows.map(([folder = '', text = '']) => [folder, [...namesOfFolders(text)].sort()]),
  );
}

/** Every `KT_...` code that the source can give an error. */
const errorCodes = [...new Set([...source.values()].flatMap((text) => text.match(/\bKT_[A-Z_]+\b/g) ?? []))];

describe('docs/architecture.md', () => {
  const page = read('docs/architecture.md');

  test('has the import table that the architecture test holds', () => {
    const documented = tableUnder(page, '## Layers').map(([folder, imports]) => [folder, imports]);
    const actual = Object.entries(importTable).map(([folder, allowed]) => [
      folder,
      allowed.length === 0 ? 'nothing' : allowed.join(', '),
    ]);
    expect(documented).toEqual(actual);
  });

  test('says of exactly those folders that they are not there yet', () => {
    const missing = tableUnder(page, '## Layers').filter(([, , purpose]) =>
      purpose?.startsWith('not there yet'),
    );
    const folders = Object.keys(importTable).filter(
      (folder) => folder !== 'commands' && !existsSync(join(root, 'src', 'lib', folder)),
    );
    expect(missing.map(([folder]) => folder)).toEqual(folders);
  });

  test('names every subfolder of the large folders, and no other', () => {
    expect(documentedRooms(page)).toEqual(roomsOf(source));
  });

  test('names the rooms of the model in the order of their imports', () => {
    const [, rooms = ''] = tableUnder(page, '### Subfolders').find(([folder]) => folder === 'model') ?? [];
    expect(namesOfFolders(rooms)).toEqual(modelRooms);
  });

  test('has the state table of the code', () => {
    const actual = stateTransitions.map(({ from, to, when }) => [from, to, when]);
    expect(tableUnder(page, '## States')).toEqual(actual);
  });

  test('has every table of the ledger', () => {
    const tables = source.get('src/lib/ledger/schema/tables.ts')?.match(/\bkeyturn_\w+/g) ?? [];
    expect(tableUnder(page, '## Ledger').map(([table]) => table)).toEqual(tables);
  });
});

test('the runbook has every error code of the source, and no other', () => {
  const documented = tableUnder(read('docs/runbook.md'), '## Every error').map(([code]) => code);
  expect(documented).toEqual([...errorCodes].sort());
});

test('every error code of the source was seen by a test', () => {
  const tests = [...readSourceTree(root, 'test').values()].join();
  expect(errorCodes.filter((code) => !new RegExp(`\\b${code}\\b`).test(tests))).toEqual([]);
});

test('the README and the help have every exit code', () => {
  const readme = tableUnder(read('README.md'), '## Exit codes').flatMap(([one, , , other]) => [one, other]);
  const documented = readme.join(', ').match(/\d+/g)?.map(Number) ?? [];
  const help = source.get('src/lib/cli/help.ts') ?? '';
  const codes = Object.values<number>(exitCodes).sort((one, other) => one - other);
  expect([...documented].sort((one, other) => one - other)).toEqual(codes);
  for (const code of codes) expect(help).toMatch(new RegExp(`^(?:.*\`)?${code} `, 'm'));
});

test('the page on configuration has every field', () => {
  type Section = Readonly<Record<string, { readonly properties?: Section }>>;
  const schema = JSON.parse(read('schemas/keyturn.config.schema.json')) as { readonly properties: Section };
  const fields = Object.entries(schema.properties).flatMap(([name, { properties }]) =>
    properties === undefined ? [name] : Object.keys(properties).map((field) => `${name}.${field}`),
  );
  const documented = tableUnder(read('docs/configuration.md'), '## Fields').map(([field]) => field ?? '');
  expect([...documented].sort()).toEqual(fields.filter((field) => field !== '$schema').sort());
});

test('the README has every command', () => {
  const cells = tableUnder(read('README.md'), '## Commands').map(([command]) => command);
  const files = [...source.keys()].filter((path) => path.startsWith('src/commands/'));
  const names = files.map((path) =>
    path.replace('src/commands/', '').replace('.ts', '').replaceAll('/', ' '),
  );
  const documented = cells.flatMap((cell) => cell?.split(', ') ?? []);
  expect(documented.map((cell) => cell.replace(/ \[.*/, '')).sort()).toEqual(names.sort());
});

test('docs/json-output.md has every field of every result', () => {
  const page = read('docs/json-output.md');
  const paths = [...source.keys()].filter((path) => path.startsWith('src/lib/cli/results/'));
  const interfaces = paths.flatMap((path) =>
    parse(path, source.get(path) ?? '').statements.filter(ts.isInterfaceDeclaration),
  );
  const fields = interfaces.flatMap(({ members }) => members.map((member) => member.name?.getText() ?? ''));
  expect(fields.length).toBeGreaterThan(50);
  expect([...new Set(fields)].filter((field) => !page.includes(`\`${field}\``))).toEqual([]);
});

test('the index of decisions has each of them once, with a sentence', () => {
  const files = readdirSync(join(root, 'docs/decisions')).filter((name) => name !== 'README.md');
  const lines = read('docs/decisions/README.md').split('\n');
  const entries = lines.flatMap((line) => /^- \[\d{4}\]\((.+?\.md)\): .+\.$/.exec(line)?.[1] ?? []);
  expect(entries.sort()).toEqual(files.sort());
});

test('links between pages lead to files and headings that exist', () => {
  const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name));
  const broken = [...pages, 'README.md', 'examples/fleet-server/README.md'].flatMap((page) =>
    linksOf(read(page))
      .filter((link) => !leadsSomewhere(page, link))
      .map((link) => `${page}: ${link}`),
  );
  expect(broken).toEqual([]);
});

test('files that the pages name exist', () => {
  const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const exists = (file: string): boolean =>
    ['', 'src', 'src/lib'].some((folder) => existsSync(join(root, folder, file)));
  const named = pages.flatMap(
    (page) => read(`docs/${page}`).match(/(?<=`)[a-z-]+(?:\/[a-z-]+)+\.ts(?=`)/g) ?? [],
  );
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((file) => !exists(file))).toEqual([]);
});

function linksOf(markdown: string): readonly string[] {
  const links = [...markdown.matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1] ?? '');
  return links.filter((link) => !link.startsWith('https:'));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(root, target))) return false;
  if (anchor === undefined) return true;
  const headings = [...read(target).matchAll(/^#+ (.*)$/gm)].map((match) => match[1] ?? '');
  return headings.some((heading) => anchorOf(heading) === anchor);
}

/** As GitHub makes them: lower case, only letters, digits and hyphens. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}
