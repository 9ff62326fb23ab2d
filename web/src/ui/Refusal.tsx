/** A no where it was asked for: the server's sentence, and the next step beside it. */
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Command, DeedCommand } from '../protocol';
import { isDeed } from '../protocol';
import { sentence } from '../room';
import { Refused } from '../session';
import { t } from '../words';
import { useRoom } from './hooks';
import { Icon } from './Icon';
import '../styles/parts.css';
import '../words/later';

export interface No {
  readonly code: string;
  readonly text: string;
  /** What one may not do alone can be put to the vote. */
  readonly propose: DeedCommand | null;
}

export interface Asking {
  /** Asks the room; answers whether it was done. */
  readonly ask: (command: Command) => Promise<boolean>;
  /** Waits for any other answer of the server; answers it, or `null` after a no. */
  readonly run: <T>(work: () => Promise<T>) => Promise<T | null>;
  readonly no: No | null;
  readonly busy: boolean;
  readonly clear: () => void;
}

const noOf = (error: unknown, command: Command | null): No => {
  const code = error instanceof Refused ? error.code : 'internal';
  return { code, text: sentence(error), propose: command !== null && code === 'not_allowed' && isDeed(command) ? command : null };
};

/** Asking with the answer at hand, for parts that show a no in their own place. */
export function useAsking(): Asking {
  const room = useRoom();
  const [no, setNo] = useState<No | null>(null);
  const [busy, setBusy] = useState(false);
  const asked = useRef(0);
  const attempt = async <T,>(work: () => Promise<T>, command: Command | null): Promise<T | null> => {
    asked.current += 1;
    const mine = asked.current;
    setBusy(true);
    setNo(null);
    try {
      return await work();
    } catch (error) {
      // Only the newest question is answered here.
      if (mine === asked.current) setNo(noOf(error, command));
      return null;
    } finally {
      if (mine === asked.current) setBusy(false);
    }
  };
  return {
    ask: async (command) => (await attempt(() => room.session.command(command), command)) !== null,
    run: (work) => attempt(work, null),
    no, busy,
    clear: () => setNo(null),
  };
}

interface Props {
  readonly asking: Pick<Asking, 'no' | 'clear'>;
  /** More next steps. */
  readonly children?: ComponentChildren;
}

/** The place of a no; it stays, so that what comes is read aloud. */
export function Refusal({ asking: { no, clear }, children }: Props) {
  const room = useRoom();
  return (
    <div class="no-place" role="alert">
      {no !== null && (
        <div class="no">
          <Icon name={no.code === 'offline' || no.code === 'lost' ? 'offline' : no.code === 'not_allowed' ? 'lock' : 'alert'} size={16} />
          <div class="grow">
            {no.text}
            {(no.propose !== null || children !== undefined) && (
              <span class="no-acts">
                {no.propose !== null && (
                  <button
                    class="btn btn--sm btn--edge" type="button"
                    onClick={() => {
                      const what = no.propose;
                      clear();
                      if (what !== null) void room.ask({ do: 'propose', what });
                    }}
                  >
                    <Icon name="vote" size={16} />{t('propose')}
                  </button>
                )}
                {children}
              </span>
            )}
          </div>
          <button class="icon-btn icon-btn--sm" type="button" aria-label={t('close')} title={t('close')} onClick={clear}><Icon name="x" size={16} /></button>
        </div>
      )}
    </div>
  );
}
