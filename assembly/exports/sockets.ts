/** The sockets of guests: what guests call, and what the host does. */
export { takeEvents as socketEvents } from "../io/guest-socket";
export {
  accept as guestAccept,
  address as guestSocketAddress,
  clone as guestCloneSocket,
  connect as guestConnect,
  error as guestSocketError,
  errorName as guestSocketErrorName,
  finishConnect as guestFinishConnect,
  listen as guestListen,
  nodelay as guestNodelay,
  ready as guestSocketReady,
  receive as guestReceiveBytes,
  send as guestSendBytes,
  shutdown as guestShutdown,
  split as guestSplitSocket,
} from "../scheduler/guest-socket";
export { takeOpen as socketTakeOpen } from "../sync/socket";
