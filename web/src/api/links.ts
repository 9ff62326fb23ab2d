/** The links into a room that it hands out. */
import { call, isObject, number, objects, part, text } from './call';

export interface InviteLink {
  readonly token: string;
  readonly url: string;
  /** The room's own: taken back, another takes its place. */
  readonly own: boolean;
  /** Unix ms; `null` is for ever. */
  readonly until: number | null;
  readonly note: string | null;
}

function linkOf(data: unknown): InviteLink | null {
  const one = isObject(data) ? data : {};
  const [token, url] = [text(one['token']), text(one['url'])];
  if (token === null || url === null) return null;
  return { token, url, own: one['own'] === true, until: number(one['until']), note: text(one['note']) };
}

/** All links into a room; needs the permission `invite`. */
export async function inviteLinks(room: string): Promise<readonly InviteLink[]> {
  return objects(await call('GET', `/rooms/${part(room)}/invites`)).flatMap((one) => linkOf(one) ?? []);
}

/** One link more; `for_ms` of `null` is for ever. */
export async function makeInviteLink(room: string, for_ms: number | null, note: string): Promise<InviteLink | null> {
  return linkOf(await call('POST', `/rooms/${part(room)}/invites`, { for_ms, note: note === '' ? null : note }));
}

export async function endInviteLink(room: string, token: string): Promise<void> {
  await call('DELETE', `/rooms/${part(room)}/invites/${part(token)}`);
}
