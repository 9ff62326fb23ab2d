/** What lies over the film, one at a time: consent, refusal, sound, loading, waiting, the end, nothing yet. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { label, type Item, type Waiting } from '../protocol';
import { t, wallText } from '../words';
import { Couch } from './Couch';
import { useRoom, useRoomState, useWatch } from './hooks';
import { Icon } from './Icon';
import { LinkField } from './LinkField';
import { Spinner } from './parts';

/** Loading shows itself only after so long, ms. */
const PATIENCE = 400;

/** Focus goes to the button of an overlay that came by itself, unless the reader is busy typing. */
function useFocusFirst() {
  const veil = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const busy = document.activeElement;
    if (busy instanceof HTMLInputElement || busy instanceof HTMLTextAreaElement) return;
    veil.current?.querySelector<HTMLElement>('[data-first]')?.focus({ preventScroll: true });
  }, []);
  return veil;
}

function Veil({ deep, children }: { readonly deep?: boolean; readonly children: ComponentChildren }) {
  const veil = useFocusFirst();
  return <div ref={veil} class={deep === true ? 'veil veil--deep' : 'veil'}>{children}</div>;
}

const Source = ({ item, class: extra }: { readonly item: Item; readonly class: string }) => (
  <a class={`btn ${extra}`} href={item.url} target="_blank" rel="noopener noreferrer"><Icon name="external" />{t('overlay.source')}</a>
);

function Loading() {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), PATIENCE);
    return () => clearTimeout(timer);
  }, []);
  if (!shown) return null;
  return (
    <div class="veil" role="status">
      <Spinner />
      <h3>{t('overlay.loading')}</h3>
      <p>{t('overlay.loading.text')}</p>
    </div>
  );
}

/** The film stands though nobody paused it. */
function Waits({ waiting, start }: { readonly waiting: Waiting; readonly start: number | null }) {
  // Most starts wait for less than this.
  const [shown, setShown] = useState(waiting !== 'ready');
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), PATIENCE);
    return () => clearTimeout(timer);
  }, []);
  if (!shown) return null;
  const at = waiting === 'start' && start !== null;
  return (
    <div class="veil" role="status">
      <Icon name={waiting === 'start' ? 'clock' : 'hourglass'} size={24} />
      <h3>{at ? t('overlay.start.at', { time: wallText(start) }) : t(`overlay.${waiting}`)}</h3>
      <p>{t(`overlay.${waiting}.text`)}</p>
    </div>
  );
}

function Sound({ blocked }: { readonly blocked: boolean }) {
  const { projector } = useRoom();
  const button = useRef<HTMLButtonElement>(null);
  return (
    <div class={blocked ? 'veil' : 'sound-tap'}>
      <button ref={button} class="btn btn--primary btn--lg" type="button" onClick={() => projector.unlock()}>
        <Icon name={blocked ? 'play' : 'muted'} />
        {t(blocked ? 'overlay.tap_play' : 'overlay.tap_sound')}
      </button>
    </div>
  );
}

/** Nothing is on: an empty seat and the field that fills it. */
function Empty({ last }: { readonly last: Item | null }) {
  const room = useRoom();
  const add = (url: string): Promise<boolean> => room.ask({ do: 'add', url, spot: 'now' });
  return (
    <div class="empty">
      <Couch heads={0} seat />
      <h3>{t(last === null ? 'overlay.empty' : 'overlay.end')}</h3>
      <LinkField icon="link" placeholder={t('link.paste')} label={t('link.label')} give={add} />
      {last === null ? (
        <p class="t13 t2">{t('overlay.empty.text')}</p>
      ) : (
        <button class="btn btn--sm btn--edge" type="button" onClick={() => void add(last.url)}>
          <Icon name="undo" size={16} />{t('overlay.again', { title: label(last) })}
        </button>
      )}
    </div>
  );
}

export function Overlay() {
  const room = useRoom();
  const { room: state } = useRoomState();
  const seen = useWatch(room.projector, () => room.projector.state);
  if (state === null) return <Loading />;
  if (state.current === null) return <Empty last={state.before} />;
  const { show } = seen;
  if (show.kind === 'consent') {
    return (
      <Veil deep>
        <Icon name="external" size={24} />
        <h3>{t('overlay.consent', { site: show.site.name })}</h3>
        <p>{t('overlay.consent.text', { company: show.site.company })}</p>
        <button class="btn btn--primary" type="button" data-first onClick={() => room.projector.agree()}>
          {t('overlay.consent.load', { site: show.site.name })}
        </button>
      </Veil>
    );
  }
  if (show.kind === 'elsewhere') {
    return (
      <Veil deep>
        <Icon name="external" size={24} />
        <h3>{t('overlay.consent', { site: show.site.name })}</h3>
        <p>{t('overlay.elsewhere.text', { site: show.site.name })}</p>
        <Source item={show.item} class="btn--primary" />
      </Veil>
    );
  }
  if (show.kind === 'failed') {
    return (
      <Veil deep>
        <span class="bad"><Icon name="alert" size={24} /></span>
        <h3>{t('overlay.failed')}</h3>
        <p>{t('overlay.failed.text')}</p>
        <div class="hstack">
          <button class="btn btn--sm" type="button" data-first onClick={() => room.projector.retry()}>
            <Icon name="adjust" size={16} />{t('overlay.retry')}
          </button>
          <Source item={show.item} class="btn--sm btn--edge" />
        </div>
      </Veil>
    );
  }
  // Over a player of somebody else nothing may lie, and it says itself what it waits for.
  if (room.projector.player?.ownControls === true) return null;
  if (seen.blocked || seen.soundBlocked) return <Sound blocked={seen.blocked} />;
  // Who loads it is told so; who has it is told for whom the room waits.
  const { waiting } = state.playback;
  if (waiting !== null && !(waiting === 'ready' && show.kind === 'opening')) {
    return <Waits key={`${state.current.id} ${waiting}`} waiting={waiting} start={state.schedule.start} />;
  }
  if (seen.buffering || show.kind === 'opening') return <Loading key={state.current.id} />;
  return null;
}
