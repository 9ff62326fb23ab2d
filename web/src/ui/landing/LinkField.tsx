/** A field for one link, with its button; used where something is added. */
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { t } from '../../words';
import { Icon, type IconName } from '../Icon';

interface Props {
  readonly icon: IconName;
  readonly placeholder: string;
  readonly label: string;
  /** Does it; the field is emptied when that answers `true`. */
  readonly give: (link: string) => Promise<boolean>;
  readonly class?: string;
  readonly autofocus?: boolean;
  readonly id?: string;
  readonly children?: ComponentChildren;
}

export function LinkField({ icon, placeholder, label, give, class: extra, autofocus, id, children }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const link = input.current?.value.trim() ?? '';
    if (busy || link === '') {
      input.current?.focus();
      return;
    }
    setBusy(true);
    const done = await give(link);
    setBusy(false);
    if (done && input.current !== null) input.current.value = '';
  };
  return (
    <form class="link-form" onSubmit={(event) => void submit(event)}>
      <span class={`field ${extra ?? ''}`}>
        <Icon name={icon} />
        <input
          ref={input} id={id} type="text" inputMode="url" placeholder={placeholder} aria-label={label} autoComplete="off"
          autoFocus={autofocus === true} spellcheck={false} enterKeyHint="go"
        />
        {children ?? (
          <button class="icon-btn icon-btn--sm" type="submit" aria-label={t('add')} title={t('add')} aria-disabled={busy}>
            <Icon name="plus" />
          </button>
        )}
      </span>
    </form>
  );
}
