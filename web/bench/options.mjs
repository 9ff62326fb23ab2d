// What the bench is asked to do.

import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

const range = (text) => {
  const [low, high = low] = text.split("-").map(Number);
  if (!(low >= 0 && high >= low)) throw new Error(`--delay ${text}: give two numbers of ms, such as 20-200`);
  return [low, high];
};

export function readOptions() {
  const { values } = parseArgs({
    options: {
      seconds: { type: "string", default: "60" },
      tabs: { type: "string", default: "3" },
      delay: { type: "string", default: "20-200" },
      seed: { type: "string", default: "1" },
      port: { type: "string", default: "7100" },
      server: { type: "string", default: `${root}target/debug/onecouch` },
      page: { type: "string" },
      coarse: { type: "boolean", default: false },
      thin: { type: "boolean", default: false },
      json: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  return {
    ...values,
    seconds: Number(values.seconds),
    tabs: Number(values.tabs),
    delay: range(values.delay),
    seed: Number(values.seed),
    port: Number(values.port),
  };
}
