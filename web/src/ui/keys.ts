/** The keyboard: off while somebody types, and never in the way of a focused button. */
import { useEffect, useRef } from 'preact/hooks';
import type { OpenRoom } from '../room';

interface Deeds {
  readonly room: OpenRoom;
  readonly toggleFull: () => void;
  readonly toggleTheatre: () => void;
  readonly focusChat: () => void;
  readonly help: () => void;
}

const TYPES = 'input:not([type=range]), textarea, select, [contenteditable]';
/** Keys that a focused control wants for itself. */
const OWN = new Set([' ', 'Enter', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']);
const CONTROLS = 'button, a[href], [role=slider], [role=tab], [role=radio], input[type=range], dialog';

export function useKeys(deeds: Deeds): void {
  const latest = useRef(deeds);
  latest.current = deeds;
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const on = event.target instanceof Element ? event.target : null;
      if (on?.closest(TYPES) != null || document.querySelector('dialog[open]') !== null) return;
      if (OWN.has(event.key) && on?.closest(CONTROLS) != null) return;
      if (act(event.key, latest.current)) event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}

function act(key: string, { room, toggleFull, toggleTheatre, focusChat, help }: Deeds): boolean {
  const { projector } = room;
  switch (key) {
    case ' ':
    case 'k': room.togglePlay(); return true;
    case 'ArrowLeft': room.seekBy(-5000); return true;
    case 'ArrowRight': room.seekBy(5000); return true;
    case 'j': room.seekBy(-10_000); return true;
    case 'l': room.seekBy(10_000); return true;
    case 'm': projector.setMuted(!projector.state.muted); return true;
    case 'f': toggleFull(); return true;
    case 't': toggleTheatre(); return true;
    case 'n': focusChat(); return true;
    case '?': help(); return true;
    default: return false;
  }
}
