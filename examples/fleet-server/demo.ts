/**
 * A key rotation from beginning to end, with a `kill -9` in the middle, on a fleet server's database that is made
 * up for it. Exits 0 only if everything was as promised. `--keep` leaves the files where they are.
 */
import { mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  configuredKey,
  configFile,
  databaseFile,
  installFleetServer,
  readFleet,
  type FleetContent,
} from './fleet-server.ts';
import { openStage, type RunningCommand, type Stage } from './stage.ts';

const database = `--database sqlite:${databaseFile}`;
const oldKey = `--old-key file:${configFile}#server.db_encryption_key`;
const newKey = '--new-key file:new.key';

/** What the story needs from one chapter to the next. */
interface Story {
  readonly folder: string;
  readonly stage: Stage;
  /** The database before anything was done to it. */
  readonly before: FleetContent;
}

const startedAt = performance.now();
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'keyturn-demo-')));
const keep = process.argv.includes('--keep');
try {
  await tell(folder);
} finally {
  if (!keep) rmSync(folder, { recursive: true, force: true });
}
console.log(
  keep ? `The files are in ${folder}.` : `The files were in ${folder} and are removed (--keep leaves them).`,
);

async function tell(where: string): Promise<void> {
  const stage = openStage(where);
  const story: Story = { folder: where, stage, before: install(where, stage) };
  await plan(story);
  await rotateAndKill(story);
  await resume(story);
  await goBack(story);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  stage.heading(`All of it was as promised, in ${seconds} s.`);
}

function install(where: string, stage: Stage): FleetContent {
  stage.heading('1. A fleet server with six encrypted tables');
  installFleetServer(where);
  const content = readFleet(where, [configuredKey(where)]);
  const megabytes = (statSync(join(where, databaseFile)).size / 1e6).toFixed(1);
  stage.say(
    `${databaseFile} has ${count(content.rows)} rows and ${count(content.opened[0])} Fernet tokens (${megabytes} MB).\n` +
      `The key is in ${configFile}, as server.db_encryption_key. The server's manual says:\n` +
      '"Key rotation script not yet implemented."',
  );
  return content;
}

async function plan({ stage, folder: where }: Story): Promise<void> {
  stage.heading('2. A new key, a plan, a rehearsal');
  stage.say('The key goes to a file of its own and is never shown.');
  await stage.run('keyturn keys generate --format fernet --output file:new.key');
  const before = readFileSync(join(where, databaseFile));
  stage.say(
    '\nThe plan finds the encrypted columns by their content. The manual names four tables; there are six.',
  );
  await stage.run(`keyturn plan ${database} ${oldKey} ${newKey} --output plan.json`);
  stage.say('\nThe rehearsal opens, seals and compares every cell, in transactions that roll back.');
  await stage.run(`keyturn dry-run plan.json ${database}`);
  check(
    before.equals(readFileSync(join(where, databaseFile))),
    'the database file is byte for byte what it was',
  );
  stage.say('\nUntil here the database file is byte for byte what it was.');
}

async function rotateAndKill({ stage, folder: where, before }: Story): Promise<void> {
  stage.heading('3. The rotation, killed in the middle');
  stage.say('Tiny transactions, so that there is time to kill it.');
  const rotation = stage.start(
    `keyturn rotate ${database} ${oldKey} ${newKey} --yes --quiet --batch-rows 10`,
  );
  await untilThereIsProgress(stage, rotation);
  stage.type(`kill -9 ${String(rotation.processId)}`);
  process.kill(rotation.processId, 'SIGKILL');
  const { signal } = await rotation.ended;
  check(signal === 'SIGKILL', 'the rotation was killed before it had finished');
  const { output } = await stage.run(`keyturn status ${database}`);
  check(output.includes('interrupted'), 'status says that the run was interrupted');
  const content = readFleet(where, [configuredKey(where), newKeyOf(where)]);
  checkContent(content, before);
  const [underOld = 0, underNew = 0] = content.opened;
  check(underOld > 0 && underNew > 0, 'the kill came in the middle');
  stage.say(
    `\nThe fleet server's own Fernet opens ${count(underOld)} cells under the old key and ${count(underNew)} under the\n` +
      'new one. Every cell still holds what it held: nothing is lost and nothing is encrypted twice.',
  );
}

/** Asks `keyturn status` until the rotation has rewritten some rows. */
async function untilThereIsProgress(stage: Stage, rotation: RunningCommand): Promise<void> {
  let hasEnded = false;
  void rotation.ended.then(() => (hasEnded = true));
  for (;;) {
    check(!hasEnded, 'the rotation runs until it is killed');
    const { exitCode, output } = await stage.ask(`keyturn status ${database} --json`);
    const isRunning = exitCode === 0 && (JSON.parse(output) as { rows: { done: number } }).rows.done > 3_000;
    if (isRunning) return;
  }
}

async function resume({ stage, folder: where, before }: Story): Promise<void> {
  stage.heading('4. Going on where it stopped');
  stage.say(
    'The keys and the plan are in the ledger, inside the database. The lease of a dead process is taken over.',
  );
  await stage.run(`keyturn execute ${database} --yes --progress none`);
  stage.say('\nThe count of every cell by key, in a read-only pass of its own:');
  await stage.run(`keyturn verify ${database}`);
  const content = readFleet(where, [newKeyOf(where)]);
  checkContent(content, before);
  stage.say(
    `\nThe fleet server's own Fernet agrees: ${count(content.opened[0])} cells, all under the new key.`,
  );
  stage.say('The same rotation once more finds nothing to do.');
  await stage.run(`keyturn rotate ${database} ${oldKey} ${newKey} --yes`);
}

async function goBack({ stage, folder: where, before }: Story): Promise<void> {
  stage.heading('5. Back to the old key');
  stage.say(
    'Say the new server does not start, at three in the morning. A rollback works on the values as they are now.',
  );
  await stage.run(`keyturn rollback ${database} --yes --progress none`);
  await stage.run(`keyturn verify ${database}`);
  const content = readFleet(where, [configuredKey(where)]);
  checkContent(content, before);
  stage.say(
    `\nAll ${count(content.opened[0])} cells are under the old key again, with the content they began with.`,
  );
}

function checkContent(content: FleetContent, before: FleetContent): void {
  check(content.unreadable === 0, 'every cell can be opened');
  check(content.digest === before.digest, 'every cell holds what it held before');
}

function newKeyOf(where: string): string {
  return readFileSync(join(where, 'new.key'), 'utf8').trim();
}

function check(isAsPromised: boolean, promise: string): void {
  if (!isAsPromised) throw new Error(`not as promised: ${promise}`);
}

function count(number: number | undefined): string {
  return (number ?? 0).toLocaleString('en');
}
