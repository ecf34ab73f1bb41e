// A binary tree of tasks, each of which spawns two and joins them.
import { now, spawn } from "tokiwa/assembly";

function node(depth: i32): i64 {
  if (depth == 0) return 1;
  const left = spawn(node, depth - 1);
  const right = spawn(node, depth - 1);
  return left.join() + right.join();
}

export function run(depth: i32): f64 {
  const start = now();
  assert(spawn(node, depth).join() == (<i64>1) << depth);
  return now() - start;
}
