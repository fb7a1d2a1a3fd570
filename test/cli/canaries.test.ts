import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { onCopy } from '../support/database-copy.ts';
import { fernetKeyText, testKeys } from '../support/fleet-database.ts';
import type { KeyturnOptions } from '../support/run-keyturn.ts';
import { createScene, rotationKeys, token, type Scene } from '../support/scene.ts';

/** Texts that must appear nowhere, by what they would give away. */
type Canaries = Readonly<Record<string, readonly Buffer[]>>;

/** Bytes in every form in which they could be written. */
function formsOf(bytes: Buffer): readonly Buffer[] {
  const texts = [
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    // Each alignment of base64, without the characters at the edges that depend on their neighbours.
    ...[0, 1, 2].flatMap((skipped) => {
      const inner = bytes.subarray(skipped, skipped + 3 * Math.floor((bytes.length - skipped) / 3));
      return [inner.toString('base64'), inner.toString('base64url')];
    }),
  ];
  return [bytes, ...texts.map((text) => Buffer.from(text))];
}

function findLeaks(canaries: Canaries, content: Buffer): readonly string[] {
  const leaked = Object.entries(canaries).filter(([, forms]) => forms.some((form) => content.includes(form)));
  return leaked.map(([name]) => name);
}

/** All files under a folder. */
function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** Every value of every table of the ledger, as one text; on a copy, because a killed run may have left a journal. */
function ledgerOf(path: string): Buffer {
  return onCopy(path, (database) => {
    const query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'keyturn%'";
    const tables = database.prepare(query).all();
    const rows = tables.flatMap(({ name }) => database.prepare(`SELECT * FROM ${String(name)}`).all());
    return Buffer.from(JSON.stringify(rows));
  });
}

function makePlaintexts(count: number): readonly string[] {
  return Array.from({ length: count }, () => `canary-${randomBytes(24).toString('hex')}`);
}

/** The keys of the tests, and some plaintexts. */
function canariesOf(plaintexts: readonly string[]): Canaries {
  return {
    'old key': formsOf(testKeys.old),
    'half of the old key': formsOf(testKeys.old.subarray(16)),
    'new key': formsOf(testKeys.new),
    'half of the new key': formsOf(testKeys.new.subarray(16)),
    'third key': formsOf(testKeys.third),
    ...Object.fromEntries(
      plaintexts.map((text, index) => [`plaintext ${String(index)}`, formsOf(Buffer.from(text))]),
    ),
  };
}

/** A command, its flags, and how it is run. */
type Invocation = readonly [string, readonly string[], KeyturnOptions?];

/** Runs commands one after the other; finds canaries in what they print, in the ledger after each, and in files at the end. */
async function leaksOf(
  scene: Scene,
  canaries: Canaries,
  invocations: readonly Invocation[],
): Promise<readonly string[]> {
  const temporary = join(scene.folder, 'tmp');
  mkdirSync(temporary);
  const leaks: string[] = [];
  for (const [command, flags, options = {}] of invocations) {
    // The kept ciphertext of quarantined cells is no secret; a truncated name of a file might be.
    const env = { TMPDIR: temporary, DEBUG: '*', NODE_DEBUG: '' };
    const { stdout, stderr } = await scene.runWith({ env, ...options }, command, ...flags);
    const ledger = ledgerOf(scene.path);
    for (const [place, content] of Object.entries({ stdout, stderr, ledger })) {
      for (const leak of findLeaks(canaries, Buffer.from(content)))
        leaks.push(`${leak} in ${place} of ${command}`);
    }
  }
  // The database, and the places from which keys are read.
  const written = filesUnder(scene.folder).filter(
    (path) => !/\.key$|bad\.json$|app\.yaml$|fleet\.db$/.test(path),
  );
  for (const path of written) {
    for (const leak of findLeaks(canaries, readFileSync(path))) leaks.push(`${leak} in ${path}`);
  }
  return leaks;
}

