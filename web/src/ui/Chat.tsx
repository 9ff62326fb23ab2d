/** What is said, what was done, and what only you were told; newest below. */
import { Fragment } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { ChatLine } from '../protocol';
import type { Aside } from '../room';
import type { Deed } from '../room-deeds';
import { clockText, names, t } from '../words';
import { Composer } from './Composer';
import { tell } from './deeds';
import { useRoom, useRoomState, useWatch } from './hooks';
import { Icon } from './Icon';
import { Avatar, Origin, RoleChip, YouChip } from './parts';
import '../words/later';

type Entry =
  | { readonly kind: 'line'; readonly at: number; readonly line: ChatLine }
  | { readonly kind: 'deed'; readonly at: number; readonly deed: Deed }
  | { readonly kind: 'aside'; readonly at: number; readonly aside: Aside };

/** Following lines of one person within this time join, ms. */
const JOINS = 60_000;
/** Closer than this to the end, new lines are followed, px. */
const NEAR = 60;

const Position = ({ ms, go }: { readonly ms: number | null; readonly go: (ms: number) => void }) =>
  ms === null ? null : (
    <button class="at" type="button" title={t('chat.go', { at: clockText(ms) })} onClick={() => go(ms)}>{clockText(ms)}</button>
  );

export function Chat() {
  const room = useRoom();
  const { room: state, deeds, you } = useRoomState();
  const asides = useWatch(room, () => room.passing.asides);
  const log = useRef<HTMLDivElement>(null);
  const near = useRef(true);
  const lines = state?.chat ?? [];
  const roles = new Map(state?.members.map((member) => [member.person, member.role]));
  const entries: Entry[] = [
    ...lines.map((line): Entry => ({ kind: 'line', at: line.at, line })),
    ...deeds.map((deed): Entry => ({ kind: 'deed', at: deed.at, deed })),
    ...asides.map((aside): Entry => ({ kind: 'aside', at: aside.at, aside })),
  ].sort((a, b) => a.at - b.at);

  useLayoutEffect(() => {
    if (near.current) log.current?.scrollTo({ top: log.current.scrollHeight });
  }, [entries.length]);
  useEffect(() => {
    const box = log.current;
    if (box === null) return undefined;
    // The keyboard of a phone, or a menu, makes the box smaller: the last line stays the last line.
    const watch = new ResizeObserver(() => {
      if (near.current) box.scrollTo({ top: box.scrollHeight });
    });
    watch.observe(box);
    return () => watch.disconnect();
  }, []);

  const go = (ms: number): void => room.seekTo(ms);
  let before: ChatLine | null = null;
  const drawn = entries.map((entry) => {
    if (entry.kind === 'aside') {
      before = null;
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
    if (entry.kind === 'deed') {
      const told = tell(entry.deed);
      if (told === null || !told.inChat) return null;
      before = null;
      const { by, position_ms: ms } = entry.deed;
      return (
        <div class="sys" key={`d${entry.deed.at}.${entry.deed.seq}`}>
          <Icon name={told.icon} />
          <span>
            {by !== null && <><b dir="auto">{by.person === you?.person ? t('You') : by.name}</b>{' '}</>}
            {told.text} <Origin door={by?.door} />
          </span>
          {ms !== null && <span class="at">{clockText(ms)}</span>}
        </div>
      );
    }
    const { line } = entry;
    const last: ChatLine | null = before;
    const joined = last !== null && last.by?.person === line.by?.person && last.by?.door === line.by?.door && line.at - last.at < JOINS;
    before = line;
    const { by } = line;
    if (joined || by === null) {
      return (
        <div class="line line--more" key={line.id}>
          <p dir="auto">{line.text}</p>
          <Position ms={line.position_ms} go={go} />
        </div>
      );
    }
    return (
      <div class="line" key={line.id}>
        <Avatar person={by.person} name={by.name} />
        <div class="who">
          <b dir="auto" class="clip">{by.name}</b>
          <Origin door={by.door} />
          {by.person === you?.person ? <YouChip /> : <RoleChip role={roles.get(by.person) ?? 'guest'} />}
        </div>
        <Position ms={line.position_ms} go={go} />
        <p dir="auto">{line.text}</p>
      </div>
    );
  });

  return (
    <Fragment>
      <div
        class="chat" role="log" aria-label={t('chat.label')} ref={log} tabIndex={0}
        onScroll={(event) => {
          const box = event.currentTarget;
          near.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
        }}
      >
        {entries.length === 0 && <p class="chat-empty t2">{t('chat.empty')}</p>}
        {drawn}
      </div>
      <Typing />
      <Composer />
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
