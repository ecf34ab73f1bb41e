/**
 * The error for something that the platform does not have.
 *
 * @module
 */

/** Thrown when a feature is used on a platform that cannot have it. */
export class UnsupportedError extends Error {
  static {
    this.prototype.name = "UnsupportedError";
  }

  /** What was asked for, such as `TcpListener`. */
  readonly feature: string;
  /** Where it was asked for, such as `browser`. */
  readonly platform: string;
  /** What to use instead, if there is something. */
  readonly instead: string | undefined;

  constructor(feature: string, platform: string, instead?: string) {
    const hint = instead === undefined ? "" : `; use ${instead}`;
    super(`Cannot use ${feature}: it is not available on ${platform}${hint}`);
    this.feature = feature;
    this.platform = platform;
    this.instead = instead;
  }
}
