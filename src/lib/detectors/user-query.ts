import type { Detector } from './detector.ts';

/** What people ask looks like any text, so the column's name has to tell. */
export const userQuery: Detector = {
  finds: 'what people asked or wrote',
  fieldType: 'query',
  evidence: 'named',
  columnNames: /(?:^|_)(?:query|question|prompt|comments?|response|message_?(?:text|body))(?:$|_)/u,
  detects: (text) => /\p{L}{2}/u.test(text) && text.includes(' '),
};
