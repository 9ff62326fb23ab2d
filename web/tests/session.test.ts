import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClientFrame, ServerFrame } from '../src/protocol';
import { RoomStore } from '../src/room-store';
import { ServerClock } from '../src/sync/clock';
import { Refused, Session, type Socket } from '../src/session';
import { event, here, welcome } from './frames';

class FakeSocket implements Socket {
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  readyState = 0;
  readonly sent: ClientFrame[] = [];
  closed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientFrame);
  }

  close(): void {
    this.closed = true;
  }

  opens(): void {
    this.readyState = 1;
    this.onopen?.({} as never);
  }

  says(frame: ServerFrame | string): void {
    this.onmessage?.({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) } as never);
  }

  closes(code: number, reason = ''): void {
    this.readyState = 3;
    this.onclose?.({ code, reason } as never);
  }

  of(type: ClientFrame['type']): ClientFrame[] {
    return this.sent.filter((frame) => frame.type === type);
  }
}

function line() {
  const sockets: FakeSocket[] = [];
  const store = new RoomStore();
  const clock = new ServerClock(() => performance.now());
  const session = new Session(
    {
      open: () => {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket;
      },
      token: () => 'secret',
      local: () => performance.now(),
      random: () => 0.5,
      watches: () => true,
      locale: () => 'de',
    },
    store,
    clock,
  );
  session.connect();
  const last = (): FakeSocket => {
    const socket = sockets.at(-1);
    if (socket === undefined) throw new Error('no socket was opened');
    return socket;
  };
  const online = (): FakeSocket => {
    last().opens();
    last().says(welcome());
    return last();
  };
  return { session, store, clock, sockets, last, online };
}

const code = (promise: Promise<unknown>): Promise<string> =>
  promise.then(() => 'done', (error: unknown) => (error instanceof Refused ? error.code : 'other'));

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

