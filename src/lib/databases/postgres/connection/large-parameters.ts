import type { Client } from 'pg';
import { freeMemory } from '../../../model/bytes/free-memory.ts';
import type { Parameter } from './parameter.ts';

/*
 * The driver lays out a message in memory that it makes half as large again whenever there is no room left, and leaves all of it to the
 * collector: of a chunk that is 3 MiB. What is written here is the message "Bind": see "Message Formats" in PostgreSQL's
 * documentation.
 */

/** What the driver binds to a statement. */
interface Binding {
  readonly portal?: string | undefined;
  readonly statement?: string | undefined;
  readonly values?: readonly unknown[] | undefined;
  readonly binary?: boolean | undefined;
}

/** The part of the driver that binds; its types leave it out. */
interface BindingConnection {
  readonly stream: { write(bytes: Buffer, written: () => void): unknown; readonly writable: boolean };
  bind(binding: Binding): void;
}

/** From here on a parameter is worth it. */
const largeBytes = 16_384;

const forms = { text: 0, binary: 1 } as const;
const typeOfBind = 0x42;

/** Has messages with large binary parameters laid out in one piece of memory, which is given back when it is sent. */
export function sendLargeParameters(client: Client): void {
  const connection = client.connection as unknown as BindingConnection;
  const bind = connection.bind.bind(connection);
  connection.bind = (binding) => {
    const { values = [] } = binding;
    const { stream } = connection;
    if (!isLarge(values)) bind(binding);
    else if (stream.writable) {
      const message = layOut(binding, values);
      stream.write(message, () => {
        freeMemory(message);
      });
    }
  };
}

/** Whether one of the values is large, and each has its final form. */
function isLarge(values: readonly unknown[]): values is readonly Parameter[] {
  return (
    values.some((value) => Buffer.isBuffer(value) && value.length >= largeBytes) &&
    values.every((value) => value === null || typeof value === 'string' || Buffer.isBuffer(value))
  );
}

function layOut(
  { portal = '', statement = '', binary = false }: Binding,
  values: readonly Parameter[],
): Buffer {
  const names = Buffer.from(`${portal}\0${statement}\0`);
  const contents = values.map((value) => (typeof value === 'string' ? Buffer.from(value) : value));
  const bytes = contents.reduce((sum, content) => sum + 6 + (content?.length ?? 0), 0);
  const message = Buffer.allocUnsafeSlow(13 + names.length + bytes);
  let at = message.writeUInt8(typeOfBind);
  at = message.writeInt32BE(message.length - 1, at);
  at += names.copy(message, at);
  at = message.writeInt16BE(values.length, at);
  for (const value of values)
    at = message.writeInt16BE(Buffer.isBuffer(value) ? forms.binary : forms.text, at);
  at = message.writeInt16BE(values.length, at);
  for (const content of contents) {
    at = message.writeInt32BE(content?.length ?? -1, at);
    at += content?.copy(message, at) ?? 0;
  }
  at = message.writeInt16BE(1, at);
  message.writeInt16BE(binary ? forms.binary : forms.text, at);
  return message;
}
