// What happens in a run. Times are parts of the whole, so that a short run has all of it too.

import { setTimeout as sleep } from "node:timers/promises";

const WHOLE = 60;

/** Play, seek on, pause, resume, seek back, one tab halted, one socket dropped. */
const USUAL = [
  { at: 1, name: "play", do: { do: "play" } },
  { at: 10, name: "seek +", do: { do: "seek", by_ms: 40_000 } },
  { at: 19, name: "pause", do: { do: "pause" } },
  { at: 23, name: "resume", do: { do: "play" } },
  { at: 32, name: "seek −", do: { do: "seek", by_ms: -45_000 } },
  { at: 42, name: "halt 2.5 s", halt: 2500 },
  { at: 51, name: "drop", drop: true },
];

/** One tab's film comes barely faster than it plays, then not at all for a while. */
const THIN = [
  { at: 1, name: "play", do: { do: "play" } },
  { at: 10, name: "no bytes", speed: 0 },
  { at: 19, name: "bytes again", speed: 1.15 },
];

/** Plays it through; answers what happened when, by the wall clock. */
export async function play(options, { observer, tabs, lines, media, bytesPerSecond }) {
  const scale = options.seconds / WHOLE;
  const steps = options.thin ? THIN : USUAL;
  const happened = [];
  const begun = performance.now();
  for (const step of steps) {
    await sleep(Math.max(0, begun + step.at * scale * 1000 - performance.now()));
    const wall = performance.timeOrigin + performance.now();
    const tab = Math.min(1, tabs.length - 1);
    if (step.do) happened.push({ ...step, wall: await observer.command(step.do) });
    else if (step.halt) {
      await tabs[tab].halt(step.halt);
      happened.push({ ...step, wall, tab });
    } else if (step.drop) {
      lines.at(-1).cut();
      happened.push({ ...step, wall, tab: tabs.length - 1 });
    } else {
      media.speeds.set("0", step.speed * bytesPerSecond);
      happened.push({ ...step, wall, tab: 0 });
    }
  }
  await sleep(Math.max(0, begun + options.seconds * 1000 - performance.now()));
  return happened;
}
