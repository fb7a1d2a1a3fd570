import { createHmac } from 'node:crypto';
import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { hmacSha256 } from '../../../src/lib/model/bytes/hmac-sha256.ts';

const keys = fc.uint8Array({ minLength: 1, maxLength: 64 });
const messages = fc.uint8Array({ maxLength: 300 });

test.prop([keys, fc.array(messages, { maxLength: 4 })], { numRuns: 500 })(
  'two one-shot hashes give what an Hmac object gives, message after message',
  (key, many) => {
    const hmac = hmacSha256(key);
    for (const message of many) {
      const digest = hmac.digest(Buffer.concat([hmac.innerPad, message]));
      expect(Buffer.from(digest, 'latin1')).toEqual(createHmac('sha256', key).update(message).digest());
    }
  },
);
