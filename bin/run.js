#!/usr/bin/env node
/**
 * Starts keyturn. On a Node.js that is too old it hands over to the one this checkout brings, or says in one
 * line what to install and exits 78. Plain ES2020, so that an old Node.js gets as far as that line.
 */
import { existsSync, readFileSync } from 'node:fs';
import module from 'node:module';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// A key given on the command line must not stay in the process list.
process.title = 'keyturn';
// Otherwise this signal opens Node's debugger, which can read keys.
process.on('SIGUSR1', () => undefined);

const exitEnvironment = 78;
const folder = fileURLToPath(new URL('..', import.meta.url));
const bundledNode = join(folder, 'node_modules', '.bin', 'node');
const launcherChannel = process.env['KEYTURN_ARGV_FD'];
delete process.env['KEYTURN_ARGV_FD'];

/** The range of Node.js versions in package.json, such as `^22.22.2 || >=26`. */
function supportedRange() {
  const manifest = readFileSync(join(folder, 'package.json'), 'utf8');
  return /** @type {{ engines: { node: string } }} */ (JSON.parse(manifest)).engines.node;
}

/**
 * Whether a version is in a range made of `^x.y.z` and `>=x` joined by `||`.
 * @param {string} version
 * @param {string} range
 */
function isInRange(version, range) {
  const [major = 0, minor = 0, patch = 0] = (version.match(/\d+/g) ?? []).map(Number);
  return range.split('||').some((part) => {
    const [lowMajor = 0, lowMinor = 0, lowPatch = 0] = (part.match(/\d+/g) ?? []).map(Number);
    if (major !== lowMajor) return part.includes('>=') && major > lowMajor;
    return minor > lowMinor || (minor === lowMinor && patch >= lowPatch);
  });
}

/** A user that the system has no name for, as in containers: Node.js throws where its home folder or its shell is asked for. */
function standInForUser() {
  try {
    userInfo();
  } catch {
    const { HOME = '/', SHELL = '/bin/sh' } = process.env;
    Object.assign(process.env, { HOME, SHELL });
  }
}

/** An empty variable counts as none: what it names would be relative to the working folder. */
function cacheFolder() {
  const { XDG_CACHE_HOME: named = '' } = process.env;
  return named === '' ? join(homedir(), '.cache') : named;
}

async function runCommand() {
  if (launcherChannel !== undefined) {
    const { receiveFromLauncher } = await import('./launched.js');
    process.argv.push(...(await receiveFromLauncher(Number(launcherChannel))));
  }
  standInForUser();
  // A private folder: the default one under /tmp could be filled with code by another user.
  module.enableCompileCache(join(cacheFolder(), 'keyturn'));
  // oclif's debug output prints the whole command line, with any key in it.
  delete process.env['DEBUG'];
  const { execute } = await import('@oclif/core');
  process.stdout.removeAllListeners('error').on('error', tellLostHelp);
  await execute({ dir: import.meta.url });
}

/**
 * Help and version are written by no command; a command puts a listener of its own in the place of this one.
 * @param {NodeJS.ErrnoException} error
 */
function tellLostHelp({ code = 'unknown error' }) {
  // Whoever reads no further has seen enough.
  if (code === 'EPIPE') return;
  process.stderr.write(
    `Error: the text cannot be written to standard output (${code})\nCode: KT_RESULT_LOST\nTry this: make room where the output goes\n`,
  );
  process.exitCode = exitEnvironment;
}

async function handOver() {
  const { launch } = await import('./launcher.js');
  launch(bundledNode, fileURLToPath(import.meta.url));
}

if (isInRange(process.version, supportedRange())) {
  void runCommand();
} else if (launcherChannel === undefined && existsSync(bundledNode)) {
  void handOver();
} else {
  process.stderr.write(
    `keyturn needs Node.js ${supportedRange()}, but this is ${process.version}: ` +
      'install a newer one from https://nodejs.org/en/download\n',
  );
  process.exitCode = exitEnvironment;
}
