/** Characters that a terminal does not show, or obeys: controls, escapes, changes of writing direction, line breaks. */
export const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
