/** The head of a part that stands in place of a tab's own content, with the way back. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../words';
import { Icon } from './Icon';
import '../words/later';

interface Props {
  readonly title: string;
  readonly back: () => void;
  readonly children?: ComponentChildren;
}

export function PartHead({ title, back, children }: Props) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus({ preventScroll: true }), []);
  return (
    <div class="part-head">
      <button ref={button} class="icon-btn turn" type="button" aria-label={t('back_to_queue')} title={t('back_to_queue')} onClick={back}><Icon name="right" /></button>
      <h2 class="grow">{title}</h2>
      {children}
    </div>
  );
}
