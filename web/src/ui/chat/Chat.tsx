/** What is said, what was done, how it was liked, and what only you were told; newest below. */
import '../../styles/chat.css';
import { Fragment } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { mayAs } from '../../rights';
import { clockText, names, t } from '../../words';
import { tell } from '../deeds';
import { spoilerGuard } from '../flags';
import { useRoom, useRoomState, useTick, useWatch } from '../hooks';
import { Icon } from '../Icon';
import { Origin } from '../parts';
import { Emoji } from '../stage/Emoji';
import { Composer } from './Composer';
import { entriesOf, isAhead, type Burst } from './entries';
import { Line } from './Line';
import { talkOf, unread } from './talk';
import '../../words/later';

/** Closer than this to the end, new lines are followed; closer than this to the start, older ones are fetched, px. */
const NEAR = 60;

function BurstLine({ burst, you }: { readonly burst: Burst; readonly you: string | null }) {
  const who = names(burst.people.slice(0, 3).map((one) => (one.person === you ? t('You') : one.name)));
  const more = burst.people.length - 3;
  return (
    <div class="sys burst">
      <span class="burst-kinds">
        {burst.kinds.map(({ emoji, count }) => (
          <span key={emoji} class="burst-kind"><Emoji emoji={emoji} />{count > 1 && <span class="num">{count}</span>}</span>
        ))}
      </span>
      <span dir="auto">{more > 0 ? t('reactions.by_more', { names: who, count: more }) : who}</span>
      {burst.position_ms !== null && <span class="at">{clockText(burst.position_ms)}</span>}
    </div>
  );
}

/** Where this person is in the film, ms: the room's place, or further back where their player is still on its way. */
function useWhere(guarded: boolean): number | null {
  const room = useRoom();
  const { room: state } = useRoomState();
  useTick(1000, guarded && state?.playback.playing === true);
  if (state === null || state.current === null || state.current.live) return null;
  const player = room.projector.player;
  const at = room.position();
  return player !== null && player.loaded() ? Math.min(at, player.time()) : at;
}

