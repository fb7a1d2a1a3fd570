import { ofText, withoutCase, type Normaliser } from '../normaliser.ts';

/** What follows the last `@` of an e-mail address, whatever its case. */
export const domain: Normaliser = {
  name: 'domain',
  version: 1,
  finds: 'the same part behind the @',
  normalise: ofText((text) => {
    const part = text.slice(text.lastIndexOf('@') + 1);
    return part === '' || part === text ? null : withoutCase(part);
  }),
};
