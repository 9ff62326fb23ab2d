/**
 * Rows of settings. Each asks the room at once and shows its answer in its own place; what was typed stays after a no. What one
 * may not change is there, with who may.
 */
import { createContext, type ComponentChildren } from 'preact';
import { useContext, useEffect, useId, useState } from 'preact/hooks';
import type { Command } from '../../protocol';
import type { Permission } from '../../rights';
import { t } from '../../words';
import { useRoomState } from '../hooks';
import { Icon } from '../Icon';
import { Refusal, useAsking, type Asking } from '../Refusal';
import { useRights } from '../rights';
import '../../styles/settings.css';
import '../../words/later';

/** What is searched for, in small letters; rows that do not speak of it are left out. */
export const Search = createContext('');
/** Who may change what has no permission of its own, where one may not: it is said once, above the rows. */
export const Barred = createContext<string | undefined>(undefined);
/** The title of the section around a row: who finds the section finds all of it. */
const Around = createContext('');

export type Change = Omit<Extract<Command, { do: 'change' }>, 'do'>;

/** So long a row says that it was saved, ms. */
const SAVED = 2500;

export interface Setting {
  readonly asking: Asking;
  readonly saved: boolean;
  /** Why one may not change it. */
  readonly why: string | undefined;
  readonly change: (to: Change) => Promise<boolean>;
  /** Any other way of changing something, with the same answer. */
  readonly save: (work: () => Promise<unknown>) => Promise<boolean>;
}

export function useSetting(permission: Permission): Setting {
  const { why } = useRights();
  const asking = useAsking();
  const [saved, setSaved] = useState(0);
  useEffect(() => {
    if (saved === 0) return undefined;
    const timer = setTimeout(() => setSaved(0), SAVED);
    return () => clearTimeout(timer);
  }, [saved]);
  const done = (yes: boolean): boolean => {
    setSaved((before) => (yes ? before + 1 : 0));
    return yes;
  };
  return {
    asking, saved: saved > 0, why: why(permission),
    change: async (to) => done(await asking.ask({ do: 'change', ...to })),
    save: async (work) => done((await asking.run(async () => {
      await work();
      return true;
    })) !== null),
  };
}

/** What is typed and not yet sent; the server's value where nothing is. */
export function useDraft(value: string): readonly [string, (text: string | null) => void, boolean] {
  const [draft, setDraft] = useState<string | null>(null);
  return [draft ?? value, setDraft, draft !== null && draft !== value];
}

