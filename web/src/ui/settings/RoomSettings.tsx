/** What the room is set to, section by section, with a search. */
import { useState } from 'preact/hooks';
import type { QueueMode, Settings, Visibility } from '../../protocol';
import { t } from '../../words';
import { Icon } from '../Icon';
import { later } from '../Later';
import { spanText } from '../when';
import { useRights } from '../rights';
import { Barred, ChoiceRow, NumberRow, Row, Search, Section, TextRow, ToggleRow, useSetting, useSettings } from './rows';
import { Colour } from './Colour';
import { DeleteRoom } from './DeleteRoom';
import { Grants } from './Grants';
import { Invites } from './Invites';
import { Password } from './Password';
import '../../words/later';

const ScheduleForm = later(() => import('../schedule/ScheduleForm').then((part) => part.ScheduleForm));

const VISIBILITIES: readonly Visibility[] = ['invite', 'unlisted', 'public', 'private'];
const MODES: readonly QueueMode[] = ['manual', 'vote', 'fair', 'loop', 'dj'];
const WAITS: readonly Settings['wait_for'][] = ['none', 'host', 'all'];
const RESTORES: readonly Settings['restore'][] = ['always', 'prompt', 'never'];
const PARTS = ['sponsor', 'intro', 'outro', 'interaction', 'selfpromo', 'music_offtopic', 'preview'] as const;
const SECOND = 1000;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const SLOW = [0, 5 * SECOND, 10 * SECOND, 30 * SECOND, MINUTE, 5 * MINUTE, 60 * MINUTE] as const;
const EXPIRES = [60 * MINUTE, DAY, 7 * DAY, 30 * DAY, 365 * DAY] as const;

/** Spans to choose from, the one that is set among them. */
const spans = (offered: readonly number[], set: number | null): readonly number[] =>
  set === null || offered.includes(set) ? offered : [...offered, set].sort((one, other) => one - other);

const empty = (text: string): string | null => (text.trim() === '' ? null : text.trim());
const listOf = (text: string): readonly string[] => text.split(/[\n,;，、；]+/).map((word) => word.trim()).filter((word) => word !== '');

function Parts({ chosen }: { readonly chosen: readonly string[] }) {
  const setting = useSetting('settings');
  return (
    <Row name={t('set.parts')} hint={t('set.parts.hint')} setting={setting} wide words={PARTS.map((part) => t(`part.${part}`)).join(' ')}>
      <div class="checks" role="group" aria-label={t('set.parts')}>
        {PARTS.map((part) => (
          <label class="check" key={part}>
            <input
              type="checkbox" checked={chosen.includes(part)} aria-disabled={setting.why !== undefined}
              onClick={(event) => {
                // The room has the last word: the box shows what it says.
                event.preventDefault();
                if (setting.why !== undefined) return;
                const others = chosen.filter((one) => one !== part);
                void setting.change({ skip_segments: chosen.includes(part) ? others : [...others, part] });
              }}
            />
            {t(`part.${part}`)}
          </label>
        ))}
      </div>
    </Row>
  );
}

