/** The list over the composer: what the line could become. The field keeps the focus and says which row is chosen. */
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../../words';
import { Icon } from '../Icon';
import type { Completion as Found, Option } from './complete';
import '../../words/later';

export const optionId = (index: number): string => `slash-${index}`;

interface Props {
  readonly found: Found;
  readonly chosen: number;
  readonly choose: (option: Option) => void;
}

const LABELS = { command: 'chat.commands', argument: 'chat.arguments', name: 'chat.names' } as const;

export function Completion({ found, chosen, choose }: Props) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    <div class="menu slash">
      {found.usage !== null && (
        <p class="usage">
          <code>
            /{found.usage.name}
            {found.usage.words.map((word, index) => (
              <span key={`${index}${word}`} class={index === found.usage?.next ? 'on' : undefined}> {word}</span>
            ))}
          </code>
        </p>
      )}
      {found.options.length > 0 && (
        <div role="listbox" id="slash" class="slash-list" aria-label={t(LABELS[found.kind])} ref={list}>
          {found.options.map((option, index) => (
            <div
              key={option.id} class="menu-row" role="option" id={optionId(index)} aria-selected={index === chosen}
              aria-disabled={option.lockedFor !== null}
              onPointerDown={(event) => {
                // The field keeps the focus.
                event.preventDefault();
                choose(option);
              }}
            >
              <code>{option.word}{option.rest !== '' && <i> {option.rest}</i>}</code>
              {option.lockedFor === null ? (
                <span class="what clip">{option.what}</span>
              ) : (
                <span class="what clip"><Icon name="lock" size={14} />{t(`only.${option.lockedFor}`)}</span>
              )}
            </div>
          ))}
        </div>
      )}
      {found.options.length > 0 && (
        <div class="hint" aria-hidden="true">
          <span class="kbd">↑</span><span class="kbd">↓</span><span>{t('chat.hint.choose')}</span>
          <span class="kbd">Tab</span><span>{t('chat.hint.fill')}</span>
          <span class="kbd">Esc</span><span>{t('chat.hint.close')}</span>
        </div>
      )}
    </div>
  );
}
