import { pairTriggerPrefix, type PairRecord } from '../../../model/schema/column-pair.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import { quoteLiteral } from '../../quote-literal.ts';
import { ownWrites } from '../connection/session.ts';
import type { TableShape } from '../schema/table-shape.ts';

/** A pair with its table, and the schema in which the ledger is. */
export interface WatchedPair {
  readonly pair: PairRecord;
  readonly shape: TableShape;
  readonly ledgerSchema: string;
}

/** Keys are rendered as in a session of ours, whatever the application's is set to; it needs no right on the ledger. */
export const functionHead = `RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO' SET intervalstyle = 'postgres' SET timezone = 'UTC'
  SET bytea_output = 'hex' SET extra_float_digits = 1 SET lc_monetary = 'C'`;

const byOthers = `current_setting('${ownWrites.name}', true) IS DISTINCT FROM '${ownWrites.value}'`;

/** A trigger of a pair. */
export interface PairTrigger {
  /** How its name ends. */
  readonly suffix: string;
  readonly event: string;
  readonly each: 'ROW' | 'STATEMENT';
  /** What has to hold beside that others write. */
  readonly when: string;
  /** The function it calls. */
  readonly calls: string;
}

/** Statements that create a trigger, which fires under `session_replication_role = replica`, too. */
export function createTrigger(
  { pair, shape }: WatchedPair,
  { suffix, event, each, when, calls }: PairTrigger,
): string {
  const name = quoteIdentifier(`${pairTriggerPrefix(pair.id)}${suffix}`);
  return `CREATE TRIGGER ${name} AFTER ${event} ON ${shape.sqlName}
      FOR EACH ${each} WHEN (${byOthers} AND ${when}) EXECUTE FUNCTION ${calls}();
    ALTER TABLE ${shape.sqlName} ENABLE ALWAYS TRIGGER ${name};`;
}

/** The name of a function of a pair in SQL. */
export function functionName({ pair, ledgerSchema }: WatchedPair, suffix: string): string {
  return `${quoteIdentifier(ledgerSchema)}.${quoteIdentifier(`${pairTriggerPrefix(pair.id)}${suffix}`)}`;
}

/**
 * The statement that drops the functions of a pair, and the triggers with them, on whatever table they are by now; what is gone is
 * no error. What others depend on goes last.
 */
export function dropTriggers(ledgerSchema: string, { id }: PairRecord, which: 'all' | 'marks'): string {
  const prefix = pairTriggerPrefix(id);
  const kept = which === 'all' ? '' : ` AND proname <> ${quoteLiteral(`${prefix}freeze`)}`;
  return `DO $keyturn$
    DECLARE routine regprocedure;
    BEGIN
      FOR routine IN SELECT oid FROM pg_proc WHERE pronamespace = ${quoteLiteral(quoteIdentifier(ledgerSchema))}::regnamespace
        AND starts_with(proname, ${quoteLiteral(prefix)})${kept} ORDER BY proname <> ${quoteLiteral(`${prefix}needs`)}
      LOOP EXECUTE format('DROP FUNCTION %s CASCADE', routine); END LOOP;
    END $keyturn$`;
}

/** The new value of a column, in SQL. */
export interface ColumnChange {
  /** It holds nothing now; a composite value that holds nothing but NULL is a value, which `IS NULL` does not say. */
  readonly isGone: string;
  /** Told by its text: `json` knows no equality, and some collations find different texts equal. */
  readonly isWritten: string;
}

/** The new value of a column, made of the expressions that read it in the row as it is and as it was. */
export function changeOf(fresh: string, before: string): ColumnChange {
  return {
    isGone: `(${fresh} IS NOT DISTINCT FROM NULL)`,
    isWritten: `(${fresh}::text COLLATE "C" IS DISTINCT FROM ${before}::text COLLATE "C")`,
  };
}
