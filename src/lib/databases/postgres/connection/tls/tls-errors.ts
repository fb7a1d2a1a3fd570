import { unavailable, type Explanation } from '../explanation.ts';

/** The code of a server that takes plain connections alone. */
export const noTls = 'NO_TLS';

/** The code of a server that breaks off a TLS handshake which it has not been asked for. */
export const noDirectTls = 'NO_DIRECT_TLS';

const nameAuthority = 'name the authority that has signed it: ...?sslmode=verify-full&sslrootcert=ca.pem';
const encryptOnly = 'to encrypt without asking who is there: ...?sslmode=no-verify';
const look = 'openssl s_client -starttls postgres -connect HOST:PORT </dev/null   # shows its certificates';

const untrusted = {
  ...unavailable,
  says: 'nobody who is trusted has signed its certificate',
  hints: [nameAuthority, look, encryptOnly],
} as const;

const unfitFiles = {
  ...unavailable,
  says: 'what sslrootcert, sslcert or sslkey names is no certificate or key, the key has a passphrase, or the two do not belong together',
  hints: [
    'openssl x509 -noout -subject -in client.crt   # and ca.pem',
    'openssl pkey -in client.key -out client-without-passphrase.key',
  ],
} as const;

const unwantedClient = {
  ...unavailable,
  says: "it does not take the client's certificate, or wants one and gets none",
  hints: [
    'name one that the authority of the server (ssl_ca_file) has signed, and its key: ...?sslcert=client.crt&sslkey=client.key',
  ],
} as const;

const noCommonWay = {
  ...unavailable,
  says: 'no encrypted connection came to be: it has no protocol or cipher that is safe today, or is no PostgreSQL',
  hints: [
    "psql -c 'SHOW ssl_max_protocol_version' DATABASE_URL   # TLSv1.2 at least",
    'openssl s_client -starttls postgres -connect HOST:PORT </dev/null',
  ],
} as const;

/**
 * By the codes that Node.js and OpenSSL give errors of encrypted connections; the longest matching prefix counts. `HOST:PORT` in a hint
 * stands for the server.
 */
export const tlsExplanations: Readonly<Record<string, Explanation>> = {
  [noTls]: {
    ...unavailable,
    says: 'it offers no encrypted connections, which sslmode or PGSSLMODE asks for',
    hints: ['switch them on at the server (ssl = on), or write ...?sslmode=disable'],
  },
  [noDirectTls]: {
    ...unavailable,
    says: 'it ends the connection where encryption begins at once, which sslnegotiation=direct asks for: it is older than PostgreSQL 17, or offers no encrypted connections',
    hints: [
      'leave sslnegotiation out of --database, or write ...?sslmode=require&sslnegotiation=postgres: the server is asked first then',
      "psql -c 'SHOW ssl' -c 'SHOW server_version' DATABASE_URL",
    ],
  },
  CERT_: untrusted,
  CERT_HAS_EXPIRED: {
    ...unavailable,
    says: 'its certificate, or that of an authority behind it, has expired',
    hints: ['renew it on the server, then: SELECT pg_reload_conf()', look, encryptOnly],
  },
  CERT_NOT_YET_VALID: {
    ...unavailable,
    says: 'its certificate is not valid yet: one of the clocks, here or where it was made, is wrong',
    hints: ['date --utc', look],
  },
  DEPTH_ZERO_SELF_SIGNED: {
    ...untrusted,
    says: 'its certificate is signed by nobody but itself',
    hints: [
      'name it as its own authority: ...?sslmode=verify-full&sslrootcert=server.crt',
      look,
      encryptOnly,
    ],
  },
  ERR_TLS_CERT_ALTNAME: {
    ...unavailable,
    says: 'its certificate is for other names than the host in its URL',
    hints: [
      'write the host as the certificate has it: openssl s_client -starttls postgres -connect HOST:PORT </dev/null | openssl x509 -noout -ext subjectAltName',
      'to trust every server of that authority: ...?sslmode=verify-ca&sslrootcert=ca.pem',
    ],
  },
  ERR_TLS: untrusted,
  INVALID_CA: untrusted,
  SELF_SIGNED: untrusted,
  UNABLE_TO_: untrusted,
  ERR_OSSL: unfitFiles,
  ERR_SSL: noCommonWay,
  EPROTO: noCommonWay,
};

/** What a server answers to the certificate of a client, or to its absence; the names begin with a version, which is of no use. */
const aboutClient =
  /^ERR_SSL_.*ALERT_(?:UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_\w+|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED|DECRYPT_ERROR)$/u;

/** What an alert of the server about us means; undefined: the code is of something else. */
export function explainTlsAlert(code: string): Explanation | undefined {
  return aboutClient.test(code) ? unwantedClient : undefined;
}
