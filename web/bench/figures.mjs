// From samples to figures. The error of a sample is measured against the server's true clock, never against the page's idea of it.

/** What counts as settled: so long after anything happened, ms. */
const SETTLED = 4000;
/** In step, and for how long it must stay so, ms. */
const CLOSE = 50;
const STAYS = 1500;
/** Samples of two tabs that lie closer together are compared, ms. */
const TOGETHER = 60;

const percentile = (values, percent) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)];
};

/** p50, p95, greatest. */
export const spread = (values) => [50, 95, 100].map((percent) => percentile(values, percent));

/** Each tab's samples while the room plays, with their true error. */
export function errors(seen, truth) {
  return seen.map(({ samples }) => samples
    .filter((sample) => sample.position !== null)
    .map((sample) => {
      const time = truth.server(sample.wall);
      const { playing, at, rate } = truth.vector(time);
      const error = sample.position - truth.target(time);
      return { ...sample, time, playing: playing && time >= at, at, roomRate: rate, error, clock: sample.server - time };
    }));
}

const settledSamples = (samples, events) =>
  samples.filter((sample) => sample.playing && events.every(({ wall }) => sample.wall < wall || sample.wall > wall + SETTLED));

/** From when on a tab stays close, ms after the event; null where it never does before the next one. */
function settlesAfter(samples, from, until) {
  const mine = samples.filter((sample) => sample.wall >= from && sample.wall < until);
  for (let first = 0; first < mine.length; first += 1) {
    const start = mine[first];
    if (!start.playing) continue;
    const window = mine.filter((sample) => sample.wall >= start.wall && sample.wall <= start.wall + STAYS);
    if (until - start.wall < STAYS) return null;
    if (window.every((sample) => Math.abs(sample.error) < CLOSE)) return start.wall - from;
  }
  return null;
}

export function figures(seen, truth, happened, end) {
  const tabs = errors(seen, truth);
  const settled = tabs.map((samples) => settledSamples(samples, happened));
  const skews = [];
  for (let one = 0; one < settled.length; one += 1) {
    for (let other = one + 1; other < settled.length; other += 1) {
      let index = 0;
      for (const sample of settled[one]) {
        while (index + 1 < settled[other].length && Math.abs(settled[other][index + 1].wall - sample.wall) <= Math.abs(settled[other][index].wall - sample.wall)) index += 1;
        const there = settled[other][index];
        if (there && Math.abs(there.wall - sample.wall) <= TOGETHER) skews.push(Math.abs(sample.error - there.error));
      }
    }
  }
  const commands = happened.map((event, index) => {
    const until = happened[index + 1]?.wall ?? end;
    const concerned = event.tab === undefined ? tabs : [tabs[event.tab]];
    const times = concerned.map((samples) => settlesAfter(samples, event.wall, until));
    const worst = times.includes(null) ? null : Math.max(...times);
    const first = tabs.flat().find((sample) => sample.wall > event.wall + 50 && sample.playing && sample.at > truth.server(event.wall));
    const lead = event.do && first ? first.at - truth.server(event.wall) : null;
    const paused = event.do?.do === "pause" ? pausedApart(tabs, event.wall + 1500, until) : null;
    return { name: event.name, worst, times, lead, paused };
  });
  const playing = tabs.flat().filter((sample) => sample.playing && !sample.paused);
  return {
    settled: spread(settled.flat().map((sample) => Math.abs(sample.error))),
    byTab: settled.map((samples) => spread(samples.map((sample) => Math.abs(sample.error)))),
    skew: spread(skews),
    clock: spread(settled.flat().map((sample) => Math.abs(sample.clock))),
    samples: settled.flat().length,
    commands,
    off: playing.length === 0 ? 0 : (100 * playing.filter((sample) => sample.rate !== sample.roomRate).length) / playing.length,
    corrections: tabs.map((samples) => samples.at(-1)?.corrections ?? 0),
    seeks: seen.map((one) => one.seeks.length),
    stalls: seen.map((one) => one.stalls?.length ?? 0),
    tabs,
  };
}

