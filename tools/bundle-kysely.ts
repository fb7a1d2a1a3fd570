/**
 * The last step of a build: puts Kysely into one file, and has the compiled code import that one. Every command that opens a
 * database loads Kysely: its 300 files took 90 ms of CPU, the one takes 8.
 */
import { copyFileSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const dist = join(import.meta.dirname, '..', 'dist');
const bundle = join(dist, 'kysely.js');
const entry = fileURLToPath(import.meta.resolve('kysely'));

await build({
  input: entry,
  platform: 'node',
  output: {
    file: bundle,
    format: 'esm',
    banner: '/* Kysely; its licence stands in kysely.LICENSE beside this file. */',
  },
});
copyFileSync(join(dirname(entry), '..', 'LICENSE'), join(dist, 'kysely.LICENSE'));

for (const name of globSync('**/*.js', { cwd: dist })) {
  const path = join(dist, name);
  const code = readFileSync(path, 'utf8');
  if (path === bundle || !code.includes("from 'kysely'")) continue;
  const way = relative(dirname(path), bundle);
  writeFileSync(path, code.replaceAll("from 'kysely'", `from '${way.startsWith('.') ? way : `./${way}`}'`));
}
