/**
 * What a console shows of our objects: what there is to know of them, not what they are made of.
 *
 * @module
 */

/** The name under which Node, Deno and Bun ask an object how it wants to be shown. */
const CUSTOM = Symbol.for("nodejs.util.inspect.custom");

type Inspect = (value: unknown, options: object) => string;

/** Has the objects of a class shown by what `tell` says of them. What it throws is shown, too. */
export function shownBy<T extends object>(type: { prototype: T }, tell: (value: T) => object) {
  function show(this: T, _depth: number, options: object, inspect: Inspect): string {
    const { name } = this.constructor;
    try {
      return `${name} ${inspect(tell(this), options)}`;
    } catch (error) {
      return `${name} (${(error as Error).message})`;
    }
  }
  Object.defineProperty(type.prototype, CUSTOM, { value: show, configurable: true });
}
