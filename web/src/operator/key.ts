/** The key of who runs the server: in this tab alone, for as long as it is open, and nowhere else. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { read, write } from '../prefs';

const NAME = 'operator';

export const kept = (): string | null => read(NAME, 'here');
export const keep = (key: string | null): void => write(NAME, key, 'here');

/** What the parts of the page share: the key, and how to say what came of something. */
export interface Desk {
  readonly key: string;
  /** Says what was done, to be read aloud. */
  readonly say: (sentence: string) => void;
  /** The key is good no more, or was never. */
  readonly leave: (why: string) => void;
}

export const DeskContext = createContext<Desk | null>(null);

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === null) throw new Error('a part of the page of who runs the server stands outside of it');
  return desk;
}
