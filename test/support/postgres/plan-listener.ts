import { startProxy } from './start-proxy.ts';

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
  const heard: Buffer[][] = [];
  const url = new URL(
    await startProxy(serverUrl, ({ client, server }) => {
      const answers: Buffer[] = [];
      heard.push(answers);
      return {
        fromClient: (bytes) => server.write(bytes),
        fromServer(bytes) {
          answers.push(bytes);
          client.write(bytes);
        },
      };
    }),
  );
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
