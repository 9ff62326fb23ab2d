/** Who is kept out of a room. */
import type { Penalty } from '../protocol';
import { call, number, objects, part, text } from './call';

/** Needs the permission `ban`. */
export async function bans(room: string): Promise<readonly Penalty[]> {
  return objects(await call('GET', `/rooms/${part(room)}/bans`)).flatMap((one) => {
    const person = text(one['person']);
    return person === null ? [] : [{ person, name: text(one['name']) ?? '', until: number(one['until']), reason: text(one['reason']) ?? '' }];
  });
}

export interface Coming {
  readonly person: string;
  readonly name: string;
}

/** Who said that they are coming. */
export async function coming(room: string): Promise<readonly Coming[]> {
  return objects(await call('GET', `/rooms/${part(room)}/coming`)).flatMap((one) => {
    const person = text(one['person']);
    return person === null ? [] : [{ person, name: text(one['name']) ?? '' }];
  });
}
