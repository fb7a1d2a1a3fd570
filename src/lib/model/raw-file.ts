/** A file in which a database keeps, or kept, what its tables hold. */
export interface RawFile {
  readonly path: string;
  readonly kind: 'database' | 'log' | 'journal' | 'table' | 'statistics';
  readonly bytes: number;
}
