import type { PairSide } from '../../../model/schema/column-pair.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import { quoteLiteral } from '../../quote-literal.ts';
import { changeOf, createTrigger, functionHead, functionName, type WatchedPair } from './pair-triggers.ts';

/**
 * Statements that create the triggers which let others write no value to a side of a pair. They look at rows as they come to
 * stand, behind all triggers that change them. Their conditions alone name the column, which the server knows by its number.
 */
export function freezeTriggers(watched: WatchedPair, side: PairSide): string {
  const { pair } = watched;
  const column = quoteIdentifier(pair[side]);
  const { isGone, isWritten } = changeOf(`NEW.${column}`, `OLD.${column}`);
  const instead = pair[side === 'plaintext' ? 'cells' : 'plaintext'];
  const message = `keyturn: column ${pair[side]} takes no values any more, write ${instead}`;
  const calls = functionName(watched, 'freeze');
  const common = { each: 'ROW', calls } as const;
  return `
    CREATE FUNCTION ${calls}() ${functionHead} AS $keyturn$
    BEGIN
      RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = ${quoteLiteral(message)};
    END $keyturn$;
    ${createTrigger(watched, { ...common, suffix: 'freeze', event: 'INSERT', when: `NOT ${isGone}` })}
    ${createTrigger(watched, { ...common, suffix: 'refreeze', event: 'UPDATE', when: `NOT ${isGone} AND ${isWritten}` })}`;
}
