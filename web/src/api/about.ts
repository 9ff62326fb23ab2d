/** This server: its version, and where its bots are. */
import { call, isObject, text } from './call';

export interface About {
  readonly version: string;
  /** Where the source is. */
  readonly source: string | null;
  /** Links that add the bots to a server or a group. */
  readonly discord: string | null;
  readonly telegram: string | null;
}

let asked: Promise<About> | null = null;

/** Asked once; asked again after a failure. */
export function about(): Promise<About> {
  asked ??= read().catch((error: unknown) => {
    asked = null;
    throw error;
  });
  return asked;
}

async function read(): Promise<About> {
  const data = await call('GET', '/about');
  const said = isObject(data) ? data : {};
  const link = (name: string): string | null => {
    const value = text(said[name]);
    return value?.startsWith('https://') === true ? value : null;
  };
  return { version: text(said['version']) ?? '', source: link('source'), discord: link('discord'), telegram: link('telegram') };
}
