import { fileURLToPath } from 'node:url';
import { Config, type Command } from '@oclif/core';
import { afterEach, expect, test, vi } from 'vitest';
import KeyturnHelp from '../../../src/lib/cli/help.ts';
import { exitCodes } from '../../../src/lib/model/exit-codes.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

test('help begins with the examples and ends with every exit code', async () => {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
  const config = await Config.load({ root: fileURLToPath(new URL('../../..', import.meta.url)) });
  const command = { id: 'probe', summary: 'Do it', examples: ['keyturn probe'], flags: {}, args: {} };
  await new KeyturnHelp(config).showCommandHelp(command as unknown as Command.Loadable);
  const text = lines.join('\n');
  expect(text.match(/^[A-Z][A-Z ]+$/gm)).toEqual(['EXAMPLES', 'USAGE', 'EXIT CODES']);
  const listed = text.slice(text.indexOf('EXIT CODES')).match(/^ {2}\d+/gm);
  expect(listed?.map(Number)).toEqual(Object.values(exitCodes));
});
