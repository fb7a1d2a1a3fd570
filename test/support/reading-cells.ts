import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const page = readFileSync(new URL('../../docs/reading-cells.md', import.meta.url), 'utf8');

/** A language of docs/reading-cells.md, and how its program is put to the test. */
export interface ReadingLanguage {
  readonly name: 'python' | 'javascript' | 'java' | 'go' | 'ruby' | 'php';
  /** A command that succeeds where the language is at hand. */
  readonly probe: readonly string[];
  /** The program's file, and the command that runs it. */
  readonly file: string;
  readonly command: readonly string[];
  /** Makes a program out of the page's code, which opens the cell it is given, prints the value, and seals another. */
  complete(code: string): string;
}

/**
 * Every language of the page. A program is called with a key in hexadecimal, a cell and a value; the place is column `email` of
 * table `users` in the row of the key (7, `a`).
 */
export const readingLanguages: readonly ReadingLanguage[] = [
  {
    name: 'python',
    probe: ['python3', '-c', 'import cryptography'],
    file: 'cells.py',
    command: ['python3', 'cells.py'],
    complete: (code) => `${code}
import sys
key, bound_to = bytes.fromhex(sys.argv[1]), place("users", "email", 7, "a")
print(open_cell(key, sys.argv[2], bound_to))
print(seal_cell(key, sys.argv[3], bound_to))`,
  },
  {
    name: 'javascript',
    probe: [process.execPath, '--version'],
    file: 'cells.mjs',
    command: [process.execPath, 'cells.mjs'],
    complete: (code) => `${code}
const [hexadecimal, cell, value] = process.argv.slice(2);
const [key, boundTo] = [Buffer.from(hexadecimal, 'hex'), place('users', 'email', 7n, 'a')];
console.log(openCell(key, cell, boundTo));
console.log(sealCell(key, value, boundTo));`,
  },
  {
    name: 'java',
    probe: ['java', '--version'],
    file: 'Main.java',
    command: ['java', 'Main.java'],
    complete: (code) => {
      const imports = code.split('final class')[0] ?? '';
      return `${imports}
public class Main {
  public static void main(String[] words) throws Exception {
    byte[] key = java.util.HexFormat.of().parseHex(words[0]);
    byte[] place = Cells.place("users", "email", 7L, "a");
    System.out.println(Cells.open(key, words[1], place));
    System.out.println(Cells.seal(key, words[2], place));
  }
}
${code.slice(imports.length)}`;
    },
  },
  {
    name: 'go',
    probe: ['go', 'version'],
    file: 'cells.go',
    command: ['go', 'run', 'cells.go'],
    complete: (
      code,
    ) => `${code.replace('package cells', 'package main').replace('"fmt"', '"encoding/hex"\n\t"fmt"\n\t"os"')}
func main() {
	key, _ := hex.DecodeString(os.Args[1])
	place := Place("users", "email", int64(7), "a")
	value, err := Open(key, os.Args[2], place)
	if err != nil {
		panic(err)
	}
	cell, _ := Seal(key, os.Args[3], place)
	fmt.Println(value)
	fmt.Println(cell)
}`,
  },
  {
    name: 'ruby',
    probe: ['ruby', '--version'],
    file: 'cells.rb',
    command: ['ruby', 'cells.rb'],
    complete: (code) => `${code}
key, place = [ARGV[0]].pack("H*"), Cells.place("users", "email", 7, "a")
puts Cells.open(key, ARGV[1], place)
puts Cells.seal(key, ARGV[2], place)`,
  },
  {
    name: 'php',
    probe: ['php', '--version'],
    file: 'cells.php',
    command: ['php', 'cells.php'],
    complete: (code) => `${code}
[$key, $place] = [hex2bin($argv[1]), Cells::place('users', 'email', 7, 'a')];
echo Cells::open($key, $argv[2], $place), "\\n", Cells::seal($key, $argv[3], $place), "\\n";`,
  },
];

/** Whether the language is there. */
export function isAtHand({ probe: [program = '', ...words] }: ReadingLanguage): boolean {
  return spawnSync(program, words).status === 0;
}

/** Runs the page's program with a key, a cell and a value; returns the lines it prints. */
export function runPage(language: ReadingLanguage, ...words: readonly string[]): readonly string[] {
  const code = new RegExp(`^\`\`\`${language.name}\n(?<code>.*?)^\`\`\``, 'ms').exec(page)?.groups?.['code'];
  if (code === undefined) throw new Error(`the page has no program in ${language.name}`);
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-reading-'));
  try {
    writeFileSync(join(folder, language.file), language.complete(code));
    const [program = '', ...rest] = language.command;
    const { status, stdout, stderr } = spawnSync(program, [...rest, ...words], {
      cwd: folder,
      encoding: 'utf8',
      // What it is called with and prints goes by the locale in some languages; without one, it is ASCII.
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
    if (status !== 0) throw new Error(`${language.name}: ${stderr}`);
    return stdout.trimEnd().split('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
