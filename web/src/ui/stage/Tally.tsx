/** How many votes are there of those that are needed: a mark for each, and in figures. */
import { votesNeeded, type Proposal } from '../../protocol';
import { t } from '../../words';
import { useRoomState } from '../hooks';

/** More marks than this say nothing. */
const MARKS = 8;

export function Tally({ proposal }: { readonly proposal: Proposal }) {
  const { room } = useRoomState();
  if (room === null) return null;
  const yes = proposal.yes.length;
  const needed = Math.max(votesNeeded(room, proposal), yes);
  return (
    <span class="hstack votes">
      {needed <= MARKS && (
        <span class="tally" aria-hidden="true">
          {Array.from({ length: needed }, (_, index) => <i key={index} class={index < yes ? 'on' : undefined} />)}
        </span>
      )}
      <span class="num" aria-hidden="true">{t('vote.tally', { yes, needed })}</span>
      <span class="vh">{t('vote.tally.label', { yes, needed })}</span>
    </span>
  );
}