/** How far from the room's frame, and from each other, the pictures stand while it is paused, ms. */
function pausedApart(tabs, from, until) {
  const stand = tabs.flatMap((samples) => samples.filter((sample) => sample.wall >= from && sample.wall < until && !sample.playing));
  return stand.length === 0 ? null : Math.max(...stand.map((sample) => Math.abs(sample.error)));
}

/** After bytes came back: when the thin tab was close for good, how it got there, and what the others felt. */
export function recovery(result, happened, seen) {
  const back = happened.find((event) => event.name === "bytes again").wall;
  const mine = result.tabs[0].filter((sample) => sample.wall >= back);
  const close = (limit) => {
    const last = mine.findLast((sample) => Math.abs(sample.error) > limit);
    return last === undefined ? 0 : last === mine.at(-1) ? null : last.wall - back;
  };
  const gone = happened.find((event) => event.name === "no bytes").wall;
  return {
    behind: Math.min(...result.tabs[0].map((sample) => sample.error)),
    under200: close(200),
    under50: close(50),
    seeks: seen[0].seeks.filter((at) => at > gone).length,
    stalls: seen[0].stalls.filter((at) => at > gone).length,
    frozen: frozen(mine),
    others: result.tabs.slice(1).map((samples) => Math.max(...samples.filter((sample) => sample.wall > gone && sample.playing).map((sample) => Math.abs(sample.error)))),
  };
}

/** For how long the picture stood after a time, ms. */
function frozen(samples) {
  let stood = 0;
  for (let index = 1; index < samples.length; index += 1) {
    if (samples[index].position === samples[index - 1].position) stood += samples[index].wall - samples[index - 1].wall;
  }
  return stood;
}

const ms = (value) => (value === null ? "never" : `${Math.round(value)}`);
const seconds = (value) => (value === null ? "never" : (value / 1000).toFixed(2));
const row = (name, unit, value) => console.log(`| ${name} | ${unit} | ${value} |`);

export function print(result, { load, checked, options, thin }) {
  console.log("\n| figure | unit | |\n|---|---|---:|");
  if (thin) {
    row("furthest behind", "ms", ms(-thin.behind));
    row("after the bytes came back: for good within 200 ms", "s", seconds(thin.under200));
    row("within 50 ms", "s", seconds(thin.under50));
    row("picture stood", "s", seconds(thin.frozen));
    row("seeks / stalls of that tab", "", `${thin.seeks} / ${thin.stalls}`);
    row("greatest error of the others meanwhile", "ms", thin.others.map(ms).join(" / "));
  } else {
    row("settled error, p50 / p95 / max", "ms", result.settled.map(ms).join(" / "));
    result.byTab.forEach((one, index) => row(`tab ${index}`, "ms", one.map(ms).join(" / ")));
    row("settled skew between two tabs, p50 / p95 / max", "ms", result.skew.map(ms).join(" / "));
    row("error of the tabs' clocks, p50 / p95 / max", "ms", result.clock.map(ms).join(" / "));
    for (const { name, worst, times, lead, paused } of result.commands) {
      if (name === "pause") row("pause: furthest picture from the room's frame", "ms", paused === null ? "–" : paused.toFixed(1));
      else row(`${name}: worst tab under 50 ms${lead === null ? "" : ` (start was ${Math.round(lead)} ms ahead)`}`, "s", `${seconds(worst)} (${times.map(seconds).join(", ")})`);
    }
    row("time off the room's rate", "%", result.off.toFixed(2));
  }
  row("corrections by tab", "", result.corrections.join(" / "));
  row("seeks by tab, commands among them", "", result.seeks.join(" / "));
  row("stalls by tab", "", result.stalls.join(" / "));
  row("load average before / after", "", load.map((value) => value.toFixed(2)).join(" / "));
  row("server's time known to", "± ms", checked.clock.toFixed(1));
  console.log(`\n${result.samples} settled samples; ${options.tabs} tabs, ${options.seconds} s, one-way delay ${options.delay.join("–")} ms, seed ${options.seed}`);
}
