/**
 * What a column means to the people it is about: how harmful it is when it gets out, and what it is called. The names
 * are those of the field types of encrypted columns in the wild.
 */
export type FieldType =
  'email' | 'phone' | 'tax_id' | 'personal_data' | 'financial_data' | 'query' | 'credential';

/** Every field type. */
export const fieldTypes = [
  'email',
  'phone',
  'tax_id',
  'personal_data',
  'financial_data',
  'query',
  'credential',
] as const satisfies readonly FieldType[];

/** How harmful it is when a value gets out: `high` first in an emergency. */
export type Sensitivity = 'high' | 'medium' | 'low';

/** The sensitivity of each field type. */
export const sensitivities: Readonly<Record<FieldType, Sensitivity>> = {
  credential: 'high',
  tax_id: 'high',
  financial_data: 'high',
  email: 'medium',
  phone: 'medium',
  personal_data: 'medium',
  query: 'low',
};
