/** A process that asks two questions, whatever its stdin is, and says on stdout what came of it. */
import { confirm } from '../../../src/lib/cli/consent/confirmation.ts';
import { KeyturnError } from '../../../src/lib/model/keyturn-error.ts';

try {
  const questions = [{ message: 'is the key \u001b[31mstored?' }, { message: 'rewrite 3 rows?' }];
  await confirm(questions, { yes: false, interactive: true, rehearsal: 'none' });
  const listeners = process.listenerCount('SIGINT') + process.listenerCount('SIGTERM');
  console.log(`confirmed; ${listeners} listeners for signals are left`);
} catch (error) {
  if (!(error instanceof KeyturnError)) throw error;
  console.log(`${error.code} ${error.exitCode}`);
}
// As a command that failed does; readline does not let go of a pipe in which it met Ctrl-D.
process.exit();
