/** What concerns oneself: name, account, sessions, other selves, all that is known, and leaving. */
import * as prefs from '../prefs';
import { call, file, isObject, number, objects, part, text } from './call';
import { keepToken } from './sessions';

export interface Me {
  readonly name: string;
  /** `null` for a guest. */
  readonly username: string | null;
  readonly email: string | null;
  readonly platforms: readonly string[];
}

export async function me(): Promise<Me> {
  const data = await call('GET', '/people/me');
  const one = isObject(data) ? data : {};
  return {
    name: text(one['name']) ?? '', username: text(one['username']), email: text(one['email']),
    platforms: objects(one['platforms']).flatMap((platform) => text(platform['platform']) ?? []),
  };
}

export async function rename(name: string): Promise<void> {
  await call('PATCH', '/people/me', { name });
  prefs.name.set(name);
}

/** Makes an account of the guest that one is. */
export async function register(username: string, email: string, password: string): Promise<void> {
  keepToken(await call('POST', '/accounts', { username, password, ...(email === '' ? {} : { email }) }));
}

export async function logIn(user: string, password: string): Promise<void> {
  keepToken(await call('POST', '/accounts/login', { user, password }));
}

/** A link to a new password goes to the account's mailbox. */
export async function recover(user: string): Promise<void> {
  await call('POST', '/accounts/recover', { user });
}

export async function changePassword(current_password: string, password: string): Promise<void> {
  await call('PATCH', '/people/me/account', { current_password, password });
}

/** Makes the token invalid and forgets it. */
export async function logOut(): Promise<void> {
  await call('DELETE', '/sessions/current');
  prefs.token.set(null);
}

export interface OwnSession {
  readonly id: string;
  readonly current: boolean;
  readonly made_at: number;
}

export async function ownSessions(): Promise<readonly OwnSession[]> {
  return objects(await call('GET', '/people/me/sessions')).flatMap((one) => {
    const id = text(one['id']);
    return id === null ? [] : [{ id, current: one['current'] === true, made_at: number(one['made_at']) ?? 0 }];
  });
}

export async function endSession(id: string): Promise<void> {
  await call('DELETE', `/people/me/sessions/${part(id)}`);
}

export async function endOtherSessions(): Promise<void> {
  await call('DELETE', '/people/me/sessions');
}

export interface LinkCode {
  readonly code: string;
  /** Unix ms. */
  readonly expires_at: number;
}

/** A code that makes another self one with this one. */
export async function linkCode(): Promise<LinkCode> {
  const data = await call('POST', '/people/me/link-codes');
  const one = isObject(data) ? data : {};
  return { code: text(one['code']) ?? '', expires_at: number(one['expires_at']) ?? 0 };
}

/** Makes oneself one with who asked for the code. */
export async function link(code: string): Promise<void> {
  await call('POST', '/people/me/link', { code });
}

export const exportMe = (): Promise<string> => file('/people/me/export');
