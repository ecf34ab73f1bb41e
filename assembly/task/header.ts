import {
  TASK_BEGUN,
  TASK_FUNCTION,
  TASK_GENERATION,
  TASK_ID,
  TASK_JOIN_LIFE,
  TASK_JOIN_NEXT,
  TASK_JOIN_OWNER,
  TASK_JOIN_TOKEN,
  TASK_KIND,
  TASK_NEXT,
  TASK_NUMBER,
  TASK_OUTCOME,
  TASK_OWNED_NEXT,
  TASK_OWNED_PREV,
  TASK_OWNER,
  TASK_PAYLOAD,
  TASK_PAYLOAD_KIND,
  TASK_PAYLOAD_SIZE,
  TASK_SCHEDULED_AT,
  TASK_SIZE,
  TASK_STAKES,
  TASK_STATE,
  TASK_TOKEN,
} from "../shared/layout";

/** No worker: the owner of a task that has not started. */
export const NOBODY: u32 = u32.MAX_VALUE;

/** The fixed part of every task, at the address that names the task. */
@unmanaged
export class TaskHeader {
  /** Contended. Only `state.ts` touches it, and only through `sys/atomic`. */
  stateWord: u32;
  /** The next task in whatever queue holds this one. Owned by that queue. */
  next: usize;
  /** KIND_*. Set at spawn. */
  kind: u8;
  /** OUTCOME_*. Written before COMPLETE is set, read after. */
  outcome: u8;
  payloadKind: u8;
  /**
   * BEGUN, or how many workers died with it before its begin. Owned by its owner. Of a Wasm task:
   * BEGUN once its parent, or the host for want of one, has heard what came of it. Owned by those.
   */
  begun: u8;
  /** The host's continuation on the owner. Set by the owner. */
  token: u32;
  /** The worker that runs it, or NOBODY. Set by whoever starts it, before it runs. */
  owner: u32;
  /** The worker that is told of its end, and the host's continuation there. Set at spawn. */
  joinOwner: u32;
  joinToken: u32;
  /** Which portable function. Set at spawn. */
  functionId: u32;
  /** A heap block: the arguments, later the result. Owned by its runner, then by the joiner. */
  payload: usize;
  payloadSize: u32;
  /**
   * Links of the list of tasks that live on the owner, owned by the owner; of a Wasm task, those of
   * its siblings, owned by the parent.
   */
  ownedNext: usize;
  ownedPrev: usize;
  /** Counts the tasks that stood in this slot. Owned by the slab. */
  generation: u32;
  /** The next node behind the news of its end. Owned by the joiner's list. */
  joinNext: usize;
  /** The payload itself where it is one number. Owned as `payload` is. */
  number: f64;
  /** When it was last queued. Owned by the queue's producer, then by its consumer. */
  scheduledAt: f64;
  /** Unlike every other task's of this runtime. Set at spawn. */
  id: f64;
  /** Which life of the joining worker spawned it: a successor knows nothing of it. Set at spawn. */
  joinLife: u32;
  /** The first of its stakes, if it owns some itself. Owned by its runner. */
  stakes: usize;
}

if (offsetof<TaskHeader>("stateWord") != TASK_STATE) ERROR("TaskHeader.stateWord moved");
if (offsetof<TaskHeader>("next") != TASK_NEXT) ERROR("TaskHeader.next moved");
if (offsetof<TaskHeader>("kind") != TASK_KIND) ERROR("TaskHeader.kind moved");
if (offsetof<TaskHeader>("token") != TASK_TOKEN) ERROR("TaskHeader.token moved");
if (offsetof<TaskHeader>("owner") != TASK_OWNER) ERROR("TaskHeader.owner moved");
if (offsetof<TaskHeader>("joinOwner") != TASK_JOIN_OWNER) ERROR("TaskHeader.joinOwner moved");
if (offsetof<TaskHeader>("joinToken") != TASK_JOIN_TOKEN) ERROR("TaskHeader.joinToken moved");
if (offsetof<TaskHeader>("functionId") != TASK_FUNCTION) ERROR("TaskHeader.functionId moved");
if (offsetof<TaskHeader>("payload") != TASK_PAYLOAD) ERROR("TaskHeader.payload moved");
if (offsetof<TaskHeader>("payloadSize") != TASK_PAYLOAD_SIZE) ERROR("payloadSize moved");
if (offsetof<TaskHeader>("payloadKind") != TASK_PAYLOAD_KIND) ERROR("payloadKind moved");
if (offsetof<TaskHeader>("outcome") != TASK_OUTCOME) ERROR("TaskHeader.outcome moved");
if (offsetof<TaskHeader>("ownedNext") != TASK_OWNED_NEXT) ERROR("ownedNext moved");
if (offsetof<TaskHeader>("ownedPrev") != TASK_OWNED_PREV) ERROR("ownedPrev moved");
if (offsetof<TaskHeader>("generation") != TASK_GENERATION) ERROR("TaskHeader.generation moved");
if (offsetof<TaskHeader>("number") != TASK_NUMBER) ERROR("TaskHeader.number moved");
if (offsetof<TaskHeader>("scheduledAt") != TASK_SCHEDULED_AT) ERROR("scheduledAt moved");
if (offsetof<TaskHeader>("id") != TASK_ID) ERROR("TaskHeader.id moved");
if (offsetof<TaskHeader>("begun") != TASK_BEGUN) ERROR("TaskHeader.begun moved");
if (offsetof<TaskHeader>("joinLife") != TASK_JOIN_LIFE) ERROR("joinLife moved");
if (offsetof<TaskHeader>("stakes") != TASK_STAKES) ERROR("TaskHeader.stakes moved");
if (offsetof<TaskHeader>("joinNext") != TASK_JOIN_NEXT) ERROR("joinNext moved");
if (offsetof<TaskHeader>() != TASK_SIZE) ERROR("TaskHeader changed size");
