/** Small parts of the page of who runs the server: asking with the answer at hand, lists in pages, a no in its place. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Page } from '../api/call';
import { sentence } from '../room';
import { Refused } from '../session';
import { Icon, type IconName } from '../ui/Icon';
import { t, tag } from '../words';
import { useDesk } from './key';
import '../words/later';

/** What is said of a call that failed: a key that is not good is no session that ended. */
export function saying(error: unknown): string {
  return error instanceof Refused && error.code === 'bad_token' ? t('op.key.bad') : sentence(error);
}

export interface Ask {
  /** Waits for an answer; answers it, or `null` after a no. */
  readonly run: <T>(work: () => Promise<T>) => Promise<T | null>;
  readonly no: { readonly code: string; readonly text: string } | null;
  readonly busy: boolean;
  readonly clear: () => void;
}

/** Asking with a no at hand. A key that is good no more leads out of the page. */
export function useAsk(): Ask {
  const { leave } = useDesk();
  const [no, setNo] = useState<Ask['no']>(null);
  const [busy, setBusy] = useState(false);
  const asked = useRef(0);
  return {
    run: async (work) => {
      asked.current += 1;
      const mine = asked.current;
      setBusy(true);
      try {
        const done = await work();
        if (mine === asked.current) setNo(null);
        return done;
      } catch (error) {
        const code = error instanceof Refused ? error.code : 'internal';
        if (code === 'bad_token' || code === 'admin_off' || code === 'scope_missing') leave(saying(error));
        else if (mine === asked.current) setNo({ code, text: sentence(error) });
        return null;
      } finally {
        if (mine === asked.current) setBusy(false);
      }
    },
    no, busy,
    clear: () => setNo(null),
  };
}

/** The place of a no; it stays, so that what comes is read aloud. */
export const Told = ({ ask: { no, clear } }: { readonly ask: Pick<Ask, 'no' | 'clear'> }) => (
  <div role="alert">
    {no !== null && (
      <div class="no">
        <Icon name={no.code === 'offline' ? 'offline' : 'alert'} size={16} />
        <div class="grow">{no.text}</div>
        <button class="icon-btn icon-btn--sm" type="button" aria-label={t('close')} title={t('close')} onClick={clear}><Icon name="x" size={16} /></button>
      </div>
    )}
  </div>
);

export interface List<T> {
  /** `null` until the first page is there. */
  readonly entries: readonly T[] | null;
  readonly more: (() => void) | null;
  readonly ask: Ask;
  readonly again: () => void;
}

/** A list that comes page by page; another `name` begins anew. */
export function useList<T>(name: string, read: (after: string | null) => Promise<Page<T>>): List<T> {
  const ask = useAsk();
  const [entries, setEntries] = useState<readonly T[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const wanted = useRef(name);
  wanted.current = name;
  const fetchPage = async (after: string | null, known: readonly T[]): Promise<void> => {
    const page = await ask.run(() => read(after));
    if (page === null || wanted.current !== name) return;
    setEntries([...known, ...page.entries]);
    setNext(page.next);
  };
  const again = (): void => void fetchPage(null, []);
  useEffect(again, [name]);
  return { entries, more: next === null ? null : () => void fetchPage(next, entries ?? []), ask, again };
}

/** A list that comes at once. */
export const whole = <T,>(entries: readonly T[]): Page<T> => ({ entries, next: null });

interface RowsProps<T> {
  readonly list: List<T>;
  readonly none: string;
  readonly label: string;
  readonly row: (entry: T) => ComponentChildren;
}

/** The rows of a list, what is said where there are none, and the way to more. */
export function Rows<T>({ list: { entries, more, ask }, none, label, row }: RowsProps<T>) {
  return (
    <>
      <Told ask={ask} />
      {entries?.length === 0 && <p class="op-none t2">{none}</p>}
      {entries !== null && entries.length > 0 && <ul class="op-rows" aria-label={label}>{entries.map(row)}</ul>}
      {more !== null && <button class="btn op-more" type="button" aria-disabled={ask.busy} onClick={more}>{t('op.more')}</button>}
    </>
  );
}

/** A search that is asked for when one stops typing. */
export function Search({ label, search }: { readonly label: string; readonly search: (words: string) => void }) {
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <label class="field grow">
      <Icon name="search" size={16} />
      <input
        type="search" placeholder={label} aria-label={label} maxLength={64} autoComplete="off"
        onInput={(event) => {
          const words = event.currentTarget.value.trim();
          clearTimeout(timer.current);
          timer.current = window.setTimeout(() => search(words), 250);
        }}
      />
    </label>
  );
}

/** How something is: a shape and a word. */
export const How = ({ icon, tone, word }: { readonly icon: IconName; readonly tone: 'ok' | 'warn' | 'bad' | 'calm'; readonly word: string }) => (
  <span class={`sync sync--${tone}`}><Icon name={icon} />{word}</span>
);

/** A day and an hour. */
export const stamp = (at: number): string => new Intl.DateTimeFormat(tag(), { dateStyle: 'medium', timeStyle: 'short' }).format(at);
export const figure = (value: number): string => new Intl.NumberFormat(tag()).format(value);

/** Bytes as people say them. */
export function sizeText(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return new Intl.NumberFormat(tag(), { style: 'unit', unit: units[step] ?? 'byte', unitDisplay: 'short', maximumFractionDigits: 1 }).format(bytes / 1000 ** step);
}
