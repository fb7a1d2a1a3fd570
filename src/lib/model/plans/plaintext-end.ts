/** How the plaintext column ends once every value has its cell in another one: it is emptied, or dropped. */
export type PlaintextEnd = 'empty' | 'drop';
