/** Names of the triggers of guards, and of pairs, as patterns of GLOB. */
export const guardTriggers = 'keyturn_guard_[0-9]*';
export const pairTriggers = 'keyturn_pair_[0-9]*';
