import type { Check } from './check.ts';
import { databaseOpens } from './database-opens.ts';
import { diskSpace } from './disk-space.ts';
import { fileModes } from './file-modes.ts';
import { fileOwners } from './file-owners.ts';
import { fileSystem } from './file-system.ts';
import { hardLinks } from './hard-links.ts';
import { journalMode } from './journal-mode.ts';
import { keptCells } from './kept-cells.ts';
import { keySample } from './key-sample.ts';
import { keysDiffer } from './keys-differ.ts';
import { keysLoad } from './keys-load.ts';
import { leftTriggers } from './left-triggers.ts';
import { nodeVersion } from './node-version.ts';
import { oldBackups } from './old-backups.ts';
import { otherProcesses } from './other-processes.ts';
import { serverCapabilities } from './server-capabilities.ts';
import { serverLog } from './server-log.ts';
import { serverReplicas } from './server-replicas.ts';
import { serverRights } from './server-rights.ts';
import { serverRole } from './server-role.ts';
import { serverVacuum } from './server-vacuum.ts';
import { unfinishedMigration } from './unfinished-migration.ts';
import { writeGuards } from './write-guards.ts';

/** Every check, in the order in which it is shown. A new one is one new file and one line here. */
export const checks: readonly Check[] = [
  nodeVersion,
  databaseOpens,
  unfinishedMigration,
  writeGuards,
  leftTriggers,
  keptCells,
  keysLoad,
  keysDiffer,
  keySample,
  serverRole,
  serverRights,
  serverCapabilities,
  serverLog,
  serverVacuum,
  serverReplicas,
  fileModes,
  fileOwners,
  hardLinks,
  fileSystem,
  journalMode,
  otherProcesses,
  diskSpace,
  oldBackups,
];
