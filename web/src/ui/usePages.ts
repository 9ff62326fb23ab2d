/** A list that comes page by page, the newest first. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Page } from '../api/call';
import { useAsking, type Asking } from './Refusal';

export interface Pages<T> {
  /** `null` until the first page is there. */
  readonly entries: readonly T[] | null;
  /** Fetches the next page; `null` where there is none. */
  readonly more: (() => void) | null;
  readonly asking: Asking;
  /** Begins anew. */
  readonly again: () => void;
}

/** `read` is asked for the page behind `before`; another `key` begins anew. */
export function usePages<T>(key: string, read: (before: string | null) => Promise<Page<T>>): Pages<T> {
  const asking = useAsking();
  const [entries, setEntries] = useState<readonly T[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const wanted = useRef(key);
  wanted.current = key;
  const fetchPage = async (before: string | null, known: readonly T[]): Promise<void> => {
    const page = await asking.run(() => read(before));
    if (page === null || wanted.current !== key) return;
    setEntries([...known, ...page.entries]);
    setNext(page.next);
  };
  const again = (): void => void fetchPage(null, []);
  useEffect(() => {
    setEntries(null);
    setNext(null);
    again();
  }, [key]);
  return { entries, more: next === null ? null : () => void fetchPage(next, entries ?? []), asking, again };
}
