import { connect, createServer, type AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A node of a plan, as `EXPLAIN (FORMAT JSON)` writes it. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** A statement that was run, with the plan it was run by. */
export interface ExplainedStatement {
  readonly text: string;
  readonly plan: PlanNode;
}

/** Between a client and the server, which is asked to explain every statement; listens to what it says. */
export interface PlanListener {
  readonly url: string;
  statements(): readonly ExplainedStatement[];
}

/** What has the server send the plan of each statement that it runs along with its answer. */
const settings = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_format': 'json',
  'auto_explain.log_level': 'notice',
  'auto_explain.log_parameter_max_length': '0',
};

/** Starts to listen to the connections that go through its URL. */
export async function listenToPlans(serverUrl: string): Promise<PlanListener> {
  const target = new URL(serverUrl);
  const heard: Buffer[][] = [];
  // Without it each answer waits for 40 ms to be acknowledged.
  const noDelay = true;
  const server = createServer({ noDelay }, (client) => {
    const upstream = connect({ port: Number(target.port), host: target.hostname, noDelay });
    const answers: Buffer[] = [];
    heard.push(answers);
    upstream.on('data', (bytes) => answers.push(bytes));
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  const url = new URL(serverUrl);
  url.port = String((server.address() as AddressInfo).port);
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  url.search = `?options=${encodeURIComponent(options.join(' '))}`;
  return {
    url: url.href,
    statements: () => heard.flatMap((answers) => explanationsIn(Buffer.concat(answers).toString('utf8'))),
  };
}

function explanationsIn(answers: string): readonly ExplainedStatement[] {
  return [...answers.matchAll(/plan:\n(?<json>\{.*?\n\})\0/gsu)].map(({ groups }) => {
    const { 'Query Text': text, Plan: plan } = JSON.parse(groups?.['json'] ?? '') as {
      readonly 'Query Text': string;
      readonly Plan: PlanNode;
    };
    return { text, plan };
  });
}
