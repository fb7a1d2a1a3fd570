/**
 * Memory that takes in and gives out text. Every Buffer has these methods: its `write` and `toString` end in them,
 * after looking their encoding up by name, and that costs a tenth of the time of sealing or opening a cell. Node's
 * documentation leaves them out, so its types do too.
 */
export interface TextMemory extends Buffer {
  /** Decodes base64url into at most `length` bytes from `offset` on; gives how many were written. */
  base64urlWrite(text: string, offset: number, length: number): number;
  /** Encodes bytes as base64url, without padding. */
  base64urlSlice(start: number, end: number): string;
  /** The bytes as characters. */
  latin1Slice(start: number, end: number): string;
  /** Writes the low byte of each character; gives how many were written. */
  latin1Write(text: string, offset: number, length: number): number;
  subarray(start?: number, end?: number): TextMemory;
}

/** Memory of any content. */
export function allocateTextMemory(bytes: number): TextMemory {
  return Buffer.allocUnsafeSlow(bytes) as TextMemory;
}

/** Bytes as such memory; they stay where they are. */
export function asTextMemory({ buffer, byteOffset, byteLength }: Uint8Array): TextMemory {
  return Buffer.from(buffer, byteOffset, byteLength) as TextMemory;
}
