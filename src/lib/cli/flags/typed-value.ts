/**
 * The value of a flag as it stands on the command line, before anything is parsed: `--config PATH` decides how the
 * rest is understood. The last one counts; what follows `--` is no flag.
 */
export function typedValue(argv: readonly string[], flag: string): string | undefined {
  const end = argv.indexOf('--');
  const words = end === -1 ? argv : argv.slice(0, end);
  const values = words.flatMap((word, index) => {
    if (word.startsWith(`${flag}=`)) return [word.slice(flag.length + 1)];
    return word === flag ? [words[index + 1]] : [];
  });
  return values.at(-1);
}
