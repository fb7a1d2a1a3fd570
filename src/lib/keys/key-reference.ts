import { schemeOf } from '../model/reference-scheme.ts';
import { parseDerivation, type DerivationStep } from './key-derivation.ts';
import { nameOfRole, type KeyRole } from './key-role.ts';
import type { KeyOrigin, KeySource } from './key-source.ts';
import { KeyFault, referenceFault } from './material/key-fault.ts';
import { keySources, plannedSchemes } from './registry.ts';
import { literalSource } from './sources/literal-source.ts';

/** How key material is written; both base64 names accept either alphabet, as Python's decoder does. */
export type KeyEncoding = (typeof encodings)[number];

/** A key reference, understood but not read: safe to print, to inspect and to log, even where it is a literal key. */
export interface KeyReference extends KeyOrigin {
  /** `literal` where the key itself was typed. */
  readonly scheme: string;
  /** Undefined: base64 text, as most formats write their keys. */
  readonly encoding: KeyEncoding | undefined;
  /** How the key is derived from what the reference leads to; empty where it is that itself. */
  readonly derivation: readonly DerivationStep[];
}

const encodings = ['base64url', 'base64', 'hex', 'raw'] as const;
const encodingHint =
  'write ?enc=base64url, ?enc=base64, ?enc=hex or ?enc=raw at the very end, in front of ?derive= alone';

/**
 * Understands the forms of every source in the registry, each with an optional `?enc=ENCODING` and any number of
 * `?derive=STEP` behind it; anything without a scheme is a literal key. Reads nothing. Throws a KeyturnError (exit 2; exit 12 for an empty one).
 */
export function parseKeyReference(text: string, role: KeyRole): KeyReference {
  try {
    return understand(text);
  } catch (error) {
    throw error instanceof KeyFault ? error.about(nameOfRole(role)) : error;
  }
}

function understand(text: string): KeyReference {
  const [undivided = '', ...steps] = text.split('?derive=');
  const { location: address, encoding } = splitEncoding(undivided);
  const derivation = steps.map(parseDerivation);
  const scheme = schemeOf(address);
  const source = findSource(scheme);
  const origin = source.locate(scheme === undefined ? address : address.slice(scheme.length + 1));
  const encoded = encoding === undefined ? '' : `?enc=${encoding}`;
  const suffix = encoded + steps.map((step) => `?derive=${step}`).join('');
  return {
    ...origin,
    scheme: source.scheme,
    encoding,
    derivation,
    display: origin.display + suffix,
    stored: origin.stored === undefined ? undefined : origin.stored + suffix,
  };
}

function splitEncoding(text: string): { location: string; encoding: KeyEncoding | undefined } {
  const mark = text.indexOf('?enc=');
  if (mark === -1) return { location: text, encoding: undefined };
  const name = text.slice(mark + '?enc='.length);
  const encoding = encodings.find((known) => known === name);
  if (encoding === undefined) {
    throw referenceFault('what follows "?enc=" is not an encoding keyturn knows', [encodingHint]);
  }
  return { location: text.slice(0, mark), encoding };
}

function findSource(scheme: string | undefined): KeySource {
  if (scheme === undefined) return literalSource;
  const source = keySources.find((known) => known.scheme === scheme.toLowerCase());
  return source ?? refuseScheme(scheme.toLowerCase());
}

/** Every form a reference can have. */
function referenceHint(): string {
  return `write one of ${keySources.flatMap(({ forms }) => forms).join(', ')}`;
}

/** An unknown scheme may be the first half of a password, so it is not repeated. */
function refuseScheme(scheme: string): never {
  if (plannedSchemes.includes(scheme)) {
    throw new KeyFault({
      code: 'KT_KEY_SOURCE_UNSUPPORTED',
      reason: 'usage',
      message: `keys from "${scheme}:" are not supported by this version of keyturn`,
      hints: [referenceHint()],
    });
  }
  throw referenceFault('the key reference starts with a scheme that keyturn does not know', [
    referenceHint(),
  ]);
}
