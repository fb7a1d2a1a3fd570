import { getCACertificates, type ConnectionOptions } from 'node:tls';
import { readClientCertificate, readRootCertificate } from './certificate-files.ts';
import type { EncryptionWish } from './encryption-wish.ts';

/** How a connection is encrypted; `false`: not at all. */
export type Encryption = ConnectionOptions | false;

/** Reads what one attempt to connect needs. */
type EncryptionAttempt = () => Promise<Encryption>;

/** What the certificate of a server has to prove: that one of our authorities has signed it, and that it is for the host in the URL. */
type Proof = 'nothing' | 'authority' | 'authority and name';

const plain: EncryptionAttempt = () => Promise.resolve(false);

/** The attempts that a wish comes to, in their order. The modes mean what they mean to libpq; see decision 0141. */
export function encryptionsFor(
  wish: EncryptionWish,
  host: string,
): readonly [EncryptionAttempt, EncryptionAttempt?] {
  const { mode, rootCertificate, negotiation } = wish;
  // Nobody else listens at a socket.
  if (mode === 'disable' || host.startsWith('/')) return [plain];
  const encrypted: EncryptionAttempt = () => encryptionOf(wish);
  const isPreference = mode === undefined || mode === 'prefer';
  if (!isPreference || rootCertificate !== undefined || negotiation === 'direct') return [encrypted];
  return isHere(host) ? [plain, encrypted] : [encrypted, plain];
}

/** On this machine nobody listens, and encryption costs. */
function isHere(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

async function encryptionOf(wish: EncryptionWish): Promise<Encryption> {
  const client = await readClientCertificate(wish);
  const root = await rootOf(wish);
  const proof = proofOf(wish, root);
  if (proof === 'nothing') return { ...client, rejectUnauthorized: false };
  const ca = root === 'system' ? systemsOwn() : root;
  // Of authorities that everybody trusts anybody gets a certificate, for some name.
  const isNameFree = proof === 'authority' && root !== undefined && root !== 'system';
  return {
    ...client,
    ...(ca !== undefined && { ca }),
    ...(isNameFree && { checkServerIdentity: () => undefined }),
  };
}

type Root = Awaited<ReturnType<typeof readRootCertificate>>;

async function rootOf({ mode, rootCertificate }: EncryptionWish): Promise<Root> {
  if (mode === 'no-verify') return undefined;
  const isProofWished = mode !== undefined && mode !== 'prefer';
  return readRootCertificate(rootCertificate, isProofWished ? 'usual' : 'named');
}

function proofOf({ mode }: EncryptionWish, root: Root): Proof {
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
function systemsOwn(): string[] {
  return [...getCACertificates('default'), ...getCACertificates('system')];
}
