import type { TestProject } from 'vitest/node';
import { startPostgresServer } from './postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL of the server all test files share, with `DATABASE` in place of a database's name. */
    readonly postgresUrl: string;
  }
}

/** vitest calls this once before the first test that needs PostgreSQL, and what it returns after the last. */
export default async function startSharedServer(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgresServer({ writes: 'fast' });
  project.provide('postgresUrl', server.url('DATABASE'));
  return () => server.close();
}
