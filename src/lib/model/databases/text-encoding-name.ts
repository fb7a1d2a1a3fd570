/** How a database writes text into its files; `other`: in a way of which only ASCII is known. */
export type TextEncodingName = 'utf8' | 'utf16le' | 'utf16be' | 'other';
