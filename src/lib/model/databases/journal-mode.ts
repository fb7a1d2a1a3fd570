/** How a SQLite connection keeps the way back from a transaction, where it may choose: in none of them is it lost. */
export type JournalMode = 'delete' | 'truncate' | 'persist';
