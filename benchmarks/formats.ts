import { parseArgs } from 'node:util';
import type { CellFormat } from '../src/lib/formats/cell-format.ts';
import { everyFormat } from '../src/lib/formats/format-named.ts';
import { generateKey } from '../src/lib/keys/material/generate-key.ts';
import { encodeRowKey, type CellPlaces } from '../src/lib/model/cells/cell-places.ts';

/*
 * CPU time of rotating one value, open, seal and open again, for every cell format, or those whose name begins with the
 * argument: `npm run bench:formats -- tink`. With `--databases` the time a value that `rotate` takes on SQLite and on a
 * PostgreSQL server of its own, in about two minutes.
 */
const { values, positionals } = parseArgs({
  options: { databases: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const nameBegins = positionals[0] ?? '';

const batchCells = 1000;
const rounds = 15;

/** For formats that bind each cell to its row. */
const places: CellPlaces = {
  table: 'users',
  column: 'email',
  rows: Array.from({ length: batchCells }, (_, index) => encodeRowKey([BigInt(index)])),
};

/** Microseconds of CPU a value, the median of all rounds. */
function measure(format: CellFormat, plaintextBytes: number): number {
  const [from, to] = [format.bind(generateKey(format)), format.bind(generateKey(format))];
  const value = Buffer.alloc(plaintextBytes, 'a value ');
  const ends = Uint32Array.from({ length: batchCells }, (_, index) => (index + 1) * plaintextBytes);
  const plaintexts = {
    bytes: Buffer.concat(Array.from({ length: batchCells }, () => value)),
    starts: ends.map((end) => end - plaintextBytes),
    ends,
    timestamps: new BigUint64Array(batchCells),
  };
  const cellClass = format.classes[0] ?? 'text';
  const classes = Array.from(ends, () => cellClass);
  const cells = from.sealBatch(plaintexts, classes, places);
  const times = Array.from({ length: rounds }, () => {
    const before = process.cpuUsage();
    to.openBatch(to.sealBatch(from.openBatch(cells, places), classes, places), places);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / batchCells;
  });
  return times.sort((one, other) => one - other)[rounds >> 1] ?? 0;
}

if (values.databases) {
  const { measureInDatabases } = await import('./formats-in-databases.ts');
  await measureInDatabases(nameBegins);
} else {
  measureInMemory();
}

function measureInMemory(): void {
  for (const format of everyFormat().filter(({ name }) => name.startsWith(nameBegins))) {
    const [small, large] = [measure(format, 100), measure(format, 1500)];
    console.log(
      `${format.name.padEnd(62)} 100 B ${small.toFixed(1).padStart(6)} us   1.5 KB ${large.toFixed(1).padStart(6)} us`,
    );
  }
  console.log('CPU a value for open, seal and open again');
}
