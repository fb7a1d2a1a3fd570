/** Which key of a run this is; `key` where there is only one. */
export type KeyRole = 'old' | 'new' | 'key';

/** How messages name the key, e.g. `old key`. */
export function nameOfRole(role: KeyRole): string {
  return role === 'key' ? 'key' : `${role} key`;
}

/** The flag that takes the key's reference, e.g. `--old-key`. */
export function flagOfRole(role: KeyRole): string {
  return role === 'key' ? '--key' : `--${role}-key`;
}
