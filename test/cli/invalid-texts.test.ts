import { expect, test } from 'vitest';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import { createScene } from '../support/scene.ts';

const run = ['--yes', '--json', '--progress', 'none', '--no-backup'] as const;

test.each([[[]], [['--into', 'sealed']]])(
  'text that is no valid UTF-8 is listed and left alone, not waited for as if somebody else were writing it: %s',
  async (into) => {
    const scene = createScene((database) =>
      database.exec(`CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT);
        INSERT INTO t(v) VALUES ('fine'), (CAST(x'ff41' AS TEXT)), ('a' || char(0) || 'b')`),
    );
    const flags = ['--column', 't.v', '--key', 'file:new.key', '--format', 'fernet', ...into, ...run];
    const { code, stdout, stderr } = await scene.run('encrypt', ...flags);
    expect(code, stdout + stderr).toBe(3);
    const { cells, issues } = JSON.parse(stdout) as RunResult;
    expect(cells).toMatchObject({ rewritten: 2, quarantined: 1, deferred: 0 });
    expect(issues).toMatchObject([{ reason: 'refused', cells: 1 }]);
    expect(scene.values('SELECT hex(CAST(v AS BLOB)) FROM t WHERE id = 2')).toEqual(['FF41']);
  },
);