describe('the line to a room', () => {
  it('says hello with its token, then measures the clock by a quick row of pings, some at leisure, and a slow row', () => {
    const { online, session } = line();
    const socket = online();
    expect(socket.sent[0]).toEqual({ type: 'hello', token: 'secret', watches: true, locale: 'de' });
    expect(session.link.state).toBe('online');
    vi.advanceTimersByTime(1560);
    expect(socket.of('ping')).toHaveLength(20);
    socket.says({ type: 'pong', c: 0, s: 1, epoch: 3, seq: 42 });
    vi.advanceTimersByTime(6400);
    socket.says({ type: 'pong', c: 0, s: 1, epoch: 3, seq: 42 });
    const leisurely = socket.of('ping').length;
    expect(leisurely).toBeGreaterThanOrEqual(39);
    vi.advanceTimersByTime(4100);
    expect(socket.of('ping').length - leisurely).toBe(2);
    session.close();
  });

  it('answers a command when the server does: an ack, a reply, or the sentence of a no', async () => {
    const { online, session } = line();
    const socket = online();
    const done = session.command({ do: 'seek', position_ms: 90_000 });
    expect(socket.sent.at(-1)).toEqual({ type: 'command', id: 'c1', do: 'seek', position_ms: 90_000 });
    socket.says({ type: 'ack', id: 'c1', seq: 43 });
    await expect(done).resolves.toEqual({ kind: 'ack', seq: 43 });
    const said = session.command({ do: 'say', text: '/watch x' });
    socket.says({ type: 'reply', id: 'c2', text: 'Queued.', refused: false });
    await expect(said).resolves.toEqual({ kind: 'reply', text: 'Queued.', refused: false });
    const no = session.command({ do: 'skip' });
    socket.says({ type: 'refused', id: 'c3', code: 'not_allowed', message: 'Only Ana may skip here. Ask her.' });
    await expect(no).rejects.toThrow('Only Ana may skip here. Ask her.');
    session.close();
  });

  it('comes back by itself, asks for what it missed, and is never ahead of the server meanwhile', () => {
    const { online, session, sockets, last, store } = line();
    online().says(event(43, { kind: 'changed', title: 'Saturday' }));
    last().closes(1006);
    expect(session.link.state).toBe('offline');
    expect(session.lostAt).not.toBeNull();
    vi.advanceTimersByTime(249);
    expect(sockets).toHaveLength(1);
    vi.advanceTimersByTime(2);
    expect(sockets).toHaveLength(2);
    last().opens();
    expect(last().sent[0]).toEqual({ type: 'hello', token: 'secret', watches: true, locale: 'de', resume: { epoch: 3, seq: 43 } });
    last().says(event(44, { kind: 'cleared' }));
    last().says({ type: 'resumed', you: { connection: 8, person: 'ana', name: 'Ana', role: 'host' }, epoch: 3, seq: 44, s: 1, here: [here(8)], others: 0 });
    expect(session.link.state).toBe('online');
    expect(session.lostAt).toBeNull();
    expect(store.state.room?.queue).toEqual([]);
    session.close();
  });

  it('waits longer each time, up to eight seconds', () => {
    const { session, sockets, last } = line();
    const waits: number[] = [];
    for (let turn = 0; turn < 8; turn += 1) {
      last().closes(1006);
      const { link } = session;
      if (link.state !== 'offline') throw new Error('not offline');
      waits.push(Math.round(link.retryAt - performance.now()));
      vi.advanceTimersByTime(10_000);
      expect(sockets).toHaveLength(turn + 2);
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 8000, 8000]);
    session.close();
  });

  it('does not wait when the network or the page wakes up', () => {
    const { online, session, sockets, last } = line();
    online();
    for (let turn = 0; turn < 4; turn += 1) {
      last().closes(1006);
      vi.advanceTimersByTime(5000);
    }
    last().closes(1006);
    const before = sockets.length;
    session.wake();
    expect(sockets).toHaveLength(before + 1);
    session.close();
  });

  it('refuses a command while offline at once, and never sends it later', async () => {
    const { online, session, last } = line();
    online().closes(1006);
    expect(await code(session.command({ do: 'pause' }))).toBe('offline');
    vi.advanceTimersByTime(300);
    last().opens();
    last().says(welcome());
    expect(last().of('command')).toEqual([]);
    session.close();
  });

  it('tells whoever waits for an answer that the line broke', async () => {
    const { online, session } = line();
    const socket = online();
    const asked = code(session.command({ do: 'pause' }));
    socket.closes(1006);
    expect(await asked).toBe('lost');
    session.close();
  });

  it('resumes at once when an event was lost, and takes the whole state where that does not help', () => {
    const { online, session, sockets, last } = line();
    online().says(event(45, { kind: 'cleared' }));
    expect(sockets).toHaveLength(2);
    expect(sockets[0]?.closed).toBe(true);
    last().opens();
    expect(last().sent[0]).toHaveProperty('resume', { epoch: 3, seq: 42 });
    last().says(event(47, { kind: 'cleared' }));
    last().opens();
    expect(last().sent[0]).not.toHaveProperty('resume');
    last().says(welcome({ seq: 47 }));
    expect(session.link.state).toBe('online');
    session.close();
  });

  it('notices by two pongs that it is behind', () => {
    const { online, session, sockets, last } = line();
    online();
    const pong = (seq: number): void => last().says({ type: 'pong', c: performance.now(), s: 5000, epoch: 3, seq });
    for (let count = 0; count < 20; count += 1) {
      vi.advanceTimersByTime(80);
      pong(42);
    }
    pong(43);
    last().says(event(43, { kind: 'cleared' }));
    vi.advanceTimersByTime(2000);
    pong(43);
    expect(sockets).toHaveLength(1);
    pong(44);
    vi.advanceTimersByTime(2000);
    pong(44);
    expect(sockets).toHaveLength(2);
    session.close();
  });

  it('gives up a line that has gone silent', () => {
    const { online, session } = line();
    online();
    vi.advanceTimersByTime(14_000);
    expect(session.link.state).not.toBe('online');
    session.close();
  });

  it('comes back when the server says so after a restart', () => {
    const { online, session, sockets } = line();
    online().closes(1012, '{"retry_after_ms":3000}');
    vi.advanceTimersByTime(2900);
    expect(sockets).toHaveLength(1);
    vi.advanceTimersByTime(200);
    expect(sockets).toHaveLength(2);
    session.close();
  });

  it.each([[4401, 'signed_out'], [4403, 'not_a_member'], [4404, 'no_such_room'], [4400, 'outdated'], [4410, 'shown_out']] as const)(
    'does not knock again after %i', (closing, why) => {
      const { online, session, sockets } = line();
      online().closes(closing);
      expect(session.link).toMatchObject({ state: 'ended', why });
      vi.advanceTimersByTime(60_000);
      session.wake();
      expect(sockets).toHaveLength(1);
      session.close();
    },
  );

  it('does not stumble over frames it does not know', () => {
    const { online, session } = line();
    const socket = online();
    socket.says('{"type":"fireworks"}');
    socket.says('not even JSON');
    expect(session.link.state).toBe('online');
    session.close();
  });

  it('says what the refusal before the end said, and forgets one that ended nothing', () => {
    const { session, last, online } = line();
    online();
    last().says({ type: 'refused', code: 'banned', message: 'Du bist ausgesperrt.' });
    last().closes(4403, 'You are banned');
    expect(session.link).toEqual({ state: 'ended', why: 'banned', said: '' });

    const other = line();
    other.online();
    other.last().says({ type: 'refused', code: 'slow_down', message: 'Langsamer.' });
    other.last().closes(1006);
    other.session.wake();
    other.last().opens();
    other.last().closes(4403, 'By invitation');
    expect(other.session.link).toEqual({ state: 'ended', why: 'not_a_member', said: 'By invitation' });
  });

  it('tells an open line which language the reader has now', () => {
    const { session, last, online } = line();
    session.speak();
    expect(last().sent).toEqual([]);
    online();
    session.speak();
    expect(last().sent.at(-1)).toEqual({ type: 'locale', locale: 'de' });
  });
});
