import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClientFrame, ServerFrame } from '../src/protocol';
import { OpenRoom } from '../src/room';
import { Bars } from '../src/ui/stage/Bars';
import { Chat } from '../src/ui/chat/Chat';
import { Controls } from '../src/ui/stage/Controls';
import { RoomContext } from '../src/ui/hooks';
import { NoticeBox } from '../src/ui/stage/NoticeBox';
import { Overlay } from '../src/ui/stage/Overlay';
import { Queue } from '../src/ui/queue/Queue';
import type { Layout } from '../src/ui/stage/Stage';
import { WhoDidIt } from '../src/ui/stage/WhoDidIt';
import { ANA, BEN, event, here, item, playback, room as full, welcome } from './frames';

/** The browser's WebSocket, as a test holds it. */
class Line {
  static last: Line;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  readyState = 1;
  readonly sent: ClientFrame[] = [];

  constructor() {
    Line.last = this;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientFrame);
  }

  close(): void {
    this.readyState = 3;
  }
}

const LAYOUT: Layout = {
  theatre: false, full: false, side: false, toggleTheatre: () => undefined, toggleFull: () => undefined, toggleSide: () => undefined,
};

let room: OpenRoom;

/** Lets promises that a frame settled have their turn. */
const settle = (): Promise<void> => act(() => new Promise((resolve) => setTimeout(resolve, 0)));

async function says(frame: ServerFrame): Promise<void> {
  await act(() => Line.last.onmessage?.({ data: JSON.stringify(frame) }));
  await settle();
}

const commands = (): ClientFrame[] => Line.last.sent.filter((frame) => frame.type === 'command');
const one = (selector: string): HTMLElement => {
  const found = document.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`nothing on the page is ${selector}`);
  return found;
};
const text = (selector: string): string => (one(selector).textContent).replace(/\s+/g, ' ').trim();

async function type(selector: string, value: string): Promise<void> {
  const input = one(selector) as HTMLInputElement;
  await act(() => {
    input.value = value;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

const press = (selector: string, key: string): Promise<void> =>
  act(() => void one(selector).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })));
const submit = (selector: string): Promise<void> =>
  act(() => void one(selector).dispatchEvent(new Event('submit', { bubbles: true, cancelable: true })));
const click = (selector: string): Promise<void> => act(() => one(selector).click());

beforeEach(async () => {
  vi.stubGlobal('WebSocket', Line);
  vi.stubGlobal('fetch', () =>
    Promise.resolve(new Response(JSON.stringify({ data: [
      { name: 'seek', usage: '/seek 1:30', description: 'Jump' }, { name: 'skip', usage: '/skip', description: 'Next' },
    ] }), { status: 200 })));
  room = new OpenRoom('r', false);
  Line.last.onopen?.();
  await says(welcome({ playback: playback({ position_ms: 5000 }) }));
  await act(() => render(
    <RoomContext.Provider value={room}>
      <WhoDidIt /><NoticeBox /><Bars /><Overlay /><Controls layout={LAYOUT} /><Chat /><Queue />
    </RoomContext.Provider>,
    document.body,
  ));
});

afterEach(async () => {
  await act(() => render(null, document.body));
  room.close();
  vi.unstubAllGlobals();
});

