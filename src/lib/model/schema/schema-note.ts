/** Something of the schema that a run meets, and that needs no decision. */
export interface SchemaNote {
  readonly kind:
    | 'index'
    | 'blind index'
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
    | 'logical slot'
    | 'partition'
    | 'primary key'
    | 'trigger'
    | 'sequence'
    | 'default';
  readonly name: string;
  /** What it means for a run, as a sentence without a full stop. */
  readonly consequence: string;
  /** What to do about it, where the values of its column go into another one. */
  readonly advice?: string;
  /** The effect of dropping that column; `keeps it`: it cannot be dropped. */
  readonly whenDropped?: 'goes along' | 'keeps it';
}

/** The same, with the table it belongs to. */
export interface TableNote extends SchemaNote {
  readonly table: string;
}
