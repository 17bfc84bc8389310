/** A module that no thread survives loading. */
process.exit(7);
export const square = undefined;
