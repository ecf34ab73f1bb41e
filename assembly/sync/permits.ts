/** What a semaphore counts, and a bounded channel has as well: the permits that nobody holds. */
import { PERMITS_AVAILABLE, PRIMITIVE_SIZE } from "../shared/layout";
import { Primitive } from "./primitive";

/** Who waits for permits stands in the line of waiters. */
@unmanaged
export class Permits extends Primitive {
  /** Also of a whole line's head that needs more: it takes all it wants at once. */
  available: u32;
}
if (offsetof<Permits>("available") != PERMITS_AVAILABLE) ERROR("Permits.available moved");
if (offsetof<Permits>() > <usize>PRIMITIVE_SIZE) ERROR("Permits do not fit a primitive's slot");
