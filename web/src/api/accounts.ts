/** What concerns an account. */
import * as prefs from '../prefs';
import { call, isObject, text } from './call';
import { keepToken } from './sessions';

/** Sets the password that a recovery link allows, and signs in; answers the name. */
export async function finishRecovery(token: string, password: string): Promise<string> {
  prefs.token.set(null);
  const data = await call('POST', '/accounts/recover/finish', { token, password });
  keepToken(data);
  return isObject(data) && isObject(data['person']) ? (text(data['person']['name']) ?? '') : '';
}
