/**
 * A button with a menu of deeds. The menu is laid over everything by fixed coordinates, so that no scrolling list cuts it off; on
 * phones it is a sheet at the bottom edge. What one may not do stays in it and says why.
 */
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useDismiss } from './hooks';
import { Icon, type IconName } from './Icon';
import '../styles/parts.css';

export interface Choice {
  readonly icon: IconName;
  readonly word: string;
  /** A second line, quieter. */
  readonly hint?: string | undefined;
  /** Why one may not; the choice stays and says so. */
  readonly why?: string | undefined;
  /** Cannot be taken back, or hits a person. */
  readonly grave?: boolean;
  /** Is so already. */
  readonly on?: boolean;
  readonly run: () => void;
}

interface Props {
  readonly label: string;
  readonly icon?: IconName;
  readonly class?: string;
  readonly id?: string;
  /** `null` is a line between two groups. */
  readonly choices: readonly (Choice | null)[];
  /** Told a choice that says why one may not. */
  readonly barred?: (choice: Choice) => void;
}

const GAP = 6;
const EDGE = 8;

export function Menu({ label, icon = 'more', class: extra, id, choices, barred }: Props) {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLSpanElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const name = useId();
  const close = (): void => setOpen(false);
  useDismiss(open, place, () => {
    const inside = list.current?.contains(document.activeElement) === true;
    close();
    if (inside) button.current?.focus();
  });
  useLayoutEffect(() => {
    const menu = list.current;
    if (!open || menu === null || button.current === null) return;
    const at = button.current.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = menu;
    const below = at.bottom + GAP + height <= innerHeight - EDGE;
    const top = below ? at.bottom + GAP : Math.max(EDGE, at.top - GAP - height);
    menu.style.setProperty('--top', `${top}px`);
    menu.style.setProperty('--left', `${Math.max(EDGE, Math.min(at.right - width, innerWidth - width - EDGE))}px`);
    menu.querySelector<HTMLElement>('[role=menuitem]')?.focus({ preventScroll: true });
  }, [open]);
  useEffect(() => {
    if (!open) return undefined;
    // A list that moves away under its menu takes it along.
    const stood = new Map<EventTarget, number>();
    for (let box: Element | null = button.current; box !== null; box = box.parentElement) stood.set(box, box.scrollTop);
    const scrolled = ({ target }: Event): void => {
      // A scroll of before is told late.
      if (target instanceof Element && stood.has(target) && stood.get(target) !== target.scrollTop) close();
    };
    document.addEventListener('scroll', scrolled, true);
    window.addEventListener('resize', close);
    return () => {
      document.removeEventListener('scroll', scrolled, true);
      window.removeEventListener('resize', close);
    };
  }, [open]);
  const key = (event: KeyboardEvent): void => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])].filter((row) => row.offsetParent !== null || row.getClientRects().length > 0);
    const index = rows.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (event.key === 'Tab') close();
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const row = rows[(to + rows.length) % rows.length];
    // Of all that could scroll only the menu itself may: where the list behind it did, the menu would close.
    row?.focus({ preventScroll: true });
    const menu = list.current;
    if (row !== undefined && menu !== null && menu.scrollHeight > menu.clientHeight) menu.scrollTop = row.offsetTop - menu.clientHeight / 2;
  };
  const choose = (choice: Choice): void => {
    close();
    // First the focus goes back, so that whoever opens something more may take it from here.
    button.current?.focus({ preventScroll: true });
    if (choice.why === undefined) choice.run();
    else barred?.(choice);
  };
  return (
    <span class="menu-place" ref={place}>
      <button
        ref={button} id={id} class={extra ?? 'icon-btn'} type="button" aria-label={label} title={label} aria-haspopup="menu" aria-expanded={open}
        aria-controls={open ? name : undefined} onClick={() => setOpen(!open)}
      >
        <Icon name={icon} />
      </button>
      {open && (
        <div ref={list} class="menu sheet" role="menu" id={name} aria-label={label} onKeyDown={key}>
          {choices.map((choice, index) => choice === null ? <hr key={`line ${index}`} /> : (
            <button
              key={choice.word} class={`menu-row ${choice.grave === true ? 'menu-row--grave' : ''}`} type="button" role="menuitem" tabIndex={-1}
              aria-disabled={choice.why !== undefined} onClick={() => choose(choice)}
            >
              <Icon name={choice.icon} />
              <span class="grow">
                {choice.word}
                {(choice.why ?? choice.hint) !== undefined && <span class="t12 t3 block">{choice.why ?? choice.hint}</span>}
              </span>
              {choice.on === true && <Icon name="check" size={16} />}
            </button>
          ))}
        </div>
      )}
    </span>
  );
}
