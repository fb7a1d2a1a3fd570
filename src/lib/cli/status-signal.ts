/** Calls `show` at every SIGUSR2 until the returned function is called. Windows has no such signal. */
export function onStatusSignal(show: () => void): () => void {
  if (process.platform === 'win32') return () => undefined;
  process.on('SIGUSR2', show);
  return () => {
    process.off('SIGUSR2', show);
  };
}
