import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** A certificate, and the key that belongs to it, as PEM texts. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** An authority that signs certificates. */
export interface Authority extends Certificate {
  /** Signs a certificate for a server or a client. */
  issue(subject: CertifiedSubject): Certificate;
}

/** Whom a certificate is for, and until when. */
export interface CertifiedSubject {
  readonly name: string;
  /** The host names that a server is called by. */
  readonly hosts?: readonly string[];
  /** The addresses, of version 4. */
  readonly addresses?: readonly string[];
  readonly expires?: Date;
}

const day = 86_400_000;
const nextYear = (): Date => new Date(Date.now() + 365 * day);

/** Makes an authority that only those trust who are given its certificate. */
export function createAuthority(name: string): Authority {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const sealed = (subject: CertifiedSubject, publicKey: KeyObject, extensions: readonly Buffer[]): string =>
    pem(
      'CERTIFICATE',
      signedCertificate({ ...subject, publicKey, extensions }, { name, key: own.privateKey }),
    );
  return {
    certificate: sealed({ name }, own.publicKey, [extension(oids.basicConstraints, sequence(boolean(true)))]),
    key: keyText(own.privateKey),
    issue(subject) {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const { hosts = [], addresses = [] } = subject;
      const names = [
        ...hosts.map((host) => tagged(0x82, Buffer.from(host))),
        ...addresses.map((address) => tagged(0x87, Buffer.from(address.split('.').map(Number)))),
      ];
      const extensions = names.length === 0 ? [] : [extension(oids.subjectAltName, sequence(...names))];
      return { certificate: sealed(subject, publicKey, extensions), key: keyText(privateKey) };
    },
  };
}

/** A certificate before it is signed. */
interface UnsignedCertificate extends CertifiedSubject {
  readonly publicKey: KeyObject;
  readonly extensions: readonly Buffer[];
}

interface Signer {
  readonly name: string;
  readonly key: KeyObject;
}

/** An X.509 certificate in DER (RFC 5280, section 4.1). */
function signedCertificate(
  { name, expires = nextYear(), publicKey, extensions }: UnsignedCertificate,
  signer: Signer,
): Buffer {
  const algorithm = sequence(objectId(oids.ecdsaWithSha256));
  const content = sequence(
    ...(extensions.length === 0 ? [] : [tagged(0xa0, tagged(0x02, Buffer.from([2])))]),
    tagged(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    distinguishedName(signer.name),
    sequence(time(new Date(expires.getTime() - 400 * day)), time(expires)),
    distinguishedName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length === 0 ? [] : [tagged(0xa3, sequence(...extensions))]),
  );
  return sequence(content, algorithm, bits(sign('sha256', content, signer.key)));
}

const oids = {
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
  commonName: [0x55, 0x04, 0x03],
  basicConstraints: [0x55, 0x1d, 0x13],
  subjectAltName: [0x55, 0x1d, 0x11],
} as const;

/** A value in DER: its tag, its length, its content (X.690, section 8.1). */
function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const lengthBytes =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...lengthBytes]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.from([value ? 0xff : 0]));
}

function objectId(bytes: readonly number[]): Buffer {
  return tagged(0x06, Buffer.from(bytes));
}

function bits(bytes: Buffer): Buffer {
  return tagged(0x03, Buffer.from([0]), bytes);
}

function extension(id: readonly number[], value: Buffer): Buffer {
  return sequence(objectId(id), boolean(true), tagged(0x04, value));
}

function distinguishedName(name: string): Buffer {
  return sequence(tagged(0x31, sequence(objectId(oids.commonName), tagged(0x0c, Buffer.from(name)))));
}

/** As UTCTime, which lasts until 2049. */
function time(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/[-:T]/gu, '').slice(2, 14);
  return tagged(0x17, Buffer.from(`${digits}Z`));
}

function keyText(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/gu) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
