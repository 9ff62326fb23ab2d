/** The slash commands there are. */
import { call, objects, text } from './call';

export interface SlashCommand {
  readonly name: string;
  readonly usage: string;
  readonly description: string;
}

export async function slashCommands(): Promise<readonly SlashCommand[]> {
  return objects(await call('GET', '/commands')).flatMap((one) => {
    const name = text(one['name'])?.replace(/^\//, '');
    return name === undefined ? [] : [{ name, usage: text(one['usage']) ?? '', description: text(one['description']) ?? '' }];
  });
}
