import type { Hook } from '@oclif/core';
import { nearestName } from '../model/texts/nearest-name.ts';
import { jsonText } from '../reporters/json-text.ts';
import { printable } from '../reporters/printable.ts';
import { describeError } from './description/describe-error.ts';
import { createPainter } from './rendering/painter.ts';
import { renderError } from './rendering/render-error.ts';
import { usageError } from './usage-error.ts';

/** oclif's hook for a command that does not exist: names the nearest one and ends with exit 2. */
const commandNotFound: Hook.CommandNotFound = function (options) {
  const { config, id, argv = [] } = options;
  const typed = id.replaceAll(':', ' ');
  const names = config.commandIDs.map((name) => name.replaceAll(':', ' '));
  const nearest = nearestName(typed, names);
  const error = usageError(`there is no command "${printable(typed)}"`, [
    ...(nearest === undefined ? [] : [`${config.bin} ${nearest} --help`]),
    `${config.bin} --help`,
  ]);
  const report = describeError(error, { name: config.bin, flags: {} });
  if (argv.includes('--json')) process.stdout.write(`${jsonText({ error: report }, 2)}\n`);
  else
    process.stderr.write(
      renderError(report, createPainter({ isTerminal: process.stderr.isTTY, environment: process.env })),
    );
  process.exit(report.exitCode);
};

export default commandNotFound;
