import type { Detector } from './detector.ts';

/** How keys and tokens of well-known issuers begin, and how long they are at least. */
const issued = [
  /^(?:sk|rk|pk)_(?:live|test)_\w{16,}$/u,
  /^sk-[\w-]{20,}$/u,
  /^gh[pousr]_\w{36,}$/u,
  /^github_pat_\w{22,}$/u,
  /^glpat-[\w-]{20,}$/u,
  /^(?:AKIA|ASIA)[\dA-Z]{16}$/u,
  /^AIza[\w-]{35}$/u,
  /^xox[abeoprs]-[\w-]{10,}$/u,
  /^eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]*$/u,
  /^npm_\w{36}$/u,
  /^hvs\.[\w-]{20,}$/u,
  /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/u,
];

/** A key or token whose issuer marks it as one: payment, source hosting, cloud and messaging services, JWT, PEM. */
export const accessToken: Detector = {
  finds: 'access tokens or private keys',
  fieldType: 'credential',
  evidence: 'each',
  columnNames: /token|secret|api_?key|private_?key|credential/u,
  detects: (text) => issued.some((pattern) => pattern.test(text)),
};
