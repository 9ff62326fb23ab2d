/** Where one writes: a line, or a slash command completed from the server's own list. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { slashCommands, type SlashCommand } from '../api';
import { t } from '../words';
import { useRoom } from './hooks';
import { Icon } from './Icon';
import '../words/later';

const SHOWN = 6;
const LONGEST = 2000;

/** Asked once per page; a failure is tried again the next time somebody types a slash. */
let known: readonly SlashCommand[] | null = null;

/** What is left of a usage line once the command's own name is taken away. */
const rest = (command: SlashCommand): string => command.usage.replace(new RegExp(`^/?${command.name}\\s*`), '');

export function Composer() {
  const room = useRoom();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [commands, setCommands] = useState(known ?? []);
  const [chosen, setChosen] = useState(0);
  const [shut, setShut] = useState(false);

  const slash = /^\/(\S*)$/.exec(text);
  const wanted = slash?.[1] ?? null;
  useEffect(() => {
    if (wanted === null || known !== null) return;
    slashCommands().then(
      (list) => {
        known = list;
        setCommands(list);
      },
      () => undefined,
    );
  }, [wanted]);

  const matches = wanted === null || shut ? [] : commands.filter((one) => one.name.startsWith(wanted.toLowerCase())).slice(0, SHOWN);
  const picked = matches[Math.min(chosen, matches.length - 1)];

  const fill = (command: SlashCommand): void => {
    setText(`/${command.name}${rest(command) === '' ? '' : ' '}`);
    setChosen(0);
    setShut(rest(command) === '');
    input.current?.focus();
  };
  const send = async (): Promise<void> => {
    const line = text.trim();
    if (line === '') return;
    setText('');
    setShut(false);
    const said = await room.say(line);
    // A line that was not taken comes back to where it can be mended, unless another one is begun already.
    if (!said) setText((now) => (now === '' ? line : now));
  };
  const key = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const open = matches.length > 0;
    if (open && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setChosen((chosen + step + matches.length) % matches.length);
    } else if (open && event.key === 'Escape') setShut(true);
    else if (open && event.key === 'Tab' && picked !== undefined) fill(picked);
    else if (open && event.key === 'Enter' && picked !== undefined && picked.name !== wanted) fill(picked);
    else return;
    event.preventDefault();
  };

  return (
    <div class="composer">
      {matches.length > 0 && (
        <div class="menu slash" role="listbox" id="slash" aria-label={t('chat.commands')}>
          {matches.map((command, index) => (
            <div
              key={command.name} class="menu-row" role="option" id={`slash-${index}`} aria-selected={command === picked}
              onPointerDown={(event) => {
                event.preventDefault();
                fill(command);
              }}
            >
              <code>/{command.name} <i>{rest(command)}</i></code>
              <span class="what clip">{command.description}</span>
            </div>
          ))}
          <div class="hint" aria-hidden="true">
            <span class="kbd">↑</span><span class="kbd">↓</span><span>{t('chat.hint.choose')}</span>
            <span class="kbd">Tab</span><span>{t('chat.hint.fill')}</span>
            <span class="kbd">Esc</span><span>{t('chat.hint.close')}</span>
          </div>
        </div>
      )}
      <form
        class="field"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <input
          ref={input} id="message" value={text} maxLength={LONGEST} placeholder={t('chat.placeholder')} aria-label={t('chat.message')}
          autoComplete="off" enterKeyHint="send" role="combobox" aria-autocomplete="list" aria-expanded={matches.length > 0}
          aria-controls="slash" aria-activedescendant={picked === undefined ? undefined : `slash-${matches.indexOf(picked)}`}
          onKeyDown={key}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setShut(false);
            setChosen(0);
            if (!event.currentTarget.value.startsWith('/')) room.typed();
          }}
        />
        <button class={text.trim() === '' ? 'send' : 'send on'} type="submit" aria-label={t('chat.send')} title={t('chat.send')}>
          <Icon name="send" />
        </button>
      </form>
    </div>
  );
}