test('no key and no plaintext is in any output, plan, ledger or temporary file, whatever happens', async () => {
  const plaintexts = makePlaintexts(40);
  const canaries = canariesOf(plaintexts);
  const scene = createScene((database) => {
    database.exec(`CREATE TABLE t(id INTEGER PRIMARY KEY, cell TEXT, n INTEGER, CHECK (n <> 7 OR cell IS NULL OR n = 7));
      CREATE TRIGGER tell BEFORE UPDATE ON t WHEN old.n = 7 BEGIN SELECT RAISE(ABORT, 'told: ' || old.cell); END`);
    const insert = database.prepare('INSERT INTO t(cell, n) VALUES (?, ?)');
    plaintexts.forEach((text, index) => insert.run(token('old', text), index));
    // A value that nobody encrypted yet is as secret as the others.
    insert.run(plaintexts[0], 41);
    for (let row = 0; row < 4000; row += 1) insert.run(token('old', plaintexts[row % 40]), 100 + row);
  });
  const typed = ['--old-key', fernetKeyText(testKeys.old), '--new-key', fernetKeyText(testKeys.new)];
  const wrong = ['--old-key', 'file:third.key', '--new-key', 'file:new.key'];
  const run = ['--yes', '--triggers', 'fire', '--debug', '--verbose', '--batch-rows', '50', '--no-backup'];
  writeFileSync(join(scene.folder, 'bad.json'), JSON.stringify({ old: fernetKeyText(testKeys.old) }));
  writeFileSync(join(scene.folder, 'app.yaml'), `server:\n  key: "${fernetKeyText(testKeys.old)}"\n`, {
    mode: 0o600,
  });
  const published = ['--update-config', 'file:app.yaml#server.key'];
  const throttled = ['--throttle-command', 'echo "$0"; exit 0', '--max-log-size', '1G'];
  const leaks = await leaksOf(scene, canaries, [
    ['plan', [...rotationKeys, '--output', 'plan.json', '--debug']],
    ['plan', [...typed, '--output', 'typed.json', '--json']],
    ['plan', ['--old-key', `file:${fernetKeyText(testKeys.old)}`, '--new-key', 'file:new.key', '--debug']],
    ['plan', ['--old-key', `env:${fernetKeyText(testKeys.old)}`, '--new-key', 'file:new.key', '--debug']],
    ['plan', [fernetKeyText(testKeys.old), ...rotationKeys, '--debug']],
    ['plan', [`--${fernetKeyText(testKeys.old)}`, ...rotationKeys, '--debug']],
    ['plan', [...rotationKeys, '--output', 'no/such/folder', '--debug']],
    ['dry-run plan.json', ['--triggers', 'fire', '--verbose']],
    ['dry-run bad.json', ['--debug', '--json']],
    ['rotate', [...wrong, ...run]],
    ['rotate', ['--old-key', fernetKeyText(testKeys.old).slice(0, -2), '--new-key', 'file:new.key', ...run]],
    ['rotate', [...rotationKeys, ...run, '--progress', 'json'], { killAfterMilliseconds: 700 }],
    ['pause', ['--debug', '--json']],
    ['tune', ['--max-rate', '1000000', '--debug']],
    ['resume', ['--debug', '--json']],
    ['rotate', [...typed, ...run, '--json', '--progress', 'json', '--keep-undo', ...published, ...throttled]],
    ['guard observe', ['--debug']],
    ['guard', ['--json']],
    ['guard off', ['--debug']],
    ['init', ['--output', 'made.yaml', '--debug']],
    ['undo drop', ['--yes', '--debug']],
    ['audit log', ['--json']],
    ['doctor', [...rotationKeys, '--json']],
    ['status', ['--debug']],
    ['status', ['--json']],
    ['execute', [...typed, ...run]],
    ['verify', ['--debug', '--json', '--old-key', 'file:third.key']],
    ['rollback', [...run, '--progress', 'plain']],
    ['rollback', ['--json', '--debug', '--old-key', fernetKeyText(testKeys.third), '--yes']],
    ['verify', ['--verbose']],
    ['keys inspect', ['file:old.key', '--json']],
  ]);
  expect(leaks).toEqual([]);
  expect(filesUnder(scene.folder).map((path) => path.slice(scene.folder.length + 1))).toEqual(
    expect.arrayContaining(['plan.json', 'typed.json', 'made.yaml']),
  );
});

test('nor while plaintext columns are encrypted, decrypted and taken back', async () => {
  const plaintexts = makePlaintexts(300);
  const scene = createScene((database) => {
    database.exec('CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT NOT NULL)');
    for (const text of plaintexts) database.prepare('INSERT INTO people(name) VALUES (?)').run(text);
  });
  const run = ['--yes', '--debug', '--verbose', '--batch-rows', '50', '--no-backup', '--format', 'fernet'];
  const people = ['--column', 'people.name', '--key', 'file:third.key', ...run];
  const leaks = await leaksOf(scene, canariesOf(plaintexts), [
    ['scan', ['--json']],
    ['encrypt', [...people, '--json', '--progress', 'json']],
    ['verify', ['--json', '--record']],
    ['decrypt', ['--column', 'people.name', '--key', 'file:new.key', ...run]],
    ['rollback', ['--yes', '--debug']],
    ['encrypt', people],
    ['decrypt', people],
    ['status', ['--json']],
    ['audit log', ['--json']],
  ]);
  expect(leaks).toEqual([]);
  expect(scene.values('SELECT name FROM people')).toEqual(plaintexts);
  expect(scene.values("SELECT count(*) FROM keyturn_migration WHERE state = 'succeeded'")).toEqual([4n]);
});

test('the search for canaries finds them', () => {
  const canaries: Canaries = { key: formsOf(testKeys.old) };
  for (const encoding of ['hex', 'base64', 'base64url', 'latin1'] as const) {
    for (const prefix of ['', 'x', 'xy']) {
      const text = Buffer.concat([Buffer.from(prefix), testKeys.old]).toString(encoding);
      expect(findLeaks(canaries, Buffer.from(`...${text}...`, 'latin1'))).toEqual(['key']);
    }
  }
  expect(findLeaks(canaries, randomBytes(10_000))).toEqual([]);
});
