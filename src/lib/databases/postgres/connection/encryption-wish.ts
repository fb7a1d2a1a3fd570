/** How a connection is to be encrypted, in the words of libpq; `no-verify` is the driver's own. */
type EncryptionMode = 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full' | 'no-verify';

/** What the URL of a server says of encryption, as it stands there. */
export interface EncryptionWish {
  /** `sslmode`; undefined: nothing is said. */
  readonly mode: EncryptionMode | undefined;
  readonly rootCertificate: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  /** `direct`: without asking the server first. */
  readonly negotiation: 'postgres' | 'direct';
}

/** What an application's own library calls `ssl`, in the words of libpq. */
const modesOfDriver: Readonly<Record<string, EncryptionMode>> = {
  true: 'verify-full',
  1: 'verify-full',
  false: 'disable',
  0: 'disable',
  'no-verify': 'no-verify',
};

/** Takes out of a URL what it says of encryption: the driver has other words for it, and would not ask us. */
export function separateEncryption(said: string): { readonly url: string; readonly wish: EncryptionWish } {
  const [server = '', query = ''] = said.split(/\?(.*)/su);
  const parameters = new URLSearchParams(query);
  const take = (name: string): string | undefined => {
    const value = parameters.get(name) ?? '';
    parameters.delete(name);
    return value === '' ? undefined : value;
  };
  const ssl = take('ssl');
  take('uselibpqcompat');
  const wish: EncryptionWish = {
    mode:
      (take('sslmode') as EncryptionMode | undefined) ?? (ssl === undefined ? undefined : modesOfDriver[ssl]),
    rootCertificate: take('sslrootcert'),
    certificate: take('sslcert'),
    key: take('sslkey'),
    negotiation: take('sslnegotiation') === 'direct' ? 'direct' : 'postgres',
  };
  return { url: parameters.size === 0 ? server : `${server}?${parameters.toString()}`, wish };
}
