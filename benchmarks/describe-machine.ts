import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** The machine, and how busy it is; to be asked before anything is measured. */
export function describeMachine(): string {
  const [processor] = cpus();
  const memory = `${String(Math.round(totalmem() / 2 ** 30))} GiB`;
  const load = loadavg()[0]?.toFixed(1) ?? '?';
  return (
    `${platform()} ${release()} ${arch()}, ${String(cpus().length)} x ${processor?.model ?? 'unknown processor'}, ` +
    `${memory}, Node.js ${process.version}; load ${load} at the start; fsync on. CPU of keyturn is that of the whole ` +
    'command, planning and verification included.'
  );
}
