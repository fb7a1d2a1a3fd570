const HEXADECIMAL_KEY = /^[0-9a-f]{32,}$/i;
const FERNET_TOKEN = /^gAAAAA[\w+/-]{20,}/;
const BASE64_KEY = /^[\w+/-]{43}=?$/;
/** A random key of 32 bytes has more slashes in one of 200 cases; a path seldom has fewer and mixes cases and digits. */
const MOST_SLASHES = 3;

/**
 * Tells whether a name or path is more likely a key itself, as when the shell expands `env:$OLD_KEY`.
 * Such text is refused without being repeated.
 */
export function isKeyShaped(text: string): boolean {
  return (
    HEXADECIMAL_KEY.test(text) || FERNET_TOKEN.test(text) || (BASE64_KEY.test(text) && looksRandom(text))
  );
}

function looksRandom(text: string): boolean {
  const slashes = text.split('/').length - 1;
  const isAbsolutePath = text.startsWith('/') && !text.endsWith('=');
  return (
    !isAbsolutePath && slashes <= MOST_SLASHES && [/[A-Z]/, /[a-z]/, /\d/].every((kind) => kind.test(text))
  );
}
