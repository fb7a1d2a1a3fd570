/** The ledger's own tables, which no plan and no search touches; any other table belongs to the user. */
export const ledgerTableNames = [
  'keyturn_meta',
  'keyturn_migration',
  'keyturn_target',
  'keyturn_chunk',
  'keyturn_cell_issue',
  'keyturn_worker',
  'keyturn_event',
  'keyturn_undo',
  'keyturn_guard',
  'keyturn_sample',
  'keyturn_pair',
  'keyturn_mark',
  'keyturn_index',
] as const;
