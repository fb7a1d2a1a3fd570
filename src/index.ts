/** The public library surface of keyturn: re-exports only. */
export {};
