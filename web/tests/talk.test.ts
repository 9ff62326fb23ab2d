import { describe, expect, it } from 'vitest';
import { leastFor, mayAs } from '../src/rights';
import type { ChatLine } from '../src/protocol';
import { complete, usageWords, type Known } from '../src/ui/chat/complete';
import { entriesOf, isAhead, type Reaction } from '../src/ui/chat/entries';
import { joinLines, unread } from '../src/ui/chat/talk';
import { isPictures, parts } from '../src/ui/chat/text';
import { ANA, BEN, item } from './frames';

const line = (seq: number, part: Partial<ChatLine> = {}): ChatLine =>
  ({ seq, at: seq * 1000, by: ANA, id: `m${seq}`, text: `line ${seq}`, position_ms: null, ...part });
const reaction = (seq: number, emoji: string, part: Partial<Reaction> = {}): Reaction =>
  ({ seq, at: seq * 1000, by: ANA, emoji, position_ms: null, ...part });
const GRANTS = { guest: ['chat', 'playback', 'vote'], registered: [], trusted: ['invite'], moderator: ['kick'] };

describe('a line in parts', () => {
  it('makes links of http and https alone, and leaves the sentence its marks', () => {
    expect(parts('see https://a.example/x?y=(1), javascript:alert(1) and ftp://b.example')).toEqual([
      { kind: 'text', text: 'see ' },
      { kind: 'link', text: 'https://a.example/x?y=(1)', href: 'https://a.example/x?y=(1)' },
      { kind: 'text', text: ', javascript:alert(1) and ftp://b.example' },
    ]);
    expect(parts('(https://a.example/b)')[1]).toMatchObject({ text: 'https://a.example/b' });
  });

  it('opens no link that shows another host than it leads to', () => {
    expect(parts('https://bank.example@evil.example/')).toEqual([{ kind: 'text', text: 'https://bank.example@evil.example/' }]);
  });

  it('knows a name with blanks, the longest that fits, and no part of a word', () => {
    const people = [{ person: 'a', name: 'Ana' }, { person: 'b', name: 'Ana Maria' }, { person: 'c', name: 'C++' }];
    expect(parts('hey @ana maria!', people)[1]).toEqual({ kind: 'name', text: '@ana maria', person: 'b' });
    expect(parts('mail@Ana @Anatol', people)).toEqual([{ kind: 'text', text: 'mail@Ana @Anatol' }]);
    expect(parts('@C++ yes', people)[0]).toEqual({ kind: 'name', text: '@C++', person: 'c' });
  });

  it.each([['🎉', true], ['👨‍👩‍👧‍👦 ❤️', true], ['🇩🇪🇫🇷', true], ['12', false], ['🎉 yes', false], ['', false], ['🎉'.repeat(7), false]])(
    'is pictures alone: %s %s', (text, is) => expect(isPictures(text)).toBe(is));
});

describe('what stands in the chat', () => {
  const none = { lines: [], deeds: [], reactions: [], asides: [] };

  it('joins what one person says within a minute, through one door', () => {
    const lines = [line(1), line(2), line(3, { by: { ...ANA, door: 'discord' } }), line(70, { by: { ...ANA, door: 'discord' } })];
    expect(entriesOf({ ...none, lines }).map((entry) => entry.kind === 'line' && entry.joined)).toEqual([false, true, false, false]);
  });

  it('counts reactions of a moment together, and begins anew after a line', () => {
    const reactions = [reaction(1, '🔥'), reaction(2, '😂', { by: BEN }), reaction(3, '😂'), reaction(5, '🔥'), reaction(60, '🔥')];
    const entries = entriesOf({ ...none, lines: [line(4)], reactions });
    expect(entries.map((entry) => entry.kind)).toEqual(['burst', 'line', 'burst', 'burst']);
    const first = entries[0];
    expect(first?.kind === 'burst' && first.burst.kinds).toEqual([{ emoji: '😂', count: 2 }, { emoji: '🔥', count: 1 }]);
    expect(first?.kind === 'burst' && first.burst.people.map((one) => one.name)).toEqual(['Ana', 'Ben']);
  });

  it('veils what is said of a later part of this film, and nothing of another one', () => {
    const where = { position: 60_000, filmFrom: 10 };
    expect(isAhead(line(11, { position_ms: 90_000 }), where)).toBe(true);
    expect(isAhead(line(11, { position_ms: 61_000 }), where)).toBe(false);
    expect(isAhead(line(9, { position_ms: 90_000 }), where)).toBe(false);
    expect(isAhead(line(11), where)).toBe(false);
    expect(isAhead(line(11, { position_ms: 90_000 }), { position: 60_000, filmFrom: null })).toBe(false);
  });

  it('keeps older lines where nothing is missing in between, and drops them where something is', () => {
    expect(joinLines([line(1), line(2), line(3)], [line(2), line(3), line(4)]).map((one) => one.seq)).toEqual([1, 2, 3, 4]);
    expect(joinLines([line(1), line(2)], [line(8), line(9)]).map((one) => one.seq)).toEqual([8, 9]);
  });

  it('counts as new what others said', () => {
    expect(unread([line(1), line(2), line(3, { by: BEN })], 1, 'ana')).toBe(1);
  });
});

