/** The keyboard: off while somebody types, where one switched it off, and never in the way of a focused button. */
import { useEffect, useRef } from 'preact/hooks';
import * as prefs from '../../prefs';
import type { OpenRoom } from '../../room';
import { t } from '../../words';
import { screenOf } from '../captions/screen';
import { talkOf } from '../chat/talk';
import '../../words/later';

export interface Deeds {
  readonly toggleFull: () => void;
  readonly toggleTheatre: () => void;
  readonly focusChat: () => void;
  readonly help: () => void;
  /** Slides the panel away where it lies over the film; `null` where it does not. */
  readonly leaveSide: (() => void) | null;
}

const TYPES = 'input:not([type=range]), textarea, select, [contenteditable]';
/** Keys that a focused control wants for itself. */
const OWN = new Set([' ', 'Enter', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']);
const CONTROLS = 'button, a[href], [role=slider], [role=tab], [role=radio], [role=menuitem], [role=option], input[type=range], dialog';

export function useKeys(room: OpenRoom, deeds: Deeds): void {
  const latest = useRef(deeds);
  latest.current = deeds;
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const on = event.target instanceof Element ? event.target : null;
      if (on?.closest(TYPES) != null || document.querySelector('dialog[open]') !== null) return;
      if (OWN.has(event.key) && on?.closest(CONTROLS) != null) return;
      // Held down, a key goes on seeking, but does not switch to and fro.
      if (event.repeat && !/^(Arrow|[jlJL]$)/.test(event.key)) return;
      if (act(event.key, room, latest.current)) event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [room]);
}

function act(key: string, room: OpenRoom, { toggleFull, toggleTheatre, focusChat, help, leaveSide }: Deeds): boolean {
  // The list of keys says where they are switched on again.
  if (key === '?') {
    help();
    return true;
  }
  if (key === 'Escape') {
    leaveSide?.();
    return leaveSide !== null;
  }
  if (!prefs.keys.get()) return false;
  const { projector } = room;
  switch (key.length === 1 ? key.toLowerCase() : key) {
    case ' ':
    case 'k': room.togglePlay(); return true;
    case 'ArrowLeft': room.seekBy(-5000); return true;
    case 'ArrowRight': room.seekBy(5000); return true;
    case 'j': room.seekBy(-10_000); return true;
    case 'l': room.seekBy(10_000); return true;
    case 'm': projector.setMuted(!projector.state.muted); return true;
    case 'f': toggleFull(); return true;
    case 't': toggleTheatre(); return true;
    case 's': projector.resync(); return true;
    case 'c':
      if (!screenOf(room).toggle()) room.tell(t('captions.none'));
      return true;
    case 'n': focusChat(); return true;
    case '/':
      talkOf(room).insert((draft) => (draft === '' ? '/' : draft));
      focusChat();
      return true;
    default: return false;
  }
}
