/** A value for the server: text in its own text form, a buffer in the binary form of the parameter's type. */
export type Parameter = string | Buffer | null;
