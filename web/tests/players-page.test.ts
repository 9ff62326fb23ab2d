import { expect, it } from 'vitest';
import { CAPABILITIES, EMBEDS, type Kind } from '../src/players/capabilities';

const NAMES: Readonly<Record<string, string>> = { video: 'Video file', audio: 'Sound file', hls: 'HLS', dash: 'DASH' };
const STEERED: Readonly<Record<string, string>> = {
  native: 'any speed, in proportion', reported: 'any speed, in proportion', stepped: 'quarter steps of speed', seeking: 'seeks',
};

const speeds = ({ rates }: Kind): string => (rates === null ? 'none' : rates === 'any' ? 'any' : rates.join(', '));

function row(player: string, kind: Kind): string {
  const steered = kind.tuning === null ? 'nobody: everybody starts by hand' : STEERED[kind.tuning] ?? kind.tuning;
  const cells = [
    `\`${player}\``, kind.site?.name ?? NAMES[player] ?? player, kind.site?.company ?? 'its host', speeds(kind), kind.seek, steered,
    kind.ownControls ? 'its own, and ours under it' : 'ours',
  ];
  return `| ${cells.join(' | ')} |`;
}

it('docs/PLAYERS.md says what the table of players says', async () => {
  const page = [
    '# Players',
    '',
    '<!-- Made from web/src/players/capabilities.ts: cd web && npx vitest run tests/players-page.test.ts -u -->',
    '',
    'What the page can do with each kind of player. Whoever comes is asked before somebody else\'s page is loaded, once per browser and site.',
    '',
    '| player | plays | connects to | speeds | seeks | kept in step by | controls |',
    '|---|---|---|---|---|---|---|',
    ...Object.entries(CAPABILITIES).map(([player, kind]) => row(player, kind)),
    ...Object.entries(EMBEDS).map(([site, kind]) => row(`embed ${site}:…`, kind)),
    '',
    'Vimeo takes speeds from 0.5 to 2, unless the video\'s owner forbids them: then it is sought into place. Channels of Twitch are live and have no',
    'place to seek to; its clips are started by hand. Live films are not kept in step: who presses play goes to where the broadcast is.',
    '',
  ];
  await expect(page.join('\n')).toMatchFileSnapshot('../../docs/PLAYERS.md');
});
