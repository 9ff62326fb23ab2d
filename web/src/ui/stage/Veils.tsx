/** What lies over a film that does not play here yet, or not at all: consent, elsewhere, failed. Each names the next step. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { kindOf } from '../../players/capabilities';
import type { Show } from '../../projector';
import { label, type Item } from '../../protocol';
import { t } from '../../words';
import { useRoom, useRoomState } from '../hooks';
import { Icon } from '../Icon';
import '../../words/later';

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

function Veil({ children }: { readonly children: ComponentChildren }) {
  const veil = useFocusFirst();
  return <div ref={veil} class="veil veil--deep">{children}</div>;
}

const Source = ({ item, class: extra }: { readonly item: Item; readonly class: string }) => (
  <a class={`btn ${extra}`} href={item.url} target="_blank" rel="noopener noreferrer"><Icon name="external" />{t('overlay.source')}</a>
);

/** What people call the place that an item comes from. */
function siteName(item: Item): string {
  const known = kindOf(item)?.site?.name;
  if (known !== undefined) return known;
  try {
    return new URL(item.url).hostname;
  } catch {
    return item.url;
  }
}

function Consent({ item }: { readonly item: Item }) {
  const { projector } = useRoom();
  const site = siteName(item);
  return (
    <Veil>
      <Icon name="external" size={24} />
      <h3>{t('overlay.consent', { site })}</h3>
      <p>{t('overlay.consent.text', { company: kindOf(item)?.site?.company ?? site })}</p>
      <button class="btn btn--primary" type="button" data-first onClick={() => projector.agree()}>
        {t('overlay.consent.load', { site })}
      </button>
    </Veil>
  );
}

function Elsewhere({ item }: { readonly item: Item }) {
  const site = siteName(item);
  return (
    <Veil>
      <Icon name="external" size={24} />
      <h3>{t('overlay.consent', { site })}</h3>
      <p>{t('overlay.elsewhere.text', { site })}</p>
      <Source item={item} class="btn--primary" />
    </Veil>
  );
}

function Failed({ show }: { readonly show: Extract<Show, { kind: 'failed' }> }) {
  const room = useRoom();
  const { room: state } = useRoomState();
  const next = state?.queue[0];
  return (
    <Veil>
      <span class="bad"><Icon name="alert" size={24} /></span>
      <h3>{t('overlay.failed')}</h3>
      <p>{t(`failed.${show.why}`, { site: siteName(show.item) })}</p>
      {next !== undefined && <p class="t13">{t('overlay.failed.next', { title: label(next) })}</p>}
      <div class="hstack">
        {next !== undefined && (
          <button class="btn btn--sm" type="button" data-first onClick={() => void room.ask({ do: 'skip' })}>
            <Icon name="skip" size={16} />{t('overlay.next')}
          </button>
        )}
        <button class="btn btn--sm btn--edge" type="button" data-first={next === undefined ? true : undefined} onClick={() => room.projector.retry()}>
          <Icon name="adjust" size={16} />{t('overlay.retry')}
        </button>
        <Source item={show.item} class="btn--sm btn--edge" />
      </div>
    </Veil>
  );
}

export function Veils({ show }: { readonly show: Show }) {
  if (show.kind === 'consent') return <Consent key={show.item.id} item={show.item} />;
  if (show.kind === 'elsewhere') return <Elsewhere key={show.item.id} item={show.item} />;
  return show.kind === 'failed' ? <Failed key={show.item.id} show={show} /> : null;
}
