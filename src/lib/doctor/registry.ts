import type { Check } from './check.ts';
import { databaseOpens } from './checks/database-opens.ts';
import { diskSpace } from './checks/disk-space.ts';
import { fileModes } from './checks/file-modes.ts';
import { fileOwners } from './checks/file-owners.ts';
import { fileSystem } from './checks/file-system.ts';
import { hardLinks } from './checks/hard-links.ts';
import { journalMode } from './checks/journal-mode.ts';
import { keptCells } from './checks/kept-cells.ts';
import { keySample } from './checks/key-sample.ts';
import { keysDiffer } from './checks/keys-differ.ts';
import { keysLoad } from './checks/keys-load.ts';
import { leftTriggers } from './checks/left-triggers.ts';
import { nodeVersion } from './checks/node-version.ts';
import { oldBackups } from './checks/old-backups.ts';
import { otherProcesses } from './checks/other-processes.ts';
import { serverCapabilities } from './checks/server-capabilities.ts';
import { serverLog } from './checks/server-log.ts';
import { serverReplicas } from './checks/server-replicas.ts';
import { serverRights } from './checks/server-rights.ts';
import { serverRole } from './checks/server-role.ts';
import { serverVacuum } from './checks/server-vacuum.ts';
import { unfinishedMigration } from './checks/unfinished-migration.ts';
import { writeGuards } from './checks/write-guards.ts';

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
