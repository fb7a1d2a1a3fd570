import type { Interfaces } from '@oclif/core';
import type { PlaintextState } from '../model/columns/column-state.ts';
import { contractAtOnce, type AutoFinalizeFlags } from './consent/contract-step.ts';
import { consentQuestion } from './description/describe-plan.ts';
import type { encryptionFlags } from './flags/column-flags.ts';
import type { databaseFlags } from './flags/database-flags.ts';
import type { runFlags } from './flags/run-flags.ts';
import { recoverFirst } from './recover-first.ts';
import type { RunResult } from './results/run-result.ts';
import { RunCommand } from './run-command.ts';

type EncryptionFlags = Interfaces.InferredFlags<
  typeof databaseFlags & typeof encryptionFlags & typeof runFlags
> &
  Partial<AutoFinalizeFlags>;

/** What an encryption asks beyond a decryption. */
interface PlaintextOptions {
  readonly bind?: 'row' | 'column' | 'none' | undefined;
  readonly empty: PlaintextState['empty'];
  readonly assumedPlaintext: readonly string[];
  readonly into: string | undefined;
  readonly fieldTypes: readonly string[];
  readonly blindIndexes: readonly string[];
  readonly indexKey: string | undefined;
}

/** What `encrypt` and `decrypt` share: plan, summary, question, backup, execution, proof. */
export abstract class EncryptionCommand extends RunCommand {
  protected async takeColumns(
    kind: 'encrypt' | 'decrypt',
    flags: EncryptionFlags,
    plaintext: PlaintextOptions,
  ): Promise<RunResult> {
    await recoverFirst('runs', flags);
    return this.whenFree(flags, async () => {
      const location = flags.database;
      const started = performance.now();
      const { prepareEncryption } = await import('../session/preparation/prepare-encryption.ts');
      const { key, format, column: columns, 'sealed-as': sealedAs } = flags;
      const madeBy = this.config.version;
      const prepared = await prepareEncryption(location, {
        kind,
        madeBy,
        key,
        format,
        columns,
        sealedAs,
        afterwards: flags.scrub ? 'scrub' : undefined,
        ...plaintext,
      });
      const planMilliseconds = Math.round(performance.now() - started);
      if (prepared.kind === 'already') return this.concludeAlready(prepared, { flags, planMilliseconds });
      const { keys, intent } = prepared;
      const job = { location, flags, keys, planMilliseconds, intent, defaultBackup: 'beside' } as const;
      if (prepared.kind === 'resume') {
        const { plan, begun } = prepared;
        const contract = contractAtOnce(flags, plan, begun);
        return this.carryOut({
          ...job,
          plan,
          contract,
          warnings: [],
          question: consentQuestion(plan, begun === null ? 'resume' : 'finalize'),
        });
      }
      const { plan, warnings } = prepared.outcome;
      this.showPlan(prepared.outcome, location);
      const contract = contractAtOnce(flags, plan);
      return this.carryOut({ ...job, plan, contract, warnings, question: consentQuestion(plan, 'start') });
    });
  }
}
