/** `sslmode` of libpq; `no-verify` is the driver's own. */
type TlsMode = 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full' | 'no-verify';

/** The TLS parameters of a server's URL, as they stand there. */
export interface TlsSettings {
  /** `sslmode`, where the URL has one. */
  readonly mode: TlsMode | undefined;
  readonly rootCertificate: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  /** `direct`: the TLS handshake comes first, without a request to the server. */
  readonly negotiation: 'postgres' | 'direct';
}

/** The values of the driver's `ssl` parameter, as modes. */
const modesOfDriver: Readonly<Record<string, TlsMode>> = {
  true: 'verify-full',
  1: 'verify-full',
  false: 'disable',
  0: 'disable',
  'no-verify': 'no-verify',
};

/** Takes the TLS parameters out of a URL: the driver would read them differently from libpq. */
export function takeTlsSettings(said: string): { readonly url: string; readonly settings: TlsSettings } {
  const [server = '', query = ''] = said.split(/\?(.*)/su);
  const parameters = new URLSearchParams(query);
  const take = (name: string): string | undefined => {
    const value = parameters.get(name) ?? '';
    parameters.delete(name);
    return value === '' ? undefined : value;
  };
  const ssl = take('ssl');
  take('uselibpqcompat');
  const settings: TlsSettings = {
    mode: (take('sslmode') as TlsMode | undefined) ?? (ssl === undefined ? undefined : modesOfDriver[ssl]),
    rootCertificate: take('sslrootcert'),
    certificate: take('sslcert'),
    key: take('sslkey'),
    negotiation: take('sslnegotiation') === 'direct' ? 'direct' : 'postgres',
  };
  return { url: parameters.size === 0 ? server : `${server}?${parameters.toString()}`, settings };
}