export function Section({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  const id = useId();
  return (
    <section class="set-sec" aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      <Around.Provider value={title}>{children}</Around.Provider>
    </section>
  );
}

interface RowProps {
  readonly name: string;
  readonly hint?: string | undefined;
  /** Why what was typed cannot be sent. */
  readonly wrong?: string | undefined;
  /** More words by which it is found. */
  readonly words?: string;
  readonly setting?: Pick<Setting, 'asking' | 'saved' | 'why'>;
  /** The control stands below the words, over the whole width. */
  readonly wide?: boolean;
  /** Of the control, where a label belongs to it. */
  readonly control?: string;
  readonly children?: ComponentChildren;
}

export function Row({ name, hint, wrong, words = '', setting, wide, control, children }: RowProps) {
  const search = useContext(Search);
  const around = useContext(Around);
  const said = useContext(Barred);
  if (search !== '' && !`${name} ${hint ?? ''} ${words} ${around}`.toLocaleLowerCase().includes(search)) return null;
  const why = setting?.why;
  return (
    <div class={`set-row ${wide === true ? 'set-row--wide' : ''}`}>
      <div class="set-words">
        <span class="set-name">
          {control === undefined ? name : <label for={control}>{name}</label>}
          {why !== undefined && why === said && <span class="set-lock" title={why}><Icon name="lock" size={14} /><span class="vh">{why}</span></span>}
        </span>
        {(wrong ?? hint) !== undefined && <span class={wrong === undefined ? 't13 t2 block' : 't13 bad block'}>{wrong ?? hint}</span>}
        {why !== undefined && why !== said && <span class="t12 t3 set-why"><Icon name="lock" size={14} />{why}</span>}
      </div>
      <div class="set-control">
        {setting !== undefined && <span class="set-saved t12" role="status">{setting.saved && <><Icon name="check" size={14} />{t('saved')}</>}</span>}
        {children}
      </div>
      {setting !== undefined && <Refusal asking={setting.asking} />}
    </div>
  );
}

/** On or off. */
export function Toggle({ label, on, why, set }: { readonly label: string; readonly on: boolean; readonly why?: string | undefined; readonly set: (on: boolean) => void }) {
  return (
    <button
      class="switch" type="button" role="switch" aria-checked={on} aria-label={label} aria-disabled={why !== undefined} title={why}
      onClick={() => {
        if (why === undefined) set(!on);
      }}
    />
  );
}

interface ToggleRowProps {
  readonly name: string;
  readonly hint?: string;
  readonly permission: Permission;
  readonly on: boolean;
  readonly to: (on: boolean) => Change;
}

export function ToggleRow({ name, hint, permission, on, to }: ToggleRowProps) {
  const setting = useSetting(permission);
  return (
    <Row name={name} hint={hint} setting={setting}>
      <Toggle label={name} on={on} why={setting.why} set={(next) => void setting.change(to(next))} />
    </Row>
  );
}

interface ChoiceRowProps<T extends string> {
  readonly name: string;
  readonly hint?: string;
  readonly permission: Permission;
  readonly options: readonly (readonly [T, string])[];
  readonly chosen: T;
  readonly to: (value: T) => Change;
}

export function ChoiceRow<T extends string>({ name, hint, permission, options, chosen, to }: ChoiceRowProps<T>) {
  const setting = useSetting(permission);
  const id = useId();
  const words = options.map(([, word]) => word).join(' ');
  return (
    <Row name={name} hint={hint} setting={setting} control={id} words={words}>
      <span class="field set-field">
        {setting.why === undefined ? (
          <select
            id={id} value={chosen}
            onChange={(event) => {
              const select = event.currentTarget;
              // What is shown is what the room says, whatever was asked of it.
              void setting.change(to(select.value as T)).then((done) => {
                if (!done) select.value = chosen;
              });
            }}
          >
            {options.map(([value, word]) => <option key={value} value={value}>{word}</option>)}
          </select>
        ) : <input id={id} readOnly aria-disabled value={options.find(([value]) => value === chosen)?.[1] ?? chosen} />}
      </span>
    </Row>
  );
}

interface TextRowProps {
  readonly name: string;
  readonly hint?: string;
  readonly permission: Permission;
  readonly value: string;
  readonly limit?: number;
  readonly area?: boolean;
  readonly placeholder?: string;
  readonly type?: 'text' | 'url' | 'number';
  /** Behind the field. */
  readonly unit?: string;
  /** `null` where it cannot be sent: the field then says `wrong`. */
  readonly to: (text: string) => Change | null;
  readonly wrong?: string;
}

/** A text or a number, sent when one leaves the field or presses Enter. */
export function TextRow({ name, hint, permission, value, limit, area, placeholder, type = 'text', unit, to, wrong }: TextRowProps) {
  const setting = useSetting(permission);
  const id = useId();
  const [text, setDraft, dirty] = useDraft(value);
  const [bad, setBad] = useState(false);
  const send = async (): Promise<void> => {
    if (!dirty) {
      setDraft(null);
      return;
    }
    const change = to(text);
    setBad(change === null);
    if (change !== null && (await setting.change(change))) setDraft(null);
  };
  const common = {
    id, placeholder, maxLength: limit, readOnly: setting.why !== undefined, 'aria-disabled': setting.why !== undefined, 'aria-invalid': bad || setting.asking.no !== null,
    onBlur: () => void send(),
  };
  return (
    <Row name={name} hint={hint} wrong={bad ? wrong : undefined} setting={setting} control={id} wide={area === true || type === 'url' || (type === 'text' && limit !== undefined && limit > 40)}>
      <span class={`field set-field ${area === true ? 'field--area' : ''} ${type === 'number' ? 'set-field--number' : ''}`}>
        {area === true ? (
          <textarea {...common} rows={3} value={text} onInput={(event) => setDraft(event.currentTarget.value)} />
        ) : (
          <input
            {...common} type="text" inputMode={type === 'number' ? 'decimal' : type} value={text} autoComplete="off"
            onInput={(event) => setDraft(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') void send();
              // Escape gives up what was typed, and closes the dialog only where nothing was.
              if (event.key === 'Escape' && dirty) {
                event.preventDefault();
                event.stopPropagation();
                setDraft(null);
                setting.asking.clear();
              }
            }}
          />
        )}
        {unit !== undefined && <span class="t13 t3">{unit}</span>}
      </span>
    </Row>
  );
}

interface NumberRowProps {
  readonly name: string;
  readonly hint?: string;
  readonly permission: Permission;
  readonly value: number | null;
  readonly low: number;
  readonly high: number;
  readonly unit?: string;
  /** What no number means, where there may be none. */
  readonly none?: string;
  readonly to: (value: number | null) => Change;
}

/** A number within bounds; empty is none, where there may be none. */
export function NumberRow({ name, hint, permission, value, low, high, unit, none, to }: NumberRowProps) {
  return (
    <TextRow
      name={name} {...(hint === undefined ? {} : { hint })} permission={permission} value={value === null ? '' : String(value)} type="number" limit={9} {...(unit === undefined ? {} : { unit })}
      placeholder={none ?? ''} wrong={t(none === undefined ? 'set.number' : 'set.number.none', { low, high })}
      to={(text) => {
        if (text.trim() === '') return none === undefined ? null : to(null);
        const number = Number(text.trim().replace(',', '.'));
        return Number.isInteger(number) && number >= low && number <= high ? to(number) : null;
      }}
    />
  );
}

/** The room's settings; nothing before it is known. */
export const useSettings = () => useRoomState().room;
