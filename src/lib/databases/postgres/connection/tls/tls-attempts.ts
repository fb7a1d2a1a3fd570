import { getCACertificates, type ConnectionOptions } from 'node:tls';
import { readClientCertificate, readRootCertificate } from './certificate-files.ts';
import type { TlsSettings } from './tls-settings.ts';

/** How one attempt encrypts its connection; `false`: not at all. */
export type TlsOptions = ConnectionOptions | false;

/** Reads what one attempt to connect needs. */
type TlsAttempt = () => Promise<TlsOptions>;

/** What the certificate of a server has to prove: that one of our authorities has signed it, and that it is for the host in the URL. */
type Proof = 'nothing' | 'authority' | 'authority and name';

const plain: TlsAttempt = () => Promise.resolve(false);

/** The attempts to connect that the settings ask for, in their order. The modes mean what they mean to libpq (decision 0141). */
export function tlsAttempts(settings: TlsSettings, host: string): readonly [TlsAttempt, TlsAttempt?] {
  const { mode, rootCertificate, negotiation } = settings;
  // Nobody else listens at a socket.
  if (mode === 'disable' || host.startsWith('/')) return [plain];
  const encrypted: TlsAttempt = () => optionsOf(settings);
  const isPreference = mode === undefined || mode === 'prefer';
  if (!isPreference || rootCertificate !== undefined || negotiation === 'direct') return [encrypted];
  return isLocal(host) ? [plain, encrypted] : [encrypted, plain];
}

/** On this machine nobody listens, and encryption costs. */
function isLocal(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

async function optionsOf(settings: TlsSettings): Promise<TlsOptions> {
  const client = await readClientCertificate(settings);
  const root = await rootOf(settings);
  const proof = proofOf(settings, root);
  if (proof === 'nothing') return { ...client, rejectUnauthorized: false };
  const ca = root === 'system' ? trustedAuthorities() : root;
  // Of authorities that everybody trusts anybody gets a certificate, for some name.
  const isNameFree = proof === 'authority' && root !== undefined && root !== 'system';
  return {
    ...client,
    ...(ca !== undefined && { ca }),
    ...(isNameFree && { checkServerIdentity: () => undefined }),
  };
}

type Root = Awaited<ReturnType<typeof readRootCertificate>>;

async function rootOf({ mode, rootCertificate }: TlsSettings): Promise<Root> {
  if (mode === 'no-verify') return undefined;
  const isProofRequired = mode !== undefined && mode !== 'prefer';
  return readRootCertificate(rootCertificate, isProofRequired ? 'usual' : 'named');
}

function proofOf({ mode }: TlsSettings, root: Root): Proof {
  switch (mode) {
    case 'verify-full':
      return 'authority and name';
    case 'verify-ca':
      return 'authority';
    case 'require':
    case 'prefer':
      return root === undefined ? 'nothing' : 'authority';
    case undefined:
      return root === undefined ? 'nothing' : 'authority and name';
    case 'no-verify':
    case 'disable':
      return 'nothing';
  }
}

/** The authorities that this machine trusts, and those that Node.js does. */
function trustedAuthorities(): string[] {
  return [...getCACertificates('default'), ...getCACertificates('system')];
}
