import { Client } from 'pg';

/** Does something on a connection of its own, which is closed afterwards. */
export async function onClient<Result>(
  url: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ connectionString: url });
  // A connection that is lost shows in what is asked of it, too; unheard, it would end the whole process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
