import { hkdfSync } from 'node:crypto';
import { referenceFault } from './material/key-fault.ts';

/** One step from a key to another: HKDF-SHA256 (RFC 5869), extract and expand. Neither part is a secret. */
export interface DerivationStep {
  /** Empty where there is none, which the RFC takes for 32 zero bytes. */
  readonly salt: Uint8Array;
  readonly info: Uint8Array;
  /** The step as a reference writes it. */
  readonly text: string;
}

const formHint =
  'write ?derive=hkdf-sha256:info=TEXT, or info=hex:DIGITS, with ,salt=TEXT or ,salt=hex:DIGITS where there is one';

/** Understands what stands behind one `?derive=`; throws a KeyFault where it is no step. */
export function parseDerivation(text: string): DerivationStep {
  const parts = /^hkdf-sha256:(?<parameters>[^?]+)$/.exec(text)?.groups?.['parameters'];
  const parameters = (parts ?? '').split(',').map((part) => /^(info|salt)=(.*)$/s.exec(part));
  const names = parameters.map((match) => match?.[1]);
  const isWhole =
    new Set(names).size === names.length && names.includes('info') && !names.includes(undefined);
  if (!isWhole) throw referenceFault('what follows "?derive=" is no derivation keyturn knows', [formHint]);
  const valueOf = (name: string): Uint8Array =>
    bytesOf(parameters.find((match) => match?.[1] === name)?.[2] ?? '');
  return { salt: valueOf('salt'), info: valueOf('info'), text };
}

/** Takes the steps in their order, each from the key of the one before; the caller wipes what it gets and gave. */
export function deriveKey(key: Uint8Array, steps: readonly DerivationStep[], length: number): Uint8Array {
  let derived = Uint8Array.from(key);
  for (const { salt, info } of steps) {
    const next = new Uint8Array(hkdfSync('sha256', derived, salt, info, length));
    derived.fill(0);
    derived = next;
  }
  return derived;
}

function bytesOf(text: string): Uint8Array {
  if (!text.startsWith('hex:')) return Buffer.from(text, 'utf8');
  const digits = text.slice('hex:'.length);
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(digits))
    throw referenceFault('"hex:" is followed by no bytes', [formHint]);
  return Buffer.from(digits, 'hex');
}
