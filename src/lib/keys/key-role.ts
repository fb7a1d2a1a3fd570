/** Which key of a run this is; `index`: that of blind indexes; `key` where there is only one. */
export type KeyRole = 'old' | 'new' | 'index' | 'key';

/** How messages name the key, e.g. `old key`. */
export function nameOfRole(role: KeyRole): string {
  return role === 'key' ? 'key' : `${role} key`;
}

/** What to type for a reference, e.g. `--old-key env:OLD`; where there is only one key, it is an argument. */
export function typedReference(role: KeyRole, reference: string): string {
  return role === 'key' ? reference : `--${role}-key ${reference}`;
}
