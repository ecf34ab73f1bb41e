/** Coordination, as the host calls it; see `src/core/exports.ts`. */
export {
  create as broadcastCreate,
  length as broadcastLength,
  receive as broadcastReceive,
  send as broadcastSend,
  subscribe as broadcastSubscribe,
  tryReceive as broadcastTryReceive,
  unseen as broadcastUnseen,
} from "../sync/broadcast";
export {
  close as channelClose,
  create as channelCreate,
  isClosed as channelIsClosed,
  length as channelLength,
  peekMany as channelPeekMany,
  receive as channelReceive,
  reserve as channelReserve,
  send as channelSend,
  sendOrReserve as channelSendOrReserve,
  sendReserved as channelSendReserved,
  takeMany as channelTakeMany,
  takeRead as channelTakeRead,
  tryReceive as channelTryReceive,
  trySend as channelTrySend,
} from "../sync/channel";
export { drop as stakeDrop, dropAll as stakeDropAll, finish as stakeFinish } from "../sync/drop";
export {
  isEnded as primitiveEnded,
  sender as senderCreate,
  upgrade as senderUpgrade,
  weakSender as senderCreateWeak,
} from "../sync/ends";
export { open as primitiveOpen } from "../sync/handle";
export { isCancelled as tokenIsCancelled } from "../sync/lineage";
export { closed as primitiveClosed } from "../sync/news";
export {
  all as notifyAll,
  arrive as barrierArrive,
  create as notifyCreate,
  last as notifyLast,
  one as notifyOne,
  version as notifyVersion,
  wait as notifyWait,
} from "../sync/notify";
export { lend as onceLend, set as onceSet } from "../sync/once";
export { create as oneshotCreate, send as oneshotSend } from "../sync/oneshot";
export {
  acquire as semaphoreAcquire,
  add as semaphoreAdd,
  available as semaphoreAvailable,
  close as semaphoreClose,
  create as semaphoreCreate,
  forget as semaphoreForget,
  pass as semaphorePass,
  release as semaphoreRelease,
  split as semaphoreSplit,
  tryAcquire as semaphoreTryAcquire,
} from "../sync/semaphore";
export { move as stakeMove, retarget as stakeRetarget } from "../sync/stake";
export {
  cancel as tokenCancel,
  cancelled as tokenCancelled,
  create as tokenCreate,
} from "../sync/token";
export {
  borrow as watchBorrow,
  borrowAndUpdate as watchBorrowAndUpdate,
  changed as watchChanged,
  clone as watchClone,
  create as watchCreate,
  hasChanged as watchHasChanged,
  mark as watchMark,
  replace as watchReplace,
  replaceIf as watchReplaceIf,
  send as watchSend,
  subscribe as watchSubscribe,
} from "../sync/watch";
