import { fileURLToPath } from 'node:url';
import { Config, type Command } from '@oclif/core';
import { afterEach, expect, test, vi } from 'vitest';
import { everywhereFlags } from '../../../src/lib/cli/flags/everywhere-flags.ts';
import KeyturnHelp from '../../../src/lib/cli/help.ts';
import { exitCodes } from '../../../src/lib/model/exit-codes.ts';

const config = await Config.load({ root: fileURLToPath(new URL('../../..', import.meta.url)) });

afterEach(() => {
  vi.restoreAllMocks();
});

async function helpOf(command: Command.Loadable): Promise<string> {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
  await new KeyturnHelp(config).showCommandHelp(command);
  return lines.join('\n');
}

test('help begins with the examples and ends with every exit code', async () => {
  const command = { id: 'probe', summary: 'Do it', examples: ['keyturn probe'], flags: {}, args: {} };
  const text = await helpOf(command as unknown as Command.Loadable);
  expect(text.match(/^[A-Z][A-Z ]+$/gm)).toEqual(['EXAMPLES', 'USAGE', 'EXIT CODES']);
  const listed = text.slice(text.indexOf('EXIT CODES')).match(/^ {2}\d+/gm);
  expect(listed?.map(Number)).toEqual(Object.values(exitCodes));
});

// oclif writes its own group in capitals: a list in small letters left --json out of every help.
test('flags of every command, --json among them, stand under a heading of their own', async () => {
  const text = await helpOf(config.findCommand('status', { must: true }));
  const [, ownHeading = ''] = text.split('GLOBAL FLAGS');
  for (const name of ['json', ...Object.keys(everywhereFlags)]) expect(ownHeading).toContain(`--${name}`);
});

test('the summary stands at the top alone, and the description in full', async () => {
  const command = config.findCommand('pause', { must: true });
  const text = (await helpOf(command)).replaceAll(/\s+/gu, ' ');
  expect(text.split(command.summary ?? '')).toHaveLength(2);
  expect(text).toContain(command.description);
});
