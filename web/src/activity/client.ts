/**
 * Discord's client around the page: greets it, has it vouch for the person, and asks it for what a frame may not do by itself.
 * The one file that knows its SDK.
 */
import { DiscordSDK } from '@discord/embedded-app-sdk';
import { boot } from './boot';

/** How long Discord may take to answer a greeting, ms. */
const PATIENCE = 15_000;

const LAYOUTS: Record<number, string> = { 0: 'focused', 1: 'pip', 2: 'grid' };

let sdk: DiscordSDK | null = null;

/** Whether Discord opened the page: it says so in the address. */
export const inDiscord = (): boolean => {
  const asked = new URLSearchParams(location.search);
  return ['frame_id', 'instance_id', 'platform'].every((name) => asked.has(name)) && window.parent !== window;
};

/** Greets Discord's client. Rejects where nobody answers. */
export async function greet(application: string): Promise<string> {
  // What the page writes into the console concerns nobody but who looks into it.
  const made = new DiscordSDK(application, { disableConsoleLogOverride: true });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('Discord does not answer')), PATIENCE);
  });
  await Promise.race([made.ready(), late]).finally(() => clearTimeout(timer));
  sdk = made;
  return made.instanceId;
}

/** Asks Discord for a code by which the server learns who the person is; the person may have to agree. Rejects where they do not. */
export async function authorize(application: string): Promise<string> {
  if (sdk === null) throw new Error('not greeted');
  const { code } = await sdk.commands.authorize({
    client_id: application, response_type: 'code', state: '', prompt: 'none', scope: ['identify'],
  });
  return code;
}

/** Tells Discord who the person is to us, so that it takes our further questions. */
export async function authenticate(access_token: string): Promise<void> {
  await sdk?.commands.authenticate({ access_token });
}

/** Says how much of the page is seen: the whole, a small picture of it, or one tile of many. */
export async function onLayout(told: (layout: string) => void): Promise<void> {
  await sdk?.subscribe('ACTIVITY_LAYOUT_MODE_UPDATE', ({ layout_mode }) => told(LAYOUTS[layout_mode] ?? 'focused'));
}

/** Opens a link outside, where Discord asks the person whether they want that. */
export function openOutside(href: string): void {
  const url = new URL(href, `${boot.home}/`).href;
  const other = (): void => void window.open(url, '_blank', 'noopener');
  if (sdk === null) other();
  else sdk.commands.openExternalLink({ url }).catch(other);
}

/** Lets the person invite others, by Discord's own dialog: to the channel where it is one of a guild, else by a link. */
export async function inviteOthers(message: string): Promise<void> {
  if (sdk === null) return;
  if (sdk.guildId !== null) {
    try {
      await sdk.commands.openInviteDialog();
      return;
    } catch {
      // They may not invite into that guild; a link they may share.
    }
  }
  await sdk.commands.shareLink({ message });
}
