/** A defect to put into the code, which the schedules have to find. */
export interface Mutant {
  /** What the code does with it. */
  readonly defect: string;
  readonly edits: readonly MutantEdit[];
}

/** Text of one file to take the place of other text, which must be there exactly once. */
export interface MutantEdit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const guardOfTheLease = {
  file: 'src/lib/ledger/stores/run-store.ts',
  find: 'if (!lease) throw takenOver();',
  replace: 'if (!lease) return;',
};

/** One a mechanism that keeps a promise. Where two keep the same one, both are taken away. */
export const mutants: readonly Mutant[] = [
  {
    defect: 'completes a chunk without writing its cells',
    edits: [
      {
        file: 'src/lib/engine/passes/settle-batch.ts',
        find: 'const outcome = await transaction.replaceCells(table, transcoded.replacements);',
        replace: 'const outcome = { written: [], changed: [], vanished: [], refused: [] };',
      },
    ],
  },
  {
    defect: 'replaces cells whatever has become of them since they were read',
    edits: [
      {
        file: 'src/lib/databases/sqlite/writing/cell-writer.ts',
        find: 'WHERE ${address.sql} AND ${unchanged}`,\n    ),\n    stored',
        replace: 'WHERE ${address.sql} AND (${unchanged} OR true)`,\n    ),\n    stored',
      },
    ],
  },
  {
    defect: 'does not read rows again that changed since they were read',
    edits: [
      {
        file: 'src/lib/engine/passes/settle-batch.ts',
        find: 'if (outcome.changed.length === 0) return settled;',
        replace: 'if (outcome.changed.length >= 0) return settled;',
      },
    ],
  },
  {
    defect: 'counts cells as rewritten that it left alone',
    edits: [
      {
        file: 'src/lib/engine/transcoding/tally-batch.ts',
        find: "already: { counter: 'already' },",
        replace: "already: { counter: 'rewritten' },",
      },
    ],
  },
  {
    defect: 'goes on after it was taken over',
    edits: [guardOfTheLease],
  },
  {
    defect: 'goes on after it was taken over, with its old claim tokens',
    edits: [
      guardOfTheLease,
      { file: 'src/lib/ledger/stores/chunk-store.ts', find: 'if (!done) throw takenOver();', replace: '' },
    ],
  },
  {
    defect: 'takes over a run that lives',
    edits: [
      {
        file: 'src/lib/engine/runs/living-runs.ts',
        find: 'if (!lives(lease, runner)) await ledger',
        replace: 'await ledger',
      },
      {
        file: 'src/lib/engine/runs/open-run.ts',
        find: "if (concurrency === 'alone' && living[0]) throw locked(living[0]);",
        replace: '',
      },
    ],
  },
  {
    defect: 'forgets the chunks that a lost run had claimed',
    edits: [
      {
        file: 'src/lib/engine/passes/chunk-supply.ts',
        find: 'if (!left) break;',
        replace: 'break;',
      },
    ],
  },
  {
    defect: 'begins a pass where the last one ended',
    edits: [
      {
        file: 'src/lib/ledger/stores/pass-store.ts',
        find: 'frontier: null, layout_version',
        replace: 'layout_version',
      },
    ],
  },
  {
    defect: 'takes an error while reading for the end of the table',
    edits: [
      {
        file: 'src/lib/engine/passes/walk-pass.ts',
        find: 'if (isStatement) await refuseChangedShape(run, target);\n    throw error;',
        replace: "if (isStatement) throw error;\n    return { kind: 'finished', counts: noCells };",
      },
    ],
  },
  {
    defect: 'believes the first sweep, whatever it finds',
    edits: [
      {
        file: 'src/lib/engine/passes/sweep.ts',
        find: 'if (swept.found === 0)',
        replace: 'if (swept.found >= 0)',
      },
    ],
  },
  {
    defect: 'does not care that rows have got other keys',
    edits: [
      {
        file: 'src/lib/engine/passes/commit-chunk.ts',
        find: 'if ((await transaction.layoutVersion(target.table)) !== pass.layoutVersion)',
        replace: "if (pass.layoutVersion === 'never')",
      },
    ],
  },
  {
    defect: 'does not look at what is outside the plan',
    edits: [
      {
        file: 'src/lib/engine/execute-migration.ts',
        find: "if (leftovers.length > 0) return { kind: 'left behind', leftovers };",
        replace: '',
      },
    ],
  },
  {
    defect: 'leaves a migration unfinished that a rollback takes back',
    edits: [
      {
        file: 'src/lib/engine/runs/choose-migration.ts',
        find: 'if (unfinished) await giveUp(ledger, runner, unfinished);',
        replace: '',
      },
    ],
  },
  {
    defect: 'takes cells of another system for nothing worth mentioning',
    edits: [
      {
        file: 'src/lib/engine/judge-quarantine.ts',
        find: 'return refused > 0 || cells > mostCells',
        replace: 'return refused > 0',
      },
    ],
  },
  {
    defect: 'commits the cells before their checkpoint',
    edits: [
      {
        file: 'src/lib/databases/sqlite/open-database.ts',
        find: 'Promise.resolve(unguarded(database, () => tables.find(table).writer().replaceCells(cells))),',
        replace: `Promise.resolve(unguarded(database, () => {
          const outcome = tables.find(table).writer().replaceCells(cells);
          database.exec('COMMIT; BEGIN IMMEDIATE');
          return outcome;
        })),`,
      },
    ],
  },
];