export function RoomSettings({ close }: { readonly close: () => void }) {
  const room = useSettings();
  const { why } = useRights();
  const [search, setSearch] = useState('');
  const barred = why('settings');
  if (room === null) return null;
  return (
    <>
      <span class="field set-search">
        <Icon name="search" />
        <input type="search" value={search} placeholder={t('set.search')} aria-label={t('set.search')} onInput={(event) => setSearch(event.currentTarget.value)} />
      </span>
      {barred !== undefined && <p class="set-barred t13"><Icon name="lock" size={16} />{barred}</p>}
      <Barred.Provider value={barred}>
        <Search.Provider value={search.trim().toLocaleLowerCase()}>
        <div class="set-list">
          <Section title={t('set.about')}>
            <TextRow name={t('settings.title')} permission="title" value={room.title} limit={255} to={(text) => (text.trim() === '' ? null : { title: text.trim() })} wrong={t('set.title.missing')} />
            <TextRow name={t('set.text')} hint={t('set.text.hint')} permission="about" value={room.about} limit={4000} area to={(about) => ({ about })} />
            <TextRow name={t('set.picture')} hint={t('set.picture.hint')} permission="settings" value={room.picture ?? ''} type="url" limit={2048} placeholder="https://" to={(text) => ({ picture: empty(text) })} />
            <Colour colour={room.colour} opacity={room.opacity} />
          </Section>
          <Section title={t('set.access')}>
            <ChoiceRow name={t('settings.visibility')} hint={t(`visibility.${room.visibility}.hint`)} permission="visibility" options={VISIBILITIES.map((value) => [value, t(`visibility.${value}`)])} chosen={room.visibility} to={(visibility) => ({ visibility })} />
            <Password has={room.has_password} />
            <NumberRow name={t('set.capacity')} hint={t('set.capacity.hint')} permission="access" value={room.capacity} low={2} high={100_000} none={t('set.none')} unit={t('unit.people')} to={(capacity) => ({ capacity })} />
            <Invites />
          </Section>
          <Section title={t('set.queue')}>
            <ChoiceRow name={t('set.queue_mode')} hint={t(`queue_mode.${room.queue_mode}.hint`)} permission="queue_mode" options={MODES.map((value) => [value, t(`queue_mode.${value}`)])} chosen={room.queue_mode} to={(queue_mode) => ({ queue_mode })} />
            <ToggleRow name={t('set.duplicates')} hint={t('set.duplicates.hint')} permission="queue_mode" on={room.duplicates} to={(duplicates) => ({ duplicates })} />
            <NumberRow name={t('set.items')} hint={t('set.items.hint')} permission="settings" value={room.items_per_person} low={1} high={10_000} none={t('set.none')} unit={t('unit.films')} to={(items_per_person) => ({ items_per_person })} />
            <NumberRow name={t('set.minutes')} permission="settings" value={room.minutes_per_person} low={1} high={100_000} none={t('set.none')} unit={t('unit.minutes')} to={(minutes_per_person) => ({ minutes_per_person })} />
          </Section>
          <Section title={t('set.votes')}>
            <ToggleRow name={t('set.vote_skip')} hint={t('set.vote_skip.hint')} permission="settings" on={room.vote_skip} to={(vote_skip) => ({ vote_skip })} />
            <NumberRow name={t('set.vote_percent')} hint={t('set.vote_percent.hint')} permission="settings" value={room.vote_percent} low={1} high={100} unit="%" to={(value) => ({ vote_percent: value ?? 50 })} />
          </Section>
          <Section title={t('set.waiting')}>
            <ToggleRow name={t('set.ready_start')} hint={t('set.ready_start.hint')} permission="settings" on={room.ready_start} to={(ready_start) => ({ ready_start })} />
            <ToggleRow name={t('set.ready_seek')} permission="settings" on={room.ready_seek} to={(ready_seek) => ({ ready_seek })} />
            <ToggleRow name={t('set.ready_resume')} permission="settings" on={room.ready_resume} to={(ready_resume) => ({ ready_resume })} />
            <NumberRow name={t('set.patience')} hint={t('set.patience.hint')} permission="settings" value={room.ready_patience_ms} low={0} high={5000} unit="ms" to={(value) => ({ ready_patience_ms: value ?? 1500 })} />
            <ChoiceRow name={t('set.wait_for')} hint={t('set.wait_for.hint')} permission="settings" options={WAITS.map((value) => [value, t(`wait_for.${value}`)])} chosen={room.wait_for} to={(wait_for) => ({ wait_for })} />
          </Section>
          <Section title={t('set.film')}>
            <Parts chosen={room.skip_segments} />
            <NumberRow name={t('set.volume')} hint={t('set.volume.hint')} permission="settings" value={room.volume} low={0} high={100} none={t('set.volume.own')} unit="%" to={(volume) => ({ volume })} />
          </Section>
          <Section title={t('set.chat')}>
            <ChoiceRow name={t('set.slow')} hint={t('set.slow.hint')} permission="moderate" options={spans(SLOW, room.slow_mode_ms).map((ms) => [String(ms), ms === 0 ? t('set.off') : spanText(ms)])} chosen={String(room.slow_mode_ms)} to={(value) => ({ slow_mode_ms: Number(value) })} />
            <ToggleRow name={t('set.moderation')} hint={t('set.moderation.hint')} permission="moderate" on={room.moderation} to={(moderation) => ({ moderation })} />
            <ToggleRow name={t('set.profanity')} permission="moderate" on={room.profanity_filter} to={(profanity_filter) => ({ profanity_filter })} />
            <TextRow name={t('set.words')} hint={t('set.words.hint')} permission="moderate" value={room.profanity_words.join(', ')} area to={(text) => ({ profanity_words: listOf(text) })} />
          </Section>
          <Section title={t('set.leaving')}>
            <ChoiceRow name={t('set.restore')} permission="settings" options={RESTORES.map((value) => [value, t(`restore.${value}`)])} chosen={room.restore} to={(restore) => ({ restore })} />
            <ChoiceRow
              name={t('set.expires')} hint={t('set.expires.hint')} permission="end" options={[['', t('set.never')] as const, ...spans(EXPIRES, room.expires_after_ms).map((ms) => [String(ms), spanText(ms)] as const)]}
              chosen={room.expires_after_ms === null ? '' : String(room.expires_after_ms)} to={(value) => ({ expires_after_ms: value === '' ? null : Number(value) })}
            />
          </Section>
          <Section title={t('set.schedule')}><ScheduleForm /></Section>
          <Section title={t('set.grants')}><Grants grants={room.grants} /></Section>
          <Section title={t('set.delete')}><DeleteRoom close={close} /></Section>
          <p class="set-nothing t2">{t('set.nothing', { text: search })}</p>
        </div>
        </Search.Provider>
      </Barred.Provider>
    </>
  );
}
