/** The field that fills the queue: what was recognised, where it goes, and what became of it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { addLink, type Spot } from '../../api/queue';
import { t } from '../../words';
import { useRoom, useRoomState } from '../hooks';
import { Icon } from '../Icon';
import { Spinner } from '../parts';
import { Refusal, useAsking } from '../Refusal';
import { useRights } from '../rights';
import { Segments } from '../Segments';
import { recognise, type Recognised } from './recognise';
import '../../words/later';

const SPOTS: readonly Spot[] = ['end', 'next', 'now'];
/** What became of a link is told for so long, ms. */
const TOLD = 8000;

function foundText(found: Recognised): string {
  switch (found.kind) {
    case 'nothing': return '';
    case 'words': return t('found.words');
    case 'many': return t('found.many', { count: found.count });
    case 'site': {
      if (found.list === 'none') return t(`found.${found.site}`);
      return t(found.list === 'whole' ? 'found.site.whole' : 'found.site.part', { site: t(`site.${found.site}`) });
    }
    case 'file': return t(`found.${found.format}`);
    case 'page': return t('found.page', { host: found.host });
    case 'other': return t('found.scheme');
  }
}

interface Props {
  /** A list was pasted: it is shown before it is added. */
  readonly paste: (text: string) => void;
}

export function AddField({ paste }: Props) {
  const room = useRoom();
  const { room: state } = useRoomState();
  const { why } = useRights();
  const asking = useAsking();
  const form = useRef<HTMLFormElement>(null);
  const input = useRef<HTMLInputElement>(null);
  /** The next link was sent off while the one before is on its way. */
  const waits = useRef(false);
  /** How often something was typed, and how often when the last link was sent off. */
  const typed = useRef(0);
  const sent = useRef(0);
  const [text, setText] = useState('');
  const [spot, setSpot] = useState<Spot>('end');
  const [whole, setWhole] = useState(false);
  const [said, say] = useState('');
  const found = recognise(text);
  const noAdd = why('add');
  useEffect(() => {
    if (said === '') return undefined;
    const timer = setTimeout(() => say(''), TOLD);
    return () => clearTimeout(timer);
  }, [said]);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    // What stands in the field now: whoever pastes and presses Enter is quicker than the next drawing.
    const link = (input.current?.value ?? text).trim();
    if (asking.busy || link === '') {
      // Enter pressed twice is one wish.
      waits.current ||= asking.busy && link !== '' && typed.current > sent.current;
      input.current?.focus();
      return;
    }
    const mine = typed.current;
    sent.current = mine;
    const found = recognise(link);
    const wholeList = found.kind === 'site' && (found.list === 'whole' || (found.list === 'part' && whole));
    const added = await asking.run(() => addLink(room.id, link, spot, wholeList));
    if (added === null) return;
    // Who typed on meanwhile keeps that.
    if (typed.current === mine) setText('');
    setSpot('end');
    setWhole(false);
    // What waits is told with the offer to take it back (`Undo`).
    if (added.position === 0) say(t('queue.added.on', { title: added.title }));
  };
  useEffect(() => {
    if (asking.busy || !waits.current) return;
    waits.current = false;
    form.current?.requestSubmit();
  }, [asking.busy]);
  const pasted = (event: ClipboardEvent): void => {
    const list = event.clipboardData?.getData('text/plain') ?? '';
    if (recognise(list).kind !== 'many') return;
    event.preventDefault();
    paste(list);
  };
  const show = (): void => {
    const known = state?.queue.find((item) => item.url === text.trim()) ?? null;
    if (known === null) return;
    const row = document.querySelector(`[data-item="${CSS.escape(known.id)}"]`);
    row?.scrollIntoView({ block: 'center' });
    row?.querySelector<HTMLElement>('.q-go')?.focus({ preventScroll: true });
  };
  const known = asking.no?.code === 'already_queued' && state?.queue.some((item) => item.url === text.trim()) === true;
  return (
    <form ref={form} class="q-add" onSubmit={(event) => void submit(event)}>
      <Refusal asking={asking}>
        {known ? <button class="btn btn--sm" type="button" onClick={show}>{t('queue.show_it')}</button> : undefined}
      </Refusal>
      {found.kind !== 'nothing' && (
        <div class="q-found">
          <span class="t13 t2 grow">{foundText(found)}</span>
          {found.kind !== 'other' && <Segments label={t('queue.to')} options={SPOTS.map((value) => ({ value, word: t(`queue.to.${value}`) }))} chosen={spot} choose={setSpot} />}
          {found.kind === 'site' && found.list === 'part' && (
            <label class="check t13"><input type="checkbox" checked={whole} onChange={(event) => setWhole(event.currentTarget.checked)} />{t('queue.whole')}</label>
          )}
        </div>
      )}
      <span class="field">
        {asking.busy ? <Spinner /> : <Icon name="plus" />}
        <input
          ref={input} value={text} type="text" inputMode="url" placeholder={t('queue.search')} aria-label={t('queue.add')} title={noAdd} autoComplete="off"
          spellcheck={false} enterKeyHint="go" onPaste={pasted}
          onInput={(event) => {
            typed.current += 1;
            setText(event.currentTarget.value);
            if (asking.no !== null) asking.clear();
          }}
        />
        {text !== '' && (
          <button class="send on" type="submit" aria-label={t('add')} title={noAdd ?? t('add')} aria-disabled={asking.busy || noAdd !== undefined}><Icon name="send" /></button>
        )}
      </span>
      <p class="q-said t13 t2" role="status" dir="auto">{asking.busy ? t('queue.looking') : said}</p>
    </form>
  );
}
