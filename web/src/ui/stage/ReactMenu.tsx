/** React to what is on: a button that opens the six and a few more; and the six side by side where there is room. */
import { useRef, useState } from 'preact/hooks';
import { t } from '../../words';
import { useDismiss, useRoom } from '../hooks';
import { Icon } from '../Icon';
import { Emoji, emojiName, MORE, READY } from './Emoji';
import '../../styles/reactions.css';
import '../../words/later';

/** Arrow keys go along a row of buttons, of which one is in the order of the Tab key. */
function along(event: KeyboardEvent): void {
  const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
  const row = event.currentTarget;
  if (step === 0 || !(row instanceof HTMLElement)) return;
  const all = [...row.querySelectorAll<HTMLElement>('button')];
  const at = all.findIndex((one) => one === document.activeElement);
  const next = all[(at + step + all.length) % all.length];
  if (next === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  for (const one of all) one.tabIndex = one === next ? 0 : -1;
  next.focus();
}

function Row({ all, done }: { readonly all: readonly string[]; readonly done?: () => void }) {
  const room = useRoom();
  return (
    <div class="react-row" role="group" aria-label={t('react')} onKeyDown={along}>
      {all.map((emoji, index) => {
        const name = emojiName(emoji);
        return (
          <button
            key={emoji} class="icon-btn react" type="button" tabIndex={index === 0 ? 0 : -1} aria-label={name} title={name}
            onClick={() => {
              void room.ask({ do: 'react', emoji });
              done?.();
            }}
          >
            <Emoji emoji={emoji} silent />
          </button>
        );
      })}
    </div>
  );
}

const SIX = READY.map(([emoji]) => emoji);

interface MenuProps {
  readonly class: string;
  /** The six stand beside it already. */
  readonly moreOnly?: boolean;
}

export function ReactMenu({ class: extra, moreOnly }: MenuProps) {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLSpanElement>(null);
  const close = (): void => {
    setOpen(false);
    place.current?.querySelector<HTMLElement>('button')?.focus();
  };
  useDismiss(open, place, close);
  const word = t(moreOnly === true ? 'react.more' : 'react');
  return (
    <span class="react-place" ref={place}>
      <button class={extra} type="button" aria-expanded={open} aria-label={word} title={word} onClick={() => setOpen(!open)}>
        <Icon name={moreOnly === true ? 'plus' : 'smile'} />
      </button>
      {open && (
        <div class="menu react-menu">
          {moreOnly !== true && <Row all={SIX} done={close} />}
          <Row all={MORE} done={close} />
        </div>
      )}
    </span>
  );
}

/** The six, and the door to more; under the film. */
export function ReactBar() {
  return (
    <span class="react-bar">
      <Row all={SIX} />
      <ReactMenu class="icon-btn" moreOnly />
    </span>
  );
}
