/** On to the next film, alone or by vote; and back to the one before. */
import { label } from '../../protocol';
import { t } from '../../words';
import { useRoom, useRoomState } from '../hooks';
import { Icon } from '../Icon';
import { Tally } from './Tally';

interface Props {
  readonly class: string;
  readonly word: string;
}

export function Skip({ class: extra, word }: Props) {
  const room = useRoom();
  const { room: state, you } = useRoomState();
  const open = state?.proposals.find((one) => one.what.do === 'skip');
  const mine = you !== null && open?.yes.includes(you.person) === true;
  return (
    <button
      class={open === undefined ? extra : `${extra} voteskip`} type="button" aria-pressed={open === undefined ? undefined : mine}
      onClick={() => void room.ask({ do: 'skip' })}
    >
      <Icon name="skip" size={16} />
      {word}
      {open !== undefined && <Tally proposal={open} />}
    </button>
  );
}

export function Back({ class: extra }: { readonly class: string }) {
  const room = useRoom();
  const { room: state } = useRoomState();
  // After one way back only the server knows what was on before that.
  if (state === null || state.tally.played === 0) return null;
  const title = state.before === null ? t('back') : t('queue.pick', { title: label(state.before) });
  return (
    <button class={extra} type="button" title={title} onClick={() => void room.ask({ do: 'back' })}>
      <Icon name="back" size={16} />{t('back')}
    </button>
  );
}
