/**
 * Brings files to the server, one after the other, piece by piece. It outlives the dialog that shows it, and goes on by itself after
 * the line was down: the server says from which byte.
 *
 * A piece is as large as goes through in a few seconds: a broken one costs little, and proxies that let through no more than a
 * megabyte answer 413, upon which pieces get smaller. Calls and waiting are handed in, so that all of it runs in a test.
 */
import { Refused } from '../../session';
import type { Film, Sending, Upload } from './calls';

export interface Harbour {
  begin(room: string, name: string, bytes: number): Promise<Upload>;
  progress(id: string): Promise<Upload>;
  bring(id: string, offset: number, piece: Blob, sent: (bytes: number) => void): Sending;
  end(id: string): Promise<unknown>;
  /** Local monotonic clock, ms. */
  local(): number;
  wait(ms: number): Promise<void>;
}

export type Phase = 'queued' | 'sending' | 'waiting' | 'checking' | 'done' | 'failed';

export interface Task {
  readonly key: number;
  readonly room: string;
  readonly file: File;
  /** What the server calls it, once it began. */
  readonly id: string | null;
  readonly sent: number;
  readonly phase: Phase;
  /** Bytes per second, once something was sent. */
  readonly speed: number | null;
  readonly why: Refused | null;
  readonly film: Film | null;
}

/** The first piece: enough for the server to see that it is no film. */
const FIRST = 64 * 1024;
const SMALLEST = 256 * 1024;
const LARGEST = 16 * 1024 * 1024;
/** A piece that took less than this may be twice as large, one that took more than four times this half. */
const QUICK = 2_000;
/** Waits between two tries, ms; the last one again and again. */
const PAUSES = [500, 1_000, 2_000, 4_000, 8_000] as const;
/** What passes by itself. */
const PASSING: ReadonlySet<string> = new Set(['offline', 'internal', 'busy', 'stopping', 'slow_down', 'wrong_offset', 'body_too_large', 'bad_input', 'not_stored', 'not_read']);
/** How often in a row it is tried where the server answers, and says no. */
const PATIENCE = 8;

export class Uploader {
  readonly #harbour: Harbour;
  readonly #listeners = new Set<() => void>();
  #tasks: readonly Task[] = [];
  #keys = 0;
  #piece = 1024 * 1024;
  /** The piece that is on its way, and whose. */
  #flight: { readonly key: number; readonly sending: Sending } | null = null;
  #running = false;

  constructor(harbour: Harbour) {
    this.#harbour = harbour;
  }

  get tasks(): readonly Task[] {
    return this.#tasks;
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether something is on its way: leaving the page would break it off. */
  get busy(): boolean {
    return this.#tasks.some((task) => ['queued', 'sending', 'waiting', 'checking'].includes(task.phase));
  }

  /** Puts files behind those that wait. `known` are uploads of before that are not whole: the same file goes on there. */
  add(room: string, files: readonly File[], known: readonly Upload[] = []): void {
    const added = files.map((file): Task => {
      this.#keys += 1;
      const before = known.find((one) => one.file === null && one.bytes === file.size && alike(one.name, file.name));
      const taken = before !== undefined && this.#tasks.some((task) => task.id === before.id && task.phase !== 'failed');
      return {
        key: this.#keys, room, file, id: before === undefined || taken ? null : before.id, sent: 0, phase: 'queued',
        speed: null, why: null, film: null,
      };
    });
    this.#set([...this.#tasks, ...added]);
    void this.#run();
  }

  /** Tries a failed one once more. */
  retry(key: number): void {
    this.#change(key, { phase: 'queued', why: null });
    void this.#run();
  }

  /** Stops one and takes what arrived away; takes one that ended off the list. */
  async cancel(key: number): Promise<void> {
    const task = this.#find(key);
    if (task === undefined) return;
    this.#set(this.#tasks.filter((one) => one.key !== key));
    if (this.#flight?.key === key) this.#flight.sending.abort();
    // What is on the server stays there; it is deleted in the list of films.
    if (task.id !== null && task.phase !== 'done') await this.#harbour.end(task.id).catch(() => undefined);
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    for (;;) {
      const next = this.#tasks.find((task) => task.phase === 'queued');
      if (next === undefined) break;
      await this.#bring(next.key);
    }
    this.#running = false;
  }

  async #bring(key: number): Promise<void> {
    let tries = 0;
    for (;;) {
      const task = this.#find(key);
      if (task === undefined) return;
      try {
        await this.#bringAll(task);
        return;
      } catch (error) {
        if (this.#find(key) === undefined) return;
        const why = error instanceof Refused ? error : new Refused('internal', '');
        if (why.code === 'body_too_large') this.#piece = Math.max(SMALLEST, Math.floor(this.#piece / 2));
        if (why.code === 'no_such_upload') this.#change(key, { id: null });
        tries = why.code === 'offline' ? tries : tries + 1;
        const again = PASSING.has(why.code) || (why.code === 'no_such_upload' && task.id !== null);
        if (!again || tries > PATIENCE) {
          this.#change(key, { phase: 'failed', why, speed: null });
          return;
        }
        this.#change(key, { phase: 'waiting', speed: null });
        await this.#harbour.wait(PAUSES[Math.min(tries, PAUSES.length - 1)] ?? 8_000);
      }
    }
  }

  /** All that is missing; ends in the first no. */
  async #bringAll(task: Task): Promise<void> {
    const { key, file } = task;
    let upload = task.id === null ? await this.#harbour.begin(task.room, file.name, file.size) : await this.#harbour.progress(task.id);
    if (this.#find(key) === undefined) {
      // Cancelled while it began.
      await this.#harbour.end(upload.id).catch(() => undefined);
      return;
    }
    this.#change(key, { id: upload.id, sent: upload.offset, phase: 'sending' });
    while (upload.offset < upload.bytes) {
      const offset: number = upload.offset;
      const size = offset === 0 ? FIRST : this.#piece;
      const piece = file.slice(offset, Math.min(offset + size, file.size));
      const from = this.#harbour.local();
      const last = offset + piece.size >= file.size;
      const sending = this.#harbour.bring(upload.id, offset, piece, (bytes) => {
        const took = this.#harbour.local() - from;
        const speed = took > 300 ? (bytes * 1000) / took : null;
        const phase = last && bytes >= piece.size ? 'checking' : 'sending';
        this.#change(key, { sent: offset + Math.min(bytes, piece.size), phase, ...(speed === null ? {} : { speed }) });
      });
      this.#flight = { key, sending };
      try {
        upload = await sending.done;
      } finally {
        this.#flight = null;
      }
      if (this.#find(key) === undefined) return;
      const took = this.#harbour.local() - from;
      if (offset > 0 && took < QUICK) this.#piece = Math.min(LARGEST, this.#piece * 2);
      if (took > QUICK * 4) this.#piece = Math.max(SMALLEST, Math.floor(this.#piece / 2));
      this.#change(key, { sent: upload.offset });
    }
    this.#change(key, { phase: 'done', sent: file.size, speed: null, film: upload.file });
  }

  #find(key: number): Task | undefined {
    return this.#tasks.find((task) => task.key === key);
  }

  #change(key: number, what: Partial<Task>): void {
    this.#set(this.#tasks.map((task) => (task.key === key ? { ...task, ...what } : task)));
  }

  #set(tasks: readonly Task[]): void {
    this.#tasks = tasks;
    for (const listener of this.#listeners) listener();
  }
}

/** Whether the server's name of an upload may be made of this file's. */
function alike(known: string, name: string): boolean {
  const bare = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  return bare(known) === bare(name);
}
