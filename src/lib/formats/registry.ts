import type { FormatName } from '../model/column-state.ts';
import type { CellFormat } from './cell-format.ts';
import { fernet } from './fernet/fernet.ts';

/** Every cell format, by name. A new format is one new file or folder and one line here. */
export const formats: Readonly<Record<FormatName, CellFormat>> = {
  fernet,
};
