/** One line of the chat: who, through which door, when in the film, what; and what one may do with it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ChatLine, Role } from '../../protocol';
import { clockText, t } from '../../words';
import { useRoom } from '../hooks';
import { Icon } from '../Icon';
import { Avatar, Origin, RoleChip, YouChip } from '../parts';
import { isPictures, parts } from './text';
import '../../words/later';

interface Named {
  readonly person: string;
  readonly name: string;
}

export interface LineProps {
  readonly line: ChatLine;
  /** It goes on what the same person said just before. */
  readonly joined: boolean;
  readonly role: Role;
  readonly you: string | null;
  readonly people: readonly Named[];
  /** It is about a part of the film that this person has not come to. */
  readonly veiled: boolean;
  readonly editing: boolean;
  /** The one line of all whose buttons are there: the keyboard's, or the one that was tapped. */
  readonly active: boolean;
  readonly mayErase: boolean;
  readonly reveal: () => void;
  readonly reply: () => void;
  readonly edit: (on: boolean) => void;
}

export function Position({ ms, reach }: { readonly ms: number | null; readonly reach: boolean }) {
  const room = useRoom();
  if (ms === null) return null;
  const word = t('chat.go', { at: clockText(ms) });
  return (
    <button class="at" type="button" title={word} aria-label={word} tabIndex={reach ? 0 : -1} onClick={() => room.seekTo(ms)}>
      {clockText(ms)}
    </button>
  );
}

function Text({ text, people, you }: { readonly text: string; readonly people: readonly Named[]; readonly you: string | null }) {
  return (
    <p dir="auto" class={isPictures(text) ? 'pictures' : undefined}>
      {parts(text, people).map((part, index) => {
        if (part.kind === 'text') return part.text;
        if (part.kind === 'name') return <span key={index} class={part.person === you ? 'named named--you' : 'named'}>{part.text}</span>;
        return <a key={index} href={part.href} target="_blank" rel="noopener noreferrer nofollow ugc">{part.text}</a>;
      })}
    </p>
  );
}

/** The line as it can be written anew. */
function Reword({ line, done }: { readonly line: ChatLine; readonly done: () => void }) {
  const room = useRoom();
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    input.current?.focus();
    input.current?.setSelectionRange(line.text.length, line.text.length);
  }, []);
  const save = async (): Promise<void> => {
    const text = input.current?.value.trim() ?? '';
    if (text === '' || text === line.text) {
      done();
      return;
    }
    setBusy(true);
    // A no is told over the film, and what was written stays.
    if (await room.ask({ do: 'reword', line: line.seq, text })) done();
    setBusy(false);
  };
  return (
    <form
      class="reword" onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Escape') done();
      }}
    >
      <span class="field">
        <input ref={input} defaultValue={line.text} maxLength={2000} aria-label={t('chat.reword.label')} dir="auto" />
      </span>
      <span class="hstack tight">
        <button class="btn btn--sm btn--primary" type="submit" aria-disabled={busy}>{t('chat.save')}</button>
        <button class="btn btn--sm" type="button" onClick={done}>{t('chat.cancel')}</button>
      </span>
    </form>
  );
}

function Acts({ line, you, mayErase, reply, edit }: Pick<LineProps, 'line' | 'you' | 'mayErase' | 'reply' | 'edit'>) {
  const room = useRoom();
  const [sure, setSure] = useState(false);
  const mine = line.by !== null && line.by.person === you;
  return (
    <span class="line-acts">
      {!mine && line.by !== null && (
        <button class="icon-btn" type="button" aria-label={t('chat.reply', { name: line.by.name })} title={t('chat.reply', { name: line.by.name })} onClick={reply}>
          <Icon name="reply" />
        </button>
      )}
      {mine && (
        <button class="icon-btn" type="button" aria-label={t('chat.reword')} title={t('chat.reword')} onClick={() => edit(true)}>
          <Icon name="pen" />
        </button>
      )}
      {(mine || mayErase) && (sure ? (
        <button class="btn btn--sm btn--bad" type="button" onClick={() => void room.ask({ do: 'erase', line: line.seq })} onBlur={() => setSure(false)}>
          {t('chat.erase.sure')}
        </button>
      ) : (
        <button
          class="icon-btn" type="button" aria-label={t('chat.erase')} title={t('chat.erase')}
          onClick={(event) => {
            const row = event.currentTarget.parentElement;
            setSure(true);
            requestAnimationFrame(() => row?.querySelector<HTMLElement>('.btn--bad')?.focus());
          }}
        >
          <Icon name="bin" />
        </button>
      ))}
    </span>
  );
}

export function Line(props: LineProps) {
  const { line, joined, role, you, people, veiled, editing, active, mayErase, reveal, reply, edit } = props;
  const { by } = line;
  const body = editing ? <Reword line={line} done={() => edit(false)} />
    : veiled ? (
      <button class="veiled" type="button" tabIndex={active ? 0 : -1} onClick={reveal}>
        <span aria-hidden="true" class="veiled-bar" />
        <span>{t('chat.veiled', { at: clockText(line.position_ms ?? 0) })}</span>
      </button>
    ) : <Text text={line.text} people={people} you={you} />;
  const head = !joined && by !== null;
  return (
    <div
      class={`line ${head ? '' : 'line--more'} ${active ? 'is-active' : ''}`} data-line={line.seq} tabIndex={-1} role="article"
      aria-label={by === null ? undefined : t('chat.line', { name: by.name })}
    >
      {head && <Avatar person={by.person} name={by.name} />}
      {head && (
        <div class="who">
          <b dir="auto" class="clip">{by.name}</b>
          <Origin door={by.door} />
          {by.person === you ? <YouChip /> : <RoleChip role={role} />}
        </div>
      )}
      <Position ms={line.position_ms} reach={active} />
      {body}
      {active && !editing && <Acts line={line} you={you} mayErase={mayErase} reply={reply} edit={edit} />}
    </div>
  );
}
