/**
 * Who may do what: permissions by roles. A role may do what the ones before it may, so a tick goes on to the right; what a role
 * may never be granted has no box. Nobody grants what they may not do themselves.
 */
import type { Room } from '../../protocol';
import { grantable, GRANTED, granting, GRANTS_OF, LEAST, mayAs, type Granted, type Permission } from '../../rights';
import { t } from '../../words';
import { Icon } from '../Icon';
import { useRights } from '../rights';
import { Row, useSetting } from './rows';
import '../../words/later';

/** Those that no list can ever hold are left out. */
const LISTED = (Object.keys(LEAST) as Permission[]).filter((permission) => grantable('moderator', permission));

export function Grants({ grants }: { readonly grants: Room['grants'] }) {
  const { may, why } = useRights();
  const setting = useSetting('grant_guests');
  const cell = (role: Granted, permission: Permission) => {
    if (!grantable(role, permission)) return <span class="t3" title={t('grants.never')}><span class="vh">{t('grants.never')}</span>–</span>;
    const own = grants[role].includes(permission);
    const before = GRANTED[GRANTED.indexOf(role) - 1];
    const inherited = !own && before !== undefined && mayAs(grants, before, permission);
    const no = why(GRANTS_OF[role]) ?? (may(permission) ? undefined : t('grants.too_high')) ?? (inherited ? t('grants.inherited', { role: t(`role.${before}`) }) : undefined);
    return (
      <button
        class="tick" type="button" role="checkbox" aria-checked={own || inherited} aria-disabled={no !== undefined} title={no}
        aria-label={t('grants.cell', { role: t(`role.${role}`), what: t(`may.${permission}`) })}
        onClick={() => {
          if (no === undefined) void setting.change({ grants: granting(grants, role, permission, !own) });
        }}
      >
        {(own || inherited) && <Icon name="check" size={16} />}
      </button>
    );
  };
  return (
    <Row name={t('grants.name')} hint={t('grants.hint')} setting={{ ...setting, why: GRANTED.some((role) => may(GRANTS_OF[role])) ? undefined : setting.why }} wide words={LISTED.map((permission) => t(`may.${permission}`)).join(' ')}>
      <div class="grants" tabIndex={0} role="group" aria-label={t('grants.name')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('grants.what')}</th>
              {GRANTED.map((role) => <th scope="col" key={role}>{t(`grants.role.${role}`)}</th>)}
            </tr>
          </thead>
          <tbody>
            {LISTED.map((permission) => (
              <tr key={permission}>
                <th scope="row">{t(`may.${permission}`)}</th>
                {GRANTED.map((role) => <td key={role}>{cell(role, permission)}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Row>
  );
}
