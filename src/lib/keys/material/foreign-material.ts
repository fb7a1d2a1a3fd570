/** Something that is often given as a key and is not one. */
export interface ForeignMaterial {
  readonly pattern: RegExp;
  /** Completes "this is ...". */
  readonly name: string;
  readonly hint: string;
}

/** Recognised by how they begin; the first match wins. None can be the text of a key in base64 or hexadecimal. */
export const foreignMaterials: readonly ForeignMaterial[] = [
  {
    pattern: /^gAAAAA[\w+/-]+=*$/,
    name: 'a Fernet token, which is a value encrypted under a key, not the key',
    hint: 'look for the value of 44 characters, ending in "=", that the application was started with',
  },
  {
    pattern: /^-----BEGIN /,
    name: 'a PEM file, which holds a certificate or a key pair',
    hint: 'look for the symmetric key of the database columns; TLS and SSH keys are of no use here',
  },
  {
    pattern: /^AGE-SECRET-KEY-/,
    name: 'an age identity, which encrypts files',
    hint: 'if the key was encrypted with age: age --decrypt -i IDENTITY FILE | keyturn ... -',
  },
  {
    pattern: /^base64:/,
    name: 'a Laravel application key with its prefix "base64:"',
    hint: 'leave out "base64:"; a key in a configuration file must stand there without it',
  },
  {
    pattern: /^vault:v\d+:/,
    name: 'a ciphertext of HashiCorp Vault, not a key',
    hint: 'decrypt it with vault write transit/decrypt/KEY and pass the result through - (standard input)',
  },
  {
    pattern: /^k\d\.aesgcm256\./,
    name: 'a key in the format of 47ng cloak',
    hint: 'pass the part behind the last dot',
  },
  {
    pattern: /^kt1\./,
    name: 'a cell that keyturn encrypted, not a key',
    hint: 'look for the key itself, where it was generated',
  },
  {
    pattern: /^\{/,
    name: 'a JSON document',
    hint: 'name the field that holds the key: file:PATH#FIELD',
  },
];
