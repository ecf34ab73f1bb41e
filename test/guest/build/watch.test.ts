import { type BuiltGuest, GuestBuildError, watchGuest } from "tokiwa/build";
import { expect, test } from "vitest";
import { Folder } from "../../support/folder.ts";
import { Mailbox } from "../../support/waiting.ts";

test("watchGuest builds again when a source changes, also after a failure", async () => {
  const folder = await Folder.create();
  await folder.write("part.ts", "export function part(): i32 { return 1; }");
  const task = (name: string) =>
    `import { part } from "./part";\nexport function ${name}(): i32 { return part(); }`;
  const entry = await folder.write("guest.ts", task("one"));
  const results = new Mailbox<BuiltGuest | Error>();
  const options = { entry, outFile: folder.at("guest.wasm"), debug: true };
  const watch = watchGuest(options, (result) => results.send(result));
  try {
    expect(await results.receive()).toMatchObject({ tasks: ["one"] });
    await folder.write("guest.ts", task("two"));
    expect(await results.receive()).toMatchObject({ tasks: ["two"] });
    await folder.write("part.ts", "export function part(: i32 {}");
    expect(await results.receive()).toBeInstanceOf(GuestBuildError);
    await folder.write("part.ts", "export function part(): i32 { return 2; }");
    expect(await results.receive()).toMatchObject({ tasks: ["two"] });
  } finally {
    watch[Symbol.dispose]();
  }
}, 120_000);
