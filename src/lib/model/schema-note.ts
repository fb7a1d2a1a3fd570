/** Something of the schema that a run meets, and that needs no decision. */
export interface SchemaNote {
  readonly kind:
    | 'index'
    | 'unique'
    | 'check'
    | 'exclusion'
    | 'foreign key'
    | 'view'
    | 'materialized view'
    | 'rule'
    | 'policy'
    | 'generated column'
    | 'function'
    | 'statistics'
    | 'row security'
    | 'replica identity'
    | 'publication'
    | 'partition';
  readonly name: string;
  /** What it means for a run, as a sentence without a full stop. */
  readonly consequence: string;
}

/** The same, with the table it belongs to. */
export interface TableNote extends SchemaNote {
  readonly table: string;
}
