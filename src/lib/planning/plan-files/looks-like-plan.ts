/** `writePlanFile` writes this field first, so that the beginning of a file tells, also of one that was cut off. */
const beginning = /^\s*(?:$|\{\s*"planVersion"\s*:)/u;

/** Tells whether a file that begins like this is a plan, or empty, and may be written over when a plan is asked for. */
export function looksLikePlan(text: string): boolean {
  return beginning.test(text);
}
