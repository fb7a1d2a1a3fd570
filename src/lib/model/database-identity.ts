/** Which database this is: a plan made for one is refused by another. */
export interface DatabaseIdentity {
  readonly kind: 'sqlite';
  /** Canonical absolute path. */
  readonly location: string;
  /** What the file system knows the file by (device and inode), so that a replaced file is noticed. */
  readonly fileId: string;
}
