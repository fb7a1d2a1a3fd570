import { Client } from 'pg';
import { expect, test } from 'vitest';
import { sendLargeParameters } from '../../../src/lib/databases/postgres/connection/large-parameters.ts';

/** What the driver is told to bind. */
interface Binding {
  readonly statement?: string;
  readonly values: readonly unknown[];
  readonly binary?: boolean;
  readonly valueMapper: (value: unknown) => unknown;
}

/** A client that is not connected, and what it would have sent. */
function createListenedClient() {
  const client = new Client();
  const sent: { readonly bytes: Buffer; readonly written: () => void }[] = [];
  const connection = client.connection as unknown as { stream: unknown; bind(binding: Binding): void };
  connection.stream = {
    writable: true,
    write(bytes: Buffer, written = (): void => undefined) {
      sent.push({ bytes, written });
    },
  };
  return { client, connection, sent };
}

const valueMapper = (value: unknown): unknown => value;
const large = Buffer.alloc(20_000, 'token');

test.each<readonly [string, Binding]>([
  ['one value', { values: [large], valueMapper }],
  ['values of every kind', { values: ['grün', null, large, '', Buffer.alloc(0), large], valueMapper }],
  [
    'a named statement with a binary result',
    { statement: 'keyturn_7', values: [large, 'x'], binary: true, valueMapper },
  ],
])('a message with large parameters is the one that the driver would have sent: %s', (_, binding) => {
  const drivers = createListenedClient();
  drivers.connection.bind(binding);
  const ours = createListenedClient();
  sendLargeParameters(ours.client);
  ours.connection.bind(binding);
  expect(ours.sent).toHaveLength(1);
  expect(ours.sent[0]?.bytes.equals(drivers.sent[0]?.bytes ?? Buffer.alloc(0))).toBe(true);
  ours.sent[0]?.written();
  expect(ours.sent[0]?.bytes).toHaveLength(0);
  expect(large.toString()).toMatch(/^(?:token)+$/u);
});

test('small values, and those that the driver has to give a form first, are left to the driver', () => {
  const { client, connection, sent } = createListenedClient();
  sendLargeParameters(client);
  connection.bind({ values: [Buffer.alloc(10)], valueMapper });
  connection.bind({ values: [large, 7], valueMapper: String });
  for (const { written } of sent) written();
  expect(sent.map(({ bytes }) => bytes.length > 0)).toEqual([true, true]);
});