export function Chat() {
  const room = useRoom();
  const talk = talkOf(room);
  const { room: state, deeds, you } = useRoomState();
  const asides = useWatch(room, () => room.passing.asides);
  const { lines, past, reactions, filmFrom, unreadFrom } = useWatch(talk, () => talk.state);
  const guard = useWatch(spoilerGuard, () => spoilerGuard.get());
  const position = useWhere(guard);
  const log = useRef<HTMLDivElement>(null);
  const near = useRef(true);
  const [atEnd, setAtEnd] = useState(true);
  const [shown, setShown] = useState<ReadonlySet<number>>(new Set());
  const [editing, setEditing] = useState<number | null>(null);
  const [active, setActive] = useState<number | null>(null);
  const roles = new Map(state?.members.map((member) => [member.person, member.role]));
  const people = [...new Map([...(state?.members ?? []), ...(state?.here ?? [])].map((one) => [one.person, one])).values()];
  // What is not told here neither cuts what somebody says in two nor fills an empty chat.
  const entries = entriesOf({ lines, deeds: deeds.filter((deed) => tell(deed)?.inChat === true), reactions, asides });
  const me = you?.person ?? null;
  const news = unreadFrom === null ? 0 : unread(lines, unreadFrom, me);
  const mayErase = state !== null && you !== null && mayAs(state.grants, you.role, 'moderate');
  const newest = entries.at(-1);
  const oldest = lines[0]?.seq;

  const follow = (): void => log.current?.scrollTo({ top: log.current.scrollHeight });
  const looks = (): void => talk.looks(near.current && document.visibilityState === 'visible');
  useLayoutEffect(() => {
    if (near.current) follow();
    looks();
  }, [entries.length, newest?.at]);
  // Older lines come in above: what one reads stays where it is.
  const height = useRef<{ readonly oldest: number | undefined; readonly height: number }>({ oldest, height: 0 });
  useLayoutEffect(() => {
    const box = log.current;
    if (box === null) return;
    if (height.current.oldest !== oldest && !near.current) box.scrollTop += box.scrollHeight - height.current.height;
    height.current = { oldest, height: box.scrollHeight };
  });
  useEffect(() => {
    const box = log.current;
    if (box === null) return undefined;
    // The keyboard of a phone, or a menu, makes the box smaller: the last line stays the last line.
    const watch = new ResizeObserver(() => {
      if (near.current) follow();
    });
    watch.observe(box);
    document.addEventListener('visibilitychange', looks);
    return () => {
      watch.disconnect();
      document.removeEventListener('visibilitychange', looks);
      talk.looks(false);
    };
  }, [talk]);

  const scrolled = (): void => {
    const box = log.current;
    if (box === null) return;
    near.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
    setAtEnd(near.current);
    if (near.current) talk.read();
    looks();
    if (box.scrollTop < NEAR) void talk.lookBack();
  };
  const toEnd = (): void => {
    near.current = true;
    setAtEnd(true);
    follow();
    talk.read();
    document.getElementById('message')?.focus({ preventScroll: true });
  };
  const editLast = (): boolean => {
    const last = lines.findLast((line) => line.by?.person === me);
    if (last === undefined) return false;
    setEditing(last.seq);
    return true;
  };
  const edit = (seq: number | null): void => {
    setEditing(seq);
    if (seq === null) document.getElementById('message')?.focus({ preventScroll: true });
  };
  /** Arrow keys go from line to line; only the line one is at has buttons to tab to. */
  const key = (event: KeyboardEvent): void => {
    const box = log.current;
    if (box === null || (event.target instanceof HTMLInputElement)) return;
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    const all = [...box.querySelectorAll<HTMLElement>('.line')];
    const at = all.findIndex((one) => one.contains(document.activeElement));
    const next = at < 0 ? all.at(step < 0 ? -1 : 0) : all[at + step];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: 'nearest' });
  };
  const lineOf = (event: Event): number | null => {
    // By the way the event came: what was clicked may be gone from the page already.
    const found = event.composedPath().find((node): node is HTMLElement => node instanceof HTMLElement && node.dataset['line'] !== undefined);
    return found === undefined ? null : Number(found.dataset['line']);
  };

  let marked = news === 0;
  const drawn = entries.map((entry) => {
    if (entry.kind === 'aside') {
      return (
        <div class={entry.aside.refused ? 'sys aside aside--no' : 'sys aside'} key={`a${entry.aside.id}`}>
          <Icon name={entry.aside.refused ? 'lock' : 'check'} />
          <span class="aside-text">
            {entry.aside.text}
            <small class="t12 t3">{t('chat.only_you')}</small>
          </span>
        </div>
      );
    }
    if (entry.kind === 'burst') return <BurstLine key={`r${entry.at}.${entry.burst.seq}`} burst={entry.burst} you={me} />;
    if (entry.kind === 'deed') {
      const told = tell(entry.deed);
      if (told === null) return null;
      const { by } = told;
      const { position_ms: ms } = entry.deed;
      return (
        <div class="sys" key={`d${entry.deed.at}.${entry.deed.seq}`}>
          <Icon name={told.icon} />
          <span>
            {by !== null && <><b dir="auto">{by.person === me ? t('You') : by.name}</b>{' '}</>}
            {told.text} <Origin door={by?.door} />
          </span>
          {ms !== null && <span class="at">{clockText(ms)}</span>}
        </div>
      );
    }
    const { line } = entry;
    const mark = !marked && unreadFrom !== null && line.seq > unreadFrom && line.by?.person !== me;
    if (mark) marked = true;
    return (
      <Fragment key={line.id}>
        {mark && <div class="mark" role="separator"><span>{t('chat.new')}</span></div>}
        <Line
          line={line} joined={entry.joined && !mark} role={roles.get(line.by?.person ?? '') ?? 'guest'} you={me} people={people}
          veiled={guard && line.by?.person !== me && !shown.has(line.seq) && isAhead(line, { position, filmFrom })}
          editing={editing === line.seq} active={active === line.seq} mayErase={mayErase}
          reveal={() => setShown(new Set([...shown, line.seq]))}
          reply={() => talk.insert((draft) => `@${line.by?.name ?? ''} ${draft.trimStart()}`)}
          edit={(on) => edit(on ? line.seq : null)}
        />
      </Fragment>
    );
  });

  return (
    <Fragment>
      <div
        class="chat" role="log" aria-label={t('chat.label')} aria-describedby="chat-keys" ref={log} tabIndex={0} onScroll={scrolled} onKeyDown={key}
        onPointerOver={(event) => {
          if (event.pointerType === 'mouse') setActive(lineOf(event));
        }}
        onPointerLeave={(event) => {
          if (event.pointerType === 'mouse') setActive(null);
        }}
        onClick={(event) => setActive(lineOf(event))}
        onFocusIn={(event) => setActive(lineOf(event))}
      >
        <span class="vh" id="chat-keys">{t('chat.keys')}</span>
        {past === 'fetching' && <p class="chat-past t12 t3" role="status">{t('chat.past.fetching')}</p>}
        {(past === 'more' || past === 'failed') && lines.length > 0 && (
          <button class="btn btn--link chat-past t13" type="button" onClick={() => void talk.lookBack()}>
            {t(past === 'more' ? 'chat.past' : 'chat.past.failed')}
          </button>
        )}
        {entries.length === 0 && <p class="chat-empty t2">{t('chat.empty')}</p>}
        <span class="chat-rest" />
        {drawn}
      </div>
      {!atEnd && (
        <div class="to-end">
          <button class={news > 0 ? 'btn btn--sm btn--new' : 'btn btn--sm'} type="button" onClick={toEnd}>
            <Icon name="down" size={16} />{news > 0 ? t('chat.new_lines', { count: news }) : t('chat.to_end')}
          </button>
        </div>
      )}
      <Typing />
      <Composer editLast={editLast} />
    </Fragment>
  );
}

function Typing() {
  const room = useRoom();
  const typing = useWatch(room, () => room.passing.typing);
  return (
    <p class="typing t12 t3" aria-hidden="true">
      {typing.length > 0 && t('chat.typing', { count: typing.length, names: names(typing.map((one) => one.name)) })}
    </p>
  );
}
