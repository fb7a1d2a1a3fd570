/** What triggers of the tables may do during a run; `suppress`: they, rules and the actions of foreign keys stay quiet. */
export type TriggerChoice = 'fire' | 'suppress';
