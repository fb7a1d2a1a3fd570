/**
 * Gives memory back at once, for who knows that nobody will look at it again. The collector sees only a small object in front of
 * it, leaves that for long, and then collects a whole heap to get at the memory. What shares its memory with others stays.
 */
export function freeMemory({ buffer, byteLength }: ArrayBufferView): void {
  if (buffer instanceof ArrayBuffer && byteLength > 0 && byteLength === buffer.byteLength) buffer.transfer(0);
}
