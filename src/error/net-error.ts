/**
 * The error of a socket call that failed.
 *
 * @module
 */

/** What is known of a failed call. Named as Node names it. */
export interface NetErrorParts {
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  /** The system's words for the code, where the code alone says too little. */
  readonly text?: string | undefined;
  readonly cause?: unknown;
}

/** Thrown by socket operations that the system refused or ended. Both reactors throw the same. */
export class NetError extends Error {
  static {
    this.prototype.name = "NetError";
  }

  /** The system's name for what went wrong, such as `ECONNREFUSED`. */
  readonly code: string;
  /** The system's number for it, negative as in Node. */
  readonly errno: number;
  /** The call that failed, such as `connect`. */
  readonly syscall: string;
  /** The address, or the host name, that the call was about. */
  readonly address: string | undefined;
  readonly port: number | undefined;

  constructor(parts: NetErrorParts) {
    super(messageOf(parts), parts.cause === undefined ? undefined : { cause: parts.cause });
    this.code = parts.code;
    this.errno = parts.errno;
    this.syscall = parts.syscall;
    this.address = parts.address;
    this.port = parts.port;
  }
}

/** Word for word what Node says, so that what people search for is found. */
function messageOf({ code, syscall, address, port, text }: NetErrorParts): string {
  const why = text === undefined ? "" : `: ${text}`;
  const isName = syscall === "getaddrinfo";
  const where = port === undefined || isName ? address : `${address}:${port}`;
  return `${syscall} ${code}${why}${where === undefined ? "" : ` ${where}`}`;
}