describe('rights', () => {
  it('adds up from role to role, and gives co-hosts all', () => {
    expect(mayAs(GRANTS, 'guest', 'invite')).toBe(false);
    expect(mayAs(GRANTS, 'moderator', 'invite')).toBe(true);
    expect(mayAs(GRANTS, 'cohost', 'end')).toBe(true);
    expect(leastFor(GRANTS, 'kick')).toBe('moderator');
    expect(leastFor(GRANTS, 'end')).toBe('cohost');
  });
});

describe('completing', () => {
  const commands = [
    { name: 'seek', usage: '/seek TIME', description: 'Go' }, { name: 'skip', usage: '/skip', description: 'Next' },
    { name: 'queue list', usage: '/queue list', description: 'Show' }, { name: 'queue remove', usage: '/queue remove ITEM', description: 'Out' },
    { name: 'role', usage: '/role PERSON ROLE', description: 'Role' }, { name: 'kick', usage: '/kick PERSON', description: 'Door' },
    { name: 'history', usage: '/history [COUNT]', description: 'Was' }, { name: 'ban', usage: '/ban PERSON [length:…]', description: 'Out' },
  ];
  const known: Known = {
    commands, people: [BEN, { person: 'c', name: 'Ana Maria' }], queue: [item('i1'), item('i2', { title: 'Sintel' })],
    room: { grants: GRANTS }, role: 'guest',
  };
  const words = (text: string, part: Partial<Known> = {}) => complete(text, { ...known, ...part }).options.map((one) => one.word);

  it('finds commands by their beginning, then by a later word', () => {
    expect(words('/s')).toEqual(['/seek', '/skip']);
    expect(words('/re')).toEqual(['/queue remove']);
    expect(words('/queue')).toEqual(['/queue list', '/queue remove']);
    expect(words('hello')).toEqual([]);
  });

  it('locks what this person may not do, and says who may', () => {
    const found = complete('/k', known).options[0];
    expect(found).toMatchObject({ word: '/kick', lockedFor: 'moderator' });
    expect(complete('/k', { ...known, role: 'moderator' }).options[0]?.lockedFor).toBeNull();
  });

  it('fills in people, quoted where the name has blanks', () => {
    expect(words('/kick ')).toEqual(['@Ben', '@Ana Maria']);
    expect(complete('/kick @an', known).options[0]?.line).toBe('/kick "@Ana Maria" ');
    expect(complete('/role @Ben mod', known).options[0]?.line).toBe('/role @Ben moderator ');
    expect(words('/role "@Ana Maria" ')).toEqual(['guest', 'trusted', 'moderator', 'cohost', 'host']);
    expect(words('/kick @Ben ')).toEqual([]);
  });

  it('fills in a queued film by its title, as its number', () => {
    expect(complete('/queue remove sin', known).options).toMatchObject([{ line: '/queue remove 2 ', word: '2', what: 'Sintel' }]);
  });

  it('says which argument is next', () => {
    expect(complete('/role ', known).usage).toEqual({ name: 'role', words: ['PERSON', 'ROLE'], next: 0 });
    expect(complete('/role @Ben ', known).usage?.next).toBe(1);
    expect(usageWords({ name: 'history', usage: '/history [COUNT]', description: '' })).toEqual(['[COUNT]']);
  });

  it('completes a name within a line, without quotes', () => {
    expect(complete('so @be', known).options[0]?.line).toBe('so @Ben ');
    expect(words('mail@be')).toEqual([]);
  });
});
