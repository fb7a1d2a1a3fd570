import { expect, test } from 'vitest';
import { configurationJsonSchema } from '../../../src/lib/configuration/configuration-schema.ts';

test('the schema that editors use is the one keyturn checks with (update: npm run schema:update)', async () => {
  await expect(configurationJsonSchema()).toMatchFileSnapshot('../../../schemas/keyturn.config.schema.json');
});
