import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { isKeyShaped } from '../../../src/lib/keys/material/key-shape.ts';
import { tokenShapedExample } from './samples.ts';

test.each([
  'old.key',
  'OLD_KEY',
  'keys/production/2026/FleetServerDatabaseEncryption.key',
  '/tmp/keyturn-keys-vPocBC/old.key',
  '../Keys/fleetServerOld2026V2.key',
  'server.dbEncryptionKeyV2',
  'FLEET_SERVER_DATABASE_ENCRYPTION_KEY_V2',
  'fleetServerDatabaseEncryptionKeyV2',
  'f47ac10b-58cc-4372-a567-0e02b2c3d479',
])('%s is a name or a path', (text) => {
  expect(isKeyShaped(text)).toBe(false);
});

test('a token is shaped like a key', () => {
  expect(isKeyShaped(tokenShapedExample)).toBe(true);
});

test.each(['base64', 'base64url', 'hex'] as const)('random keys in %s are told from names', (encoding) => {
  const keys = Array.from({ length: 5000 }, () => randomBytes(32).toString(encoding));
  const missed = keys.filter((key) => !isKeyShaped(key));
  // One in a thousand was measured.
  expect(missed.length).toBeLessThan(50);
});
