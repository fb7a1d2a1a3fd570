/** What becomes of a column of plaintext once every value has its cell elsewhere: its values go, or the whole column does. */
export type PlaintextEnd = 'empty' | 'drop';
