/** Bringing files: in pieces, on after a loss, within what the server says, and gone when it is cancelled. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Refused } from '../src/session';
import type { Sending, Upload } from '../src/ui/library/calls';
import { sizeText } from '../src/ui/library/texts';
import { Uploader, type Harbour, type Task } from '../src/ui/library/uploader';
import '../src/words/later';

/** A server that keeps what it gets, and can be told to misbehave. */
class Server implements Harbour {
  /** How many bytes of each upload came. */
  readonly got: Record<string, number> = {};
  readonly sizes: number[] = [];
  readonly ended: string[] = [];
  readonly waits: number[] = [];
  begun = 0;
  now = 0;
  /** What the next calls meet, in order: a no, or half of a piece and then no line. */
  troubles: (Refused | 'half' | 'hang')[] = [];
  /** Pieces above this are what a proxy refuses. */
  proxy = Infinity;
  /** How long a piece takes, ms. */
  pace = 100;
  total = 0;

  begin(_: string, name: string, bytes: number): Promise<Upload> {
    const trouble = this.troubles[0];
    if (trouble instanceof Refused && trouble.code === 'quota_full') return Promise.reject(trouble);
    this.begun += 1;
    this.got[`u${this.begun}`] = 0;
    this.total = bytes;
    return Promise.resolve({ id: `u${this.begun}`, name, bytes, offset: 0, file: null });
  }

  progress(id: string): Promise<Upload> {
    const got = this.got[id];
    if (got === undefined) return Promise.reject(new Refused('no_such_upload', ''));
    return Promise.resolve({ id, name: 'film.mp4', bytes: this.total, offset: got, file: null });
  }

  bring(id: string, offset: number, piece: Blob, sent: (bytes: number) => void): Sending {
    let abort = (): void => undefined;
    const done = (async (): Promise<Upload> => {
      const aborted = new Promise<never>((_, reject) => {
        abort = () => reject(new Refused('aborted', ''));
      });
      const trouble = this.troubles.shift();
      if (trouble === 'hang') return aborted;
      if (trouble instanceof Refused) throw trouble;
      if (piece.size > this.proxy) throw new Refused('body_too_large', '');
      const got = this.got[id];
      if (got === undefined) throw new Refused('no_such_upload', '');
      // What comes is what is missing, and the part of the file that belongs there.
      expect(offset).toBe(got);
      expect((piece as unknown as Piece).from).toBe(got);
      await Promise.resolve();
      this.now += this.pace;
      if (trouble === 'half') {
        this.got[id] = got + Math.floor(piece.size / 2);
        throw new Refused('offline', '');
      }
      this.got[id] = got + piece.size;
      this.sizes.push(piece.size);
      sent(piece.size);
      return { id, name: 'film.mp4', bytes: this.total, offset: got + piece.size, file: null };
    })();
    return { done, abort: () => abort() };
  }

  end(id: string): Promise<unknown> {
    this.ended.push(id);
    return Promise.resolve();
  }

  local(): number {
    return this.now;
  }

  wait(ms: number): Promise<void> {
    this.waits.push(ms);
    this.now += ms;
    return Promise.resolve();
  }
}

/** A part of a file that knows where it was. */
interface Piece {
  readonly size: number;
  readonly from: number;
}

/** A file without its bytes, of which there would be many. */
const file = (bytes: number, name = 'film.mp4'): File =>
  ({ name, size: bytes, slice: (from: number, to: number): Piece => ({ from, size: to - from }) }) as unknown as File;

let server: Server;
let uploader: Uploader;

/** When the only task is in one of these phases. */
function reaches(...phases: Task['phase'][]): Promise<Task> {
  return new Promise((resolve) => {
    const look = (): void => {
      const task = uploader.tasks[0];
      if (task !== undefined && phases.includes(task.phase)) resolve(task);
    };
    uploader.listen(look);
    look();
  });
}

beforeEach(() => {
  server = new Server();
  uploader = new Uploader(server);
});

describe('a file', () => {
  it('goes in pieces, the first of them small, the others as large as the line is quick', async () => {
    const film = file(9 * 1024 * 1024);
    uploader.add('room', [film]);
    expect(uploader.busy).toBe(true);
    const done = await reaches('done');
    expect(done.sent).toBe(film.size);
    expect(uploader.busy).toBe(false);
    expect(server.sizes[0]).toBe(64 * 1024);
    expect(server.sizes.slice(1, 4)).toEqual([1024 * 1024, 2 * 1024 * 1024, 4 * 1024 * 1024]);
    expect(server.got['u1']).toBe(film.size);
  });

  it('goes on from where the server says after the line was down', async () => {
    const film = file(600_000);
    server.troubles = ['half', new Refused('offline', ''), 'half'];
    uploader.add('room', [film]);
    await reaches('done');
    expect(server.begun).toBe(1);
    expect(server.waits).toEqual([500, 500, 500]);
    expect(server.got['u1']).toBe(film.size);
  });

  it('comes in smaller pieces where a proxy lets no large ones through', async () => {
    server.proxy = 300 * 1024;
    uploader.add('room', [file(2 * 1024 * 1024)]);
    await reaches('done');
    expect(Math.max(...server.sizes)).toBe(256 * 1024);
  });

  it('fails with the reason where the server says a no that stays, and can be tried again', async () => {
    server.troubles = [new Refused('quota_full', 'There is room for 1 MB more.')];
    uploader.add('room', [file(1000)]);
    const failed = await reaches('failed');
    expect(failed.why?.code).toBe('quota_full');
    expect(server.waits).toEqual([]);
    server.troubles = [];
    uploader.retry(failed.key);
    await reaches('done');
  });

  it('is not tried for ever where the server answers, and always says no', async () => {
    server.troubles = Array.from({ length: 50 }, () => new Refused('internal', ''));
    uploader.add('room', [file(1000)]);
    expect((await reaches('failed')).why?.code).toBe('internal');
    expect(server.waits.length).toBe(8);
  });

  it('begins anew where its part was swept away meanwhile', async () => {
    uploader.add('room', [file(1000)], [{ id: 'gone', name: 'film.mp4', bytes: 1000, offset: 500, file: null }]);
    await reaches('done');
    expect(server.begun).toBe(1);
  });

  it('goes on with what came before the page was left', async () => {
    const film = file(1000);
    server.got['old'] = 400;
    server.total = 1000;
    uploader.add('room', [film], [
      { id: 'other', name: 'other.mp4', bytes: 1000, offset: 900, file: null },
      { id: 'old', name: 'film.mp4', bytes: 1000, offset: 400, file: null },
    ]);
    await reaches('done');
    expect(server.begun).toBe(0);
    expect(server.got['old']).toBe(1000);
  });
});

describe('cancelling', () => {
  it('breaks off what is on its way and takes its part away', async () => {
    server.troubles = ['hang'];
    uploader.add('room', [file(1000), file(1000, 'second.mp4')]);
    const task = await reaches('sending');
    await uploader.cancel(task.key);
    expect(server.ended).toEqual(['u1']);
    await reaches('done');
    expect(uploader.tasks.map((one) => one.file.name)).toEqual(['second.mp4']);
  });

  it('of one that is done only takes it off the list', async () => {
    uploader.add('room', [file(1000)]);
    const task = await reaches('done');
    await uploader.cancel(task.key);
    expect(server.ended).toEqual([]);
    expect(uploader.tasks).toEqual([]);
  });
});

it('sizes read as disks count', () => {
  expect([1, 999, 12_345, 158_008_374, 4_700_000_000].map(sizeText)).toEqual(['1 kB', '1 kB', '12 kB', '158 MB', '4.7 GB']);
});
