import { startPostgresServer } from './postgres-server.ts';

/** Starts a server, says where it is, and dies the hard way without closing it. */
const server = await startPostgresServer({ writes: 'fast' });
process.stdout.write(JSON.stringify({ port: server.port, folder: server.folder }), () => {
  process.kill(process.pid, 'SIGKILL');
});