describe('the page', () => {
  it('asks the room to play, and shows it playing only when the room says so', async () => {
    await click('.c-btn--play');
    expect(commands()).toEqual([{ type: 'command', id: 'c1', do: 'play' }]);
    expect(one('.c-btn--play').getAttribute('aria-label')).toBe('Play');
    await says(event(43, { kind: 'playback', cause: 'play', playback: playback({ playing: true, position_ms: 5000 }) }));
    expect(one('.c-btn--play').getAttribute('aria-label')).toBe('Pause');
  });

  it('shows the stream that the room announces once somebody agreed to its site, and the film instead where one is on', async () => {
    localStorage.clear();
    await says(welcome({ current: null, queue: [], playback: playback({ item: null }) }));
    expect(text('.empty')).toContain('What shall we watch?');
    const embed = 'https://player.kick.com/some-body';
    await says(event(43, { kind: 'changed', source_url: 'https://kick.com/some-body', embed_url: embed, stream_embed_url: null }));
    expect(document.querySelector('iframe')).toBeNull();
    expect(text('.veil')).toContain('This stream comes from Kick');
    await click('.veil button');
    const frame = one('iframe.film--stream') as HTMLIFrameElement;
    expect(frame.getAttribute('src')).toBe(embed);
    expect(frame.title).toContain('Stream:');
    expect(frame.getAttribute('sandbox')).not.toContain('allow-top-navigation');
    await says(event(44, { kind: 'status_changed', status: 'ended' }));
    expect(document.querySelector('iframe')).toBeNull();
    await says(event(45, { kind: 'status_changed', status: 'live' }));
    expect(one('iframe.film--stream').getAttribute('src')).toBe(embed);
  });

  it('says who did it, and through which door', async () => {
    await says(event(43, { kind: 'playback', cause: 'seek', playback: playback({ position_ms: 90_000 }) }));
    expect(text('.by-place')).toContain('Ben went to 1:30');
    expect(text('.by-place')).toContain('Telegram');
    expect(text('.sys')).toContain('Ben went to 1:30');
  });

  it('shows what the server announces, as text, until it is closed', async () => {
    await says({ type: 'announcement', s: 1, text: 'Back at <b>ten</b>.\nSorry!' });
    await says({ type: 'announcement', s: 2, text: 'Now.' });
    expect(one('.bars').getAttribute('role')).toBe('status');
    expect(text('.ask--said')).toContain('From the person who runs this server');
    expect(one('.ask--said b').textContent).toBe('Back at <b>ten</b>.\nSorry!');
    await click('.ask--said [aria-label="Close the announcement"]');
    expect(document.querySelectorAll('.ask--said')).toHaveLength(1);
    expect(text('.ask--said')).toContain('Now.');
    for (const n of [1, 2, 3, 4]) await says({ type: 'announcement', s: 3, text: `Again ${n}` });
    expect(document.querySelectorAll('.ask--said')).toHaveLength(3);
    for (let left = 3; left > 0; left -= 1) await click('.ask--said button');
    expect(document.querySelector('.ask--said')).toBeNull();
  });

  it('knows at once when one is somebody else', async () => {
    await says({ type: 'you', s: 1, you: { connection: 9, person: 'ben', name: 'Ben', role: 'guest', may: [] } });
    await says(event(43, { kind: 'playback', cause: 'seek', playback: playback({ position_ms: 90_000 }) }));
    expect(text('.by-place')).toContain('You went to 1:30');
  });

  it('shows a no with the sentence of the server', async () => {
    await click('[aria-label="Forward 10 s"]');
    await says({ type: 'refused', id: 'c1', code: 'not_allowed', message: 'Only Ana may seek here. Ask her.' });
    expect(text('[role=alert]')).toContain('Only Ana may seek here. Ask her.');
    await click('[role=alert] [aria-label=Close]');
    expect(text('[role=alert]')).toBe('');
  });

  it('lets one put to the vote what one may not do alone', async () => {
    await click('[aria-label="Forward 10 s"]');
    await says({ type: 'refused', id: 'c1', code: 'not_allowed', message: 'Only Ana may seek here.' });
    await click('[role=alert] .acts button');
    expect(commands().at(-1)).toEqual({ type: 'command', id: 'c2', do: 'propose', what: { do: 'seek', by_ms: 10_000 } });
    expect(text('[role=alert]')).toBe('');
  });

  it('shows a vote with what is still needed, and takes a yes', async () => {
    await says({ type: 'presence', s: 1, here: [here(8), here(9)], gone: [], others: 0 });
    await says(event(43, { kind: 'proposed', what: { do: 'skip' }, until: Date.now() + 60_000, item: 'i0' }));
    expect(text('.ask')).toContain('Skip this film');
    expect(text('.ask')).toContain('Ben asks');
    // Three watch and Ben votes from Telegram: sixty of a hundred of four.
    expect(text('.ask .num[aria-hidden]')).toBe('1 of 3');
    await click('.ask [aria-pressed]');
    expect(commands().at(-1)).toMatchObject({ do: 'ballot', proposal: 43, yes: true });
    await says(event(44, { kind: 'balloted', proposal: 43, person: 'ana', yes: true }));
    expect(text('.ask .num[aria-hidden]')).toBe('2 of 3');
    expect(one('.ask [aria-pressed]').getAttribute('aria-pressed')).toBe('true');
    await says(event(45, { kind: 'decided', proposal: 43, verdict: 'passed' }));
    expect(document.querySelector('.ask')).toBeNull();
  });

  it('offers to take one\'s own last deed back, and nobody else\'s', async () => {
    await says({ ...event(43, { kind: 'removed', item: 'i2' }), at: Date.now() });
    expect(document.querySelector('.ask--undo')).toBeNull();
    await says({ ...event(44, { kind: 'removed', item: 'i1' }), at: Date.now(), by: ANA });
    expect(text('.ask--undo')).toContain('Removed Film i1.');
    await click('.ask--undo button');
    expect(commands().at(-1)).toMatchObject({ do: 'undo', seq: 44 });
    await says({ ...event(45, { kind: 'added', items: [item('i1')], index: 0 }), by: ANA, undoes: 44 });
    expect(document.querySelector('.ask--undo')).toBeNull();
  });

  it('does not offer to take back what plays already', async () => {
    await says({ ...event(43, { kind: 'added', items: [item('n1')], index: 0 }), at: Date.now(), by: ANA });
    expect(text('.ask--undo')).toContain('Film n1 is number 1.');
    await says(event(44, { kind: 'playback', cause: 'end', playback: playback({ item: 'n1' }) }));
    expect(document.querySelector('.ask--undo')).toBeNull();
  });

  it('asks what shall become of a queue that was kept', async () => {
    await says({ type: 'snapshot', s: 1, room: full({ shelf: [item('s1'), item('s2')] }) });
    expect(text('.ask')).toContain('2 films of the last people here are kept.');
    await click('.ask .btn--primary');
    expect(commands().at(-1)).toMatchObject({ do: 'restore', discard: false });
    await says(event(43, { kind: 'unshelved', discarded: false }));
    expect(document.querySelector('.ask')).toBeNull();
    expect([...document.querySelectorAll('.ttl')].map((node) => node.textContent).slice(-2)).toEqual(['Film s1', 'Film s2']);
  });

  it('votes for what comes next where the room goes by votes', async () => {
    expect(document.querySelector('.vote')).toBeNull();
    await says(event(43, { kind: 'changed', queue_mode: 'vote' }));
    await says(event(44, { kind: 'voted', item: 'i1', person: 'ben', up: true }));
    expect(one('.vote').getAttribute('aria-label')).toBe('Vote for Film i1, 1 vote');
    await click('.vote');
    expect(commands().at(-1)).toMatchObject({ do: 'vote', item: 'i1', up: true });
    await says(event(45, { kind: 'voted', item: 'i1', person: 'ana', up: true }));
    expect(one('.vote').getAttribute('aria-pressed')).toBe('true');
    await click('.vote');
    expect(commands().at(-1)).toMatchObject({ do: 'vote', item: 'i1', up: false });
  });

  it('goes back where something was on before, and at another speed', async () => {
    expect(document.querySelector('[title^="Play Film b0"]')).toBeNull();
    await says({ type: 'snapshot', s: 1, room: full({ before: item('b0'), tally: { lines: 0, reactions: 0, played: 1 } }) });
    await click('[title^="Play Film b0"]');
    expect(commands().at(-1)).toMatchObject({ do: 'back' });
    const speed = one('.c-speed') as HTMLSelectElement;
    await act(() => {
      speed.value = '1.5';
      speed.dispatchEvent(new Event('change', { bubbles: true }));
    });
    expect(commands().at(-1)).toMatchObject({ do: 'set_rate', rate: 1.5 });
    expect(speed.value).toBe('1');
    await says(event(43, { kind: 'playback', cause: 'rate', playback: playback({ rate: 1.5 }) }));
    expect(speed.value).toBe('1.5');
    expect(text('.by-place')).toContain('Ben set the speed to 1.5×');
  });

  it.each([
    ['viewer', 'first viewer'], ['start', 'when the room opens'], ['ready', 'everybody has loaded it'], ['stall', 'A player is loading'],
  ] as const)('says why the film stands: %s', async (waiting, words) => {
    await says(event(43, { kind: 'playback', cause: 'start', playback: playback({ waiting }) }));
    // A start that waits for a moment only is not spoken of.
    if (waiting === 'ready') expect(document.querySelector('.veil')).toBeNull();
    await act(() => new Promise((resolve) => setTimeout(resolve, 450)));
    expect(text('.veil')).toContain(words);
    await says(event(44, { kind: 'playback', cause: 'ready', playback: playback({ playing: true }) }));
    expect(document.querySelector('.veil')).toBeNull();
  });

  it('refuses visibly while offline', async () => {
    await act(() => Line.last.onclose?.({ code: 1006, reason: '' }));
    await click('.c-btn--play');
    await settle();
    expect(text('[role=alert]')).toContain('nothing happened');
  });

  it('completes a slash command and keeps its answer for these eyes only', async () => {
    await type('#message', '/s');
    await settle();
    expect(document.querySelectorAll('[role=option]')).toHaveLength(2);
    await press('#message', 'ArrowDown');
    await press('#message', 'Tab');
    expect((one('#message') as HTMLInputElement).value).toBe('/skip');
    await submit('.composer form');
    expect(commands().at(-1)).toEqual({ type: 'command', id: 'c1', do: 'say', text: '/skip' });
    await says({ type: 'reply', id: 'c1', text: 'Skipped.', refused: false });
    expect(text('.aside')).toContain('Skipped.');
    expect(text('.aside')).toContain('only you see this');
  });

  it('writes what was said as text, whatever it looks like', async () => {
    await says(event(43, { kind: 'said', id: 'm', text: '<img src=x onerror=alert(1)>', position_ms: 1200 }));
    expect(text('.line p')).toBe('<img src=x onerror=alert(1)>');
    expect(document.querySelector('.line img')).toBeNull();
  });

  it('moves a row by its button, keeps the focus there, and knows the ends', async () => {
    expect(one('#up-i1').getAttribute('aria-disabled')).toBe('true');
    await click('#up-i1');
    expect(commands()).toEqual([]);
    one('#down-i1').focus();
    await click('#down-i1');
    expect(commands()).toEqual([{ type: 'command', id: 'c1', do: 'move', item: 'i1', index: 1 }]);
    await says(event(43, { kind: 'moved', item: 'i1', index: 1 }));
    expect([...document.querySelectorAll('.ttl')].map((node) => node.textContent)).toEqual(['Film i2', 'Film i1', 'Film i3']);
    expect(document.activeElement?.id).toBe('down-i1');
  });

  it('refuses a move where it was asked for, and says where the row still stands', async () => {
    await act(() => Line.last.onclose?.({ code: 1006, reason: '' }));
    await click('#down-i1');
    await settle();
    expect(text('.no')).toContain('nothing happened');
    expect([...document.querySelectorAll('[role=status]')].map((node) => node.textContent)).toContain('Film i1 stays at 1 of 3.');
    await click('.no [aria-label=Close]');
    expect(document.querySelector('.no')).toBeNull();
  });

  it('shows what one may not do, says who may, and offers a vote on it', async () => {
    await says(event(43, { kind: 'role_changed', person: 'ana', name: 'Ana', role: 'guest' }));
    await says(event(44, { kind: 'role_changed', person: 'ben', name: 'Ben', role: 'host' }));
    const remove = one('[aria-label="Remove Film i1"]');
    expect(remove.getAttribute('aria-disabled')).toBe('true');
    expect(one('#down-i1').title).toBe('Only Ben and co-hosts may do this here. Ask Ben.');
    await click('[aria-label="Remove Film i1"]');
    await says({ type: 'refused', id: 'c1', code: 'not_allowed', message: 'Only Ben may remove from the queue here.' });
    expect(text('.no')).toContain('Only Ben may remove');
    await click('.no .btn--edge');
    expect(commands().at(-1)).toMatchObject({ do: 'propose', what: { do: 'remove', item: 'i1' } });
  });

  it('says who is typing until the line comes', async () => {
    await says({ type: 'typing', by: BEN });
    expect(text('.typing')).toBe('Ben is typing');
    await says(event(43, { kind: 'said', id: 'm', text: 'here', position_ms: null }));
    expect(text('.typing')).toBe('');
  });
});
