/** Where one writes: a line, a name, or a slash command completed from the server's own list. What is half written is kept. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { slashCommands, type SlashCommand } from '../../api/commands';
import { mayAs } from '../../rights';
import { t, wallText } from '../../words';
import { useRoom, useRoomState, useTick, useWatch } from '../hooks';
import { Icon } from '../Icon';
import { ReactMenu } from '../stage/ReactMenu';
import { complete, type Option } from './complete';
import { Completion, optionId } from './Completion';
import { talkOf } from './talk';
import '../../words/later';

const LONGEST = 2000;
const ORDER_KEEPERS: readonly string[] = ['moderator', 'cohost', 'host'];

/** Asked once per page; a failure is tried again the next time somebody types a slash. */
let known: readonly SlashCommand[] | null = null;

/** Why one may not write now, in words; `null` where one may. */
function useHeld(): string | null {
  const room = useRoom();
  const talk = talkOf(room);
  const { room: state, you } = useRoomState();
  const heldUntil = useWatch(talk, () => talk.state.heldUntil);
  const mute = state?.mutes.find((one) => one.person === you?.person);
  const over = mute?.until != null && mute.until <= Date.now();
  const left = heldUntil === null ? 0 : Math.ceil((heldUntil - performance.now()) / 1000);
  useTick(500, left > 0 || mute?.until != null);
  if (state === null || you === null) return null;
  if (mute !== undefined && !over && you.role !== 'host') {
    return mute.until === null ? t('chat.muted') : t('chat.muted.until', { time: wallText(mute.until) });
  }
  if (!mayAs(state.grants, you.role, 'chat')) return t('chat.not_allowed');
  if (left > 0 && !ORDER_KEEPERS.includes(you.role)) return t('chat.slow', { count: left });
  return null;
}

export function Composer({ editLast }: { readonly editLast: () => boolean }) {
  const room = useRoom();
  const talk = talkOf(room);
  const { room: state, you } = useRoomState();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(talk.draft);
  const [commands, setCommands] = useState(known ?? []);
  const [chosen, setChosen] = useState(0);
  const [moved, setMoved] = useState(false);
  const [shut, setShut] = useState(false);
  const held = useHeld();

  const write = (line: string): void => {
    talk.draft = line;
    setText(line);
    setChosen(0);
    setMoved(false);
  };
  // A name or a slash that is put in from elsewhere: a reply, a key.
  useEffect(() => talk.onInsert((insert) => {
    write(insert(talk.draft));
    input.current?.focus();
  }), [talk]);
  const slash = text.startsWith('/');
  useEffect(() => {
    if (!slash || known !== null) return;
    slashCommands().then(
      (list) => {
        known = list;
        setCommands(list);
      },
      () => undefined,
    );
  }, [slash]);

  const people = new Map([...(state?.members ?? []), ...(state?.here ?? [])].map((one) => [one.person, one]));
  if (you !== null) people.delete(you.person);
  const found = state === null || you === null ? null
    : complete(text, { commands, people: [...people.values()], queue: state.queue, room: state, role: you.role });
  const open = !shut && found !== null && found.options.length > 0;
  const picked = open ? found.options[Math.min(chosen, found.options.length - 1)] : undefined;

  const fill = (option: Option): void => {
    if (option.lockedFor !== null) return;
    write(option.line);
    setShut(option.whole);
    input.current?.focus();
  };
  const send = async (): Promise<void> => {
    const line = text.trim();
    if (line === '' || (held !== null && !slash)) return;
    write('');
    setShut(false);
    const answer = await room.say(line);
    if (answer.said) return;
    if (answer.waitMs !== null) talk.hold(answer.waitMs);
    // A line that was not taken comes back to where it can be mended, unless another one is begun already.
    if (talk.draft === '') write(line);
  };
  const key = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (event.key === 'ArrowUp' && text === '') {
      if (editLast()) event.preventDefault();
      return;
    }
    if (event.key === 'Escape' && !open) {
      input.current?.blur();
      return;
    }
    if (!open) return;
    // A whole command is run by Enter; what is begun is filled in.
    const fills = picked !== undefined && (moved || (found.kind !== 'argument' && picked.line.trim() !== text.trim()));
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setChosen((chosen + step + found.options.length) % found.options.length);
      setMoved(true);
    } else if (event.key === 'Escape') setShut(true);
    else if (event.key === 'Tab' && !event.shiftKey && picked !== undefined) fill(picked);
    else if (event.key === 'Enter' && picked !== undefined && fills) fill(picked);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class="composer">
      {!shut && found !== null && (open || found.usage !== null) && (
        <Completion found={found} chosen={Math.min(chosen, found.options.length - 1)} choose={fill} />
      )}
      <p class="held t12" role="status">{held !== null && <><Icon name="clock" size={14} />{held}</>}</p>
      <form
        class="field"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <input
          ref={input} id="message" value={text} maxLength={LONGEST} placeholder={t('chat.placeholder')} aria-label={t('chat.message')}
          autoComplete="off" enterKeyHint="send" role="combobox" aria-autocomplete="list" aria-expanded={open}
          aria-controls="slash" aria-activedescendant={picked === undefined ? undefined : optionId(found?.options.indexOf(picked) ?? 0)}
          dir="auto" onKeyDown={key}
          onInput={(event) => {
            write(event.currentTarget.value);
            setShut(false);
            if (!event.currentTarget.value.startsWith('/')) room.typed();
          }}
        />
        <ReactMenu class="icon-btn composer-react" />
        <button
          class={text.trim() === '' ? 'send' : 'send on'} type="submit" aria-label={t('chat.send')} title={t('chat.send')}
          aria-disabled={held !== null && !slash}
        >
          <Icon name="send" />
        </button>
      </form>
    </div>
  );
}
