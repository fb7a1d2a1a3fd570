import { fernet } from './fernet/fernet.ts';
import { withoutOptions, type FormatFamily } from './format-family.ts';

/** Every cell format. A new one is one new file or folder and one line here. */
export const formatFamilies: readonly FormatFamily[] = [withoutOptions(fernet)];
