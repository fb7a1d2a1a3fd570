import type { CellCipher, CellFormat } from '../../formats/cell-format.ts';
import type { CellValue } from '../../model/cells/stored-value.ts';
import type { PlaintextState } from '../../model/columns/column-state.ts';
import type { Plan, PlannedKey } from '../../model/plans/plan.ts';
import type { RequestedIndex } from '../indexes/plan-indexes.ts';
import type { RequestedField } from './requested-fields.ts';

/** What is wanted of an encryption, or of a decryption. */
export interface EncryptionRequest {
  readonly kind: 'encrypt' | 'decrypt';
  /** Version of keyturn that makes the plan. */
  readonly madeBy: string;
  readonly key: PlannedKey;
  readonly format: CellFormat;
  readonly cipher: CellCipher;
  /** Tells whether a value looks like a cell of any format: a run does not seal it unasked. */
  readonly looksSealed: (value: CellValue) => boolean;
  /** The columns by name, as `--column` takes them; at least one. */
  readonly columns: readonly string[];
  readonly empty: PlaintextState['empty'];
  /** Those of the columns whose values are all plaintext, whatever they look like. */
  readonly assumedPlaintext: readonly string[];
  /** The columns that take the cells, by a pattern of their names; without it, each column takes its own. */
  readonly into: string | undefined;
  /** The requested blind indexes, and their key; `null` where there are none. */
  readonly indexes: readonly RequestedIndex[];
  readonly indexKey: PlannedKey | null;
  readonly afterwards?: Plan['afterwards'] | undefined;
  /** What the columns hold, where somebody has said so. */
  readonly fields: readonly RequestedField[];
}
