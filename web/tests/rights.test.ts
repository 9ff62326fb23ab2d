import { describe, expect, it } from 'vitest';
import { grantable, granting, leastFor, mayAs, needsForRole } from '../src/rights';

const grants = { guest: ['chat', 'add'], registered: [], trusted: ['invite'], moderator: ['kick', 'order'] };

describe('who may what', () => {
  it('lets each role do what the ones before it may, co-hosts all but own the room', () => {
    expect(mayAs(grants, 'guest', 'invite')).toBe(false);
    expect(mayAs(grants, 'moderator', 'invite')).toBe(true);
    expect(mayAs(grants, 'cohost', 'promote_cohost')).toBe(true);
    expect(mayAs(grants, 'cohost', 'own')).toBe(false);
    expect(mayAs(grants, 'host', 'own')).toBe(true);
  });

  it('names the least role that may', () => {
    expect(leastFor(grants, 'add')).toBe('guest');
    expect(leastFor(grants, 'order')).toBe('moderator');
    expect(leastFor(grants, 'access')).toBe('cohost');
    expect(leastFor(grants, 'own')).toBe('host');
  });

  it('never grants a role what it may not have', () => {
    expect(grantable('guest', 'kick')).toBe(false);
    expect(grantable('trusted', 'kick')).toBe(true);
    expect(grantable('moderator', 'grant_moderators')).toBe(false);
  });

  it('changes one list alone', () => {
    expect(granting(grants, 'guest', 'chat', false)).toEqual({ ...grants, guest: ['add'] });
    expect(granting(grants, 'trusted', 'kick', true).trusted).toEqual(['invite', 'kick']);
  });

  it('knows what it takes to make somebody another role', () => {
    expect(needsForRole('guest', 'moderator')).toBe('promote_moderator');
    expect(needsForRole('moderator', 'trusted')).toBe('demote_moderator');
    expect(needsForRole('cohost', 'host')).toBe('own');
    expect(needsForRole('guest', 'guest')).toBeNull();
  });
});
