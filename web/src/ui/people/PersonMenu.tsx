/** What may be done about somebody: another role, silence, the door. What one may not do says who may. */
import { useState } from 'preact/hooks';
import type { Role } from '../../protocol';
import { needsForRole, rank, type Permission } from '../../rights';
import { t } from '../../words';
import { Confirm } from '../Dialog';
import { useRoomState } from '../hooks';
import { later } from '../Later';
import { Menu, type Choice } from '../Menu';
import type { Asking } from '../Refusal';
import { useRights } from '../rights';
import { whenText } from '../when';
import '../../words/later';

const BanForm = later(() => import('./BanForm').then((part) => part.BanForm));

const GIVEN = ['cohost', 'moderator', 'trusted', 'guest'] as const;
const MINUTES = 60_000;
const MUTES = [['5', 5 * MINUTES], ['60', 60 * MINUTES], ['ever', undefined]] as const;

interface Props {
  readonly person: string;
  readonly name: string;
  readonly role: Role;
  readonly here: boolean;
  readonly asking: Asking;
}

export function PersonMenu({ person, name, role, here, asking }: Props) {
  const { room: state, you } = useRoomState();
  const { may, why } = useRights();
  const [bans, setBans] = useState(false);
  const [hands, setHands] = useState(false);
  if (state === null || you === null || person === you.person) return null;
  const own = you.role;
  const above = rank(role) >= rank(own) ? t('why.rank', { name, role: t(`role.${role}`) }) : undefined;
  const whyNot = (permission: Permission | null): string | undefined => above ?? (permission === null ? undefined : why(permission));
  const muted = state.mutes.find((one) => one.person === person);
  const lasting = state.members.find((one) => one.person === person)?.role ?? 'guest';
  const concerned: readonly Permission[] = ['kick', 'ban', 'mute', 'promote_trusted', 'demote_trusted', 'promote_moderator', 'promote_cohost'];
  if (!concerned.some(may)) return null;
  const give = (to: (typeof GIVEN)[number]): Choice => ({
    icon: 'shield', word: t(`person.make.${to}`), on: lasting === to,
    why: rank(to) >= rank(own) && own !== 'host' ? t('why.too_high') : whyNot(needsForRole(lasting, to)),
    run: () => void asking.ask({ do: 'set_role', person, role: to }),
  });
  const mutes: readonly Choice[] = muted === undefined
    ? MUTES.map(([key, for_ms]) => ({
        icon: 'muted' as const, word: t(`person.mute.${key}`), why: whyNot('mute'),
        run: () => void asking.ask({ do: 'mute', person, ...(for_ms === undefined ? {} : { for_ms }) }),
      }))
    : [{
        icon: 'chat', word: t('person.unmute'), hint: muted.until === null ? undefined : t('person.muted.until', { time: whenText(muted.until) }), why: why('mute'),
        run: () => void asking.ask({ do: 'unmute', person }),
      }];
  const choices: (Choice | null)[] = [
    ...GIVEN.filter((to) => to !== 'guest' || lasting !== 'guest').map(give),
    ...(own === 'host' ? [{ icon: 'hand' as const, word: t('person.hand'), run: () => setHands(true) }] : []),
    null,
    ...mutes,
    null,
    ...(here ? [{ icon: 'out' as const, word: t('person.kick'), hint: t('person.kick.hint'), why: whyNot('kick'), grave: true, run: () => void asking.ask({ do: 'kick', person }) }] : []),
    { icon: 'lock', word: t('person.ban'), why: whyNot('ban'), grave: true, run: () => setBans(true) },
  ];
  return (
    <>
      <Menu label={t('person.menu', { name })} choices={choices} />
      {bans && <BanForm person={person} name={name} close={() => setBans(false)} />}
      {hands && (
        <Confirm
          title={t('person.hand.title', { name })} text={t('person.hand.text', { name })} word={t('person.hand')}
          yes={() => void asking.ask({ do: 'set_role', person, role: 'host' })} close={() => setHands(false)}
        />
      )}
    </>
  );
}
