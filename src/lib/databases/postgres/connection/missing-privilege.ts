/** What a user may not do, and what to type about it. */
export interface MissingPrivilege {
  readonly says: string;
  readonly hints: readonly string[];
}

/** A message of the server, and what it means for the one thing that it names. */
interface KnownRefusal {
  readonly pattern: RegExp;
  readonly explain: (name: string) => MissingPrivilege;
}

/** Where the server's own code refuses a right; a trigger that raises the same error is not among them, and may say anything. */
const ownRoutines: readonly unknown[] = ['aclcheck_error', 'check_enable_rls'];

const knownRefusals: readonly KnownRefusal[] = [
  {
    pattern: /row-level security policy for table "(.+)"$/u,
    explain: (table) => ({
      says: `a row security policy of table "${table}" would hide rows from this user`,
      hints: ['run as the owner of the table, or as a superuser: ALTER ROLE the_user BYPASSRLS'],
    }),
  },
  {
    pattern: /^permission denied for schema (.+)$/u,
    explain: (schema) => ({
      says: `this user may not use schema "${schema}", or make tables in it`,
      hints: [`GRANT USAGE, CREATE ON SCHEMA ${schema} TO the_user   # a first run makes tables of its own`],
    }),
  },
  {
    pattern: /^(?:permission denied for|must be owner of) \w+ (keyturn_\w+)$/u,
    explain: (table) => ({
      says: `this user may not use "${table}", a table of keyturn's own that another user has made`,
      hints: ['run as that user, or give the rights of one to the other: GRANT that_user TO the_user'],
    }),
  },
  {
    pattern: /^permission denied for table (.+)$/u,
    explain: (table) => ({
      says: `this user may not read table "${table}", or not write to it`,
      hints: [`run as its owner, or: GRANT SELECT, UPDATE ON ${table} TO the_user`],
    }),
  },
  {
    pattern: /^must be owner of \w+ (.+)$/u,
    explain: (name) => ({
      says: `only the owner of "${name}" may do this`,
      hints: ['run as the owner of the tables'],
    }),
  },
];

const ofAnyKind: MissingPrivilege = {
  says: 'this user lacks a privilege, or a row security policy would hide rows from it',
  hints: [
    'run as the owner of the tables, or: GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA public TO the_user',
    'a first run also creates tables of its own: GRANT CREATE ON SCHEMA public TO the_user',
  ],
};

/**
 * Explains an error of the server about a right that is missing (42501). Of the server's own words only the name is taken, and they
 * are understood in English alone: in another language the explanation names all that it can be.
 */
export function explainMissingPrivilege(error: Error): MissingPrivilege {
  const { routine } = error as { readonly routine?: unknown };
  if (!ownRoutines.includes(routine)) return ofAnyKind;
  for (const { pattern, explain } of knownRefusals) {
    const name = pattern.exec(error.message)?.[1];
    if (name !== undefined) return explain(name);
  }
  return ofAnyKind;
}
