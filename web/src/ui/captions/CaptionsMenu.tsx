/** Which captions, and how they look: for this viewer alone. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Caption } from '../../protocol';
import { t, tag } from '../../words';
import { useDismiss, useRoom, useWatch } from '../hooks';
import { Icon } from '../Icon';
import { vars } from '../parts';
import { Segments } from '../Segments';
import { BACKGROUNDS, PLACES, screenOf, SIZES, type Choice } from './screen';
import '../../words/later';

const STEP = 250;

function trackName({ label, language, track }: Caption): string {
  if (label !== null && label !== '') return label;
  try {
    return language === null ? t('captions.track', { n: track + 1 }) : new Intl.DisplayNames(tag(), { type: 'language', fallback: 'code' }).of(language) ?? language;
  } catch {
    return language ?? '';
  }
}

function Choices() {
  const screen = screenOf(useRoom());
  const { tracks, choice, own, state } = useWatch(screen, () => screen.state);
  const file = useRef<HTMLInputElement>(null);
  const [refused, setRefused] = useState(false);
  const all: readonly { readonly value: Choice; readonly word: string }[] = [
    { value: 'off', word: t('captions.off') },
    ...tracks.map((one) => ({ value: one.track, word: trackName(one) })),
    ...(own === null ? [] : [{ value: 'own' as const, word: own }]),
  ];
  const key = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const list = event.currentTarget;
    if (step === 0 || !(list instanceof HTMLElement)) return;
    event.preventDefault();
    const at = all.findIndex((one) => one.value === choice);
    const index = (at + step + all.length) % all.length;
    const next = all[index];
    if (next !== undefined) screen.choose(next.value);
    list.querySelectorAll<HTMLElement>('[role=radio]')[index]?.focus();
  };
  return (
    <>
      <div role="radiogroup" aria-label={t('captions')} onKeyDown={key}>
        {all.map(({ value, word }) => (
          <button
            key={String(value)} class="menu-row cap-row" type="button" role="radio" aria-checked={value === choice} tabIndex={value === choice ? 0 : -1}
            onClick={() => screen.choose(value)}
          >
            <span class="cap-mark">{value === choice && <Icon name="check" size={16} />}</span>
            <span class="clip grow" dir="auto">{word}</span>
            {value === 'own' && <span class="t12 t3">{t('captions.own.mark')}</span>}
            {value === choice && state === 'fetching' && <span class="t12 t3">{t('captions.fetching')}</span>}
          </button>
        ))}
      </div>
      {state === 'failed' && <p class="t13 cap-no" role="alert"><Icon name="alert" size={16} />{t('captions.failed')}</p>}
      {refused && <p class="t13 cap-no" role="alert"><Icon name="alert" size={16} />{t('captions.refused')}</p>}
      <button class="menu-row cap-row" type="button" onClick={() => file.current?.click()}>
        <span class="cap-mark"><Icon name="plus" size={16} /></span>
        <span class="grow">{t('captions.own')}<small class="t12 t3 block">{t('captions.own.text')}</small></span>
      </button>
      <input
        ref={file} class="vh" type="file" accept=".srt,.vtt,text/vtt,application/x-subrip" tabIndex={-1} aria-label={t('captions.own')}
        onChange={(event) => {
          const input = event.currentTarget;
          const chosen = input.files?.[0];
          if (chosen !== undefined) {
            void screen.load(chosen).then((good) => {
              setRefused(!good);
              input.value = '';
            });
          }
        }}
      />
    </>
  );
}

function Looks() {
  const screen = screenOf(useRoom());
  const { look, delay } = useWatch(screen, () => screen.state);
  const when = delay === 0 ? t('captions.delay.none') : t(delay > 0 ? 'captions.later' : 'captions.earlier', { off: t('unit.s', { n: Math.abs(delay) / 1000 }) });
  return (
    <>
      <div class="pop-line"><span class="grow">{t('captions.size')}</span>
        <Segments label={t('captions.size')} options={SIZES.map((value) => ({ value, word: t(`captions.size.${value}`) }))} chosen={look.size} choose={(size) => screen.setLook({ size })} />
      </div>
      <div class="pop-line"><span class="grow">{t('captions.background')}</span>
        <Segments label={t('captions.background')} options={BACKGROUNDS.map((value) => ({ value, word: t(`captions.background.${value}`) }))} chosen={look.background} choose={(background) => screen.setLook({ background })} />
      </div>
      <div class="pop-line"><span class="grow">{t('captions.place')}</span>
        <Segments label={t('captions.place')} options={PLACES.map((value) => ({ value, word: t(`captions.place.${value}`) }))} chosen={look.place} choose={(place) => screen.setLook({ place })} />
      </div>
      <div class="pop-line" role="group" aria-label={t('captions.delay')}>
        <span class="grow">{t('captions.delay')}</span>
        <button class="icon-btn icon-btn--sm" type="button" aria-label={t('captions.sooner')} title={t('captions.sooner')} onClick={() => screen.setDelay(delay - STEP)}><Icon name="minus" /></button>
        <span class="num cap-delay" role="status">{when}</span>
        <button class="icon-btn icon-btn--sm" type="button" aria-label={t('captions.delay.more')} title={t('captions.delay.more')} onClick={() => screen.setDelay(delay + STEP)}><Icon name="plus" /></button>
      </div>
    </>
  );
}

/** Above the whole page, over its button: the film is too low for it on a phone, and would cut it off. */
function Menu({ at }: { readonly at: DOMRect }) {
  const menu = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    // Browsers without it show the menu where it stands.
    if (menu.current !== null && 'showPopover' in menu.current) menu.current.showPopover();
  }, []);
  return (
    <div
      ref={menu} class="menu c-menu cap-menu" role="group" aria-label={t('captions')} popover="manual"
      style={vars({ '--right': `${Math.max(8, window.innerWidth - at.right)}px`, '--bottom': `${Math.max(8, window.innerHeight - at.top + 8)}px` })}
    >
      <Choices />
      <div class="cap-looks"><Looks /></div>
    </div>
  );
}

/** The button among the controls; what is behind it opens upwards. */
export function CaptionsButton() {
  const screen = screenOf(useRoom());
  const choice = useWatch(screen, () => screen.state.choice);
  const [at, setAt] = useState<DOMRect | null>(null);
  const open = at !== null;
  const place = useRef<HTMLSpanElement>(null);
  const close = (): void => {
    setAt(null);
    place.current?.querySelector<HTMLElement>('button')?.focus();
  };
  useDismiss(open, place, close);
  return (
    <span class="c-place" ref={place}>
      <button
        class={choice === 'off' ? 'c-btn' : 'c-btn is-on'} type="button" aria-label={t(choice === 'off' ? 'captions' : 'captions.are_on')} title={`${t('captions')} (c)`}
        aria-expanded={open} onClick={(event) => setAt(open ? null : event.currentTarget.getBoundingClientRect())}
      >
        <Icon name="captions" />
      </button>
      {at !== null && <Menu at={at} />}
    </span>
  );
}
