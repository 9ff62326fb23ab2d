/** How the server is: what there is in figures, and its parts, each by a shape and a word. Looked at again every few seconds. */
import { useEffect, useState } from 'preact/hooks';
import type { IconName } from '../ui/Icon';
import { has, t, tag } from '../words';
import { overview, type Overview as Said } from './calls';
import { useDesk } from './key';
import { figure, How, sizeText, Told, useAsk } from './parts';
import '../words/later';

/** How often, in milliseconds. */
const EVERY = 5000;

const SHAPES: Readonly<Record<string, readonly [IconName, 'ok' | 'warn' | 'bad' | 'calm']>> = {
  ok: ['insync', 'ok'], starting: ['hourglass', 'warn'], down: ['alert', 'bad'], ended: ['x', 'bad'], off: ['minus', 'calm'], elsewhere: ['globe', 'ok'],
  unheard: ['alert', 'bad'],
};

const DIALECTS: Readonly<Record<string, string>> = { native: 'onecouch', opentogethertube: 'OpenTogetherTube', clipper: 'Clipper' };

/** How long it runs: the two largest units that say something. */
function runs(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  const unit = (value: number, name: string): string => new Intl.NumberFormat(tag(), { style: 'unit', unit: name, unitDisplay: 'short' }).format(value);
  return days > 0 ? `${unit(days, 'day')} ${unit(hours, 'hour')}` : hours > 0 ? `${unit(hours, 'hour')} ${unit(rest, 'minute')}` : unit(rest, 'minute');
}

const named = (prefix: string, name: string): string => {
  const key = `${prefix}.${name}`;
  return has(key) ? t(key) : DIALECTS[name] ?? name;
};

const Figure = ({ word, value, under }: { readonly word: string; readonly value: string; readonly under?: string }) => (
  <div class="op-figure">
    <dt class="t13 t2">{word}</dt>
    <dd><b class="num">{value}</b>{under !== undefined && <span class="t12 t2">{under}</span>}</dd>
  </div>
);

export function Overview() {
  const { key } = useDesk();
  const ask = useAsk();
  const [said, setSaid] = useState<Said | null>(null);
  useEffect(() => {
    const look = (): void => void ask.run(() => overview(key)).then((now) => now !== null && setSaid(now));
    look();
    const timer = setInterval(look, EVERY);
    return () => clearInterval(timer);
  }, [key]);
  const { rooms, people } = said ?? {};
  return (
    <>
      <h2 class="vh">{t('op.overview')}</h2>
      <Told ask={ask} />
      {said !== null && rooms !== undefined && people !== undefined && (
        <>
          <dl class="op-figures">
            <Figure word={t('op.here')} value={figure(people.here)} under={t('op.here.of', { count: people.stored, accounts: figure(people.accounts) })} />
            <Figure word={t('op.playing')} value={figure(rooms.playing)} under={t('op.playing.of', { count: rooms.stored, awake: figure(rooms.awake) })} />
            <Figure word={t('op.runs')} value={runs(said.uptime)} under={t('op.version', { version: said.version })} />
            <Figure word={t('op.database')} value={sizeText(said.bytes)} under={t('op.bans.count', { count: said.bans })} />
          </dl>
          {said.nodes.length > 0 && (
            <section>
              <h3 class="sec">{t('op.nodes')}</h3>
              <ul class="op-lines">
                {said.nodes.map(({ url, here, state, rooms, posts }) => {
                  const [icon, tone] = SHAPES[state] ?? ['alert', 'warn'];
                  const does = posts.map((post) => named('op.part', post)).join(', ');
                  return (
                    <li key={url}>
                      <span class="grow">
                        <span class="clip block">{here ? t('op.node.here', { url }) : url}</span>
                        <span class="t13 t2 clip block">{[t('op.node.rooms', { count: rooms }), does].filter((one) => one !== '').join(' · ')}</span>
                      </span>
                      <How icon={icon} tone={tone} word={named('op.state', state)} />
                    </li>
                  );
                })}
              </ul>
            </section>
          )}
          <div class="op-cols">
            <section>
              <h3 class="sec">{t('op.parts')}</h3>
              <ul class="op-lines">
                {said.parts.map(({ name, state }) => {
                  const [icon, tone] = SHAPES[state] ?? ['alert', 'warn'];
                  return <li key={name}><span class="grow">{named('op.part', name)}</span><How icon={icon} tone={tone} word={named('op.state', state)} /></li>;
                })}
              </ul>
            </section>
            <section>
              <h3 class="sec">{t('op.doors')}</h3>
              {said.doors.length === 0 && <p class="op-none t2">{t('op.doors.none')}</p>}
              <ul class="op-lines">{said.doors.map(([name, count]) => <li key={name}><span class="grow">{named('door', name)}</span><b class="num">{figure(count)}</b></li>)}</ul>
              {said.sockets.length > 0 && <h3 class="sec">{t('op.sockets')}</h3>}
              <ul class="op-lines">{said.sockets.map(([name, count]) => <li key={name}><span class="grow">{DIALECTS[name] ?? name}</span><b class="num">{figure(count)}</b></li>)}</ul>
            </section>
          </div>
        </>
      )}
    </>
  );
}
