import { CommandHelp, Help, type Interfaces } from '@oclif/core';
import { flagGroups } from './flags/flag-group.ts';

/** What each exit code means, for the end of every help text. */
const exitCodes = `0    done, or nothing to do
1    failed unexpectedly
2    usage or configuration
3    finished, but cells are quarantined
4    stopped early on purpose; the same command goes on
5    confirmation needed, but no terminal to ask at
11   another run holds the lock
12   wrong key
13   the plan is stale
14   verification failed
15   database unreachable, or no permission
16   rollback impossible
17   nothing found where something was expected
75   temporary failure after retries
78   environment: Node.js too old, no room, no access
130  stopped by SIGINT at a clean checkpoint
143  stopped by SIGTERM at a clean checkpoint`;

/** One command's help: examples first, groups of flags in one order, exit codes last. */
class KeyturnCommandHelp extends CommandHelp {
  protected override groupFlags(
    flags: Parameters<CommandHelp['groupFlags']>[0],
  ): ReturnType<CommandHelp['groupFlags']> {
    const { flagGroups: found, mainFlags } = super.groupFlags(flags);
    const ordered = flagGroups.flatMap((name) => (found[name] ? [[name, found[name]] as const] : []));
    return { flagGroups: Object.fromEntries(ordered), mainFlags };
  }

  /** Without the summary, which comes first. */
  protected override description(): string | undefined {
    const { description } = this.command;
    return description === undefined ? undefined : this.wrap(description);
  }

  protected override sections(): ReturnType<CommandHelp['sections']> {
    const sections = super.sections();
    const examples = sections.filter(({ header }) => header === 'EXAMPLES');
    const others = sections.filter(({ header }) => header !== 'EXAMPLES');
    return [...examples, ...others, { header: 'EXIT CODES', generate: () => exitCodes }];
  }
}

/** The commands that most people need, repeated at the end of the list. */
const firstSteps = `keyturn plan      what a rotation would do; changes nothing
keyturn rotate    does it; killed or stopped, the same command goes on
keyturn encrypt   the same for columns that are still plaintext
keyturn status    how far it is, and which command comes next
keyturn verify    which key opens each cell
keyturn rollback  takes it back, also in the middle

Each takes --database or KEYTURN_DATABASE; whole commands: keyturn rotate --help`;

/** The help of keyturn; package.json names this file as oclif's `helpClass`. */
export default class KeyturnHelp extends Help {
  constructor(config: Interfaces.Config, options?: Partial<Interfaces.HelpOptions>) {
    super(config, options);
    this.CommandHelpClass = KeyturnCommandHelp;
  }

  override async showRootHelp(): Promise<void> {
    await super.showRootHelp();
    this.log(this.section('FIRST STEPS', firstSteps));
  }
}
