/**
 * Commands that cannot be made out.
 *
 * @module
 */

/** What is wrong with the command: its user gets the message, and how it is used. */
export class Misuse extends Error {}

/** What `parse` gives; what it throws is the user's misuse. */
export function orMisuse<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new Misuse((error as Error).message);
  }
}
