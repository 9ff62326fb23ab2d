/** Chat, people, queue and activity: four tabs beside the film. */
import { useRef } from 'preact/hooks';
import { t } from '../../words';
import { useRoomState } from '../hooks';
import { later } from '../Later';

export const TABS = ['chat', 'people', 'queue', 'activity'] as const;
export type Tab = (typeof TABS)[number];

interface Props {
  readonly tab: Tab;
  readonly choose: (tab: Tab) => void;
}

const Chat = later(() => import('../chat/Chat').then((part) => part.Chat));
const People = later(() => import('../people/People').then((part) => part.People));
const Queue = later(() => import('../queue/Queue').then((part) => part.Queue));
const Activity = later(() => import('../activity/Activity').then((part) => part.Activity));

const BODIES = { chat: Chat, people: People, queue: Queue, activity: Activity } as const;

export function Panel({ tab, choose }: Props) {
  const { room } = useRoomState();
  const list = useRef<HTMLDivElement>(null);
  const counts: Partial<Record<Tab, number>> = {
    people: new Set(room?.here.map((one) => one.person)).size + (room?.others ?? 0),
    queue: room?.queue.length ?? 0,
  };
  const key = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const index = (TABS.indexOf(tab) + step + TABS.length) % TABS.length;
    choose(TABS[index] ?? 'chat');
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[index]?.focus();
  };
  const Body = BODIES[tab];
  return (
    <aside class="panel" aria-label={t('panel.label')}>
      <div class="tabs" role="tablist" aria-label={t('panel.tabs')} ref={list} onKeyDown={key}>
        {TABS.map((name) => (
          <button
            key={name} class="tab" type="button" role="tab" id={`tab-${name}`} aria-controls={name} aria-selected={name === tab}
            tabIndex={name === tab ? 0 : -1} onClick={() => choose(name)}
          >
            {t(`tab.${name}`)}
            {(counts[name] ?? 0) > 0 && <span class="n">{counts[name]}</span>}
          </button>
        ))}
      </div>
      <section class="tabpanel" role="tabpanel" id={tab} aria-labelledby={`tab-${tab}`} key={tab}>
        <Body />
      </section>
    </aside>
  );
}
