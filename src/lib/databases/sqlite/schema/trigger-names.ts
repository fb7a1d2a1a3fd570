/** The names of the triggers of guards, as a pattern of GLOB. */
export const guardTriggers = 'keyturn_guard_[0-9]*';
/** The same of those of pairs. */
export const pairTriggers = 'keyturn_pair_[0-9]*';
