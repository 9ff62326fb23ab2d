//! Roles as numbers, rights as the bits of a mask: OpenTogetherTube's 27. What else a role may do here stands outside of the
//! mask, so that a client which has never heard of it cannot take it away.

use engine::room::{Grants, Permission, Permissions, Role};
use serde_json::Value;

/// Its name of each right, by bit.
pub const NAMES: [&str; 27] = [
    "playback.play-pause",
    "playback.skip",
    "playback.seek",
    "manage-queue.add",
    "manage-queue.remove",
    "manage-queue.order",
    "manage-queue.vote",
    "chat",
    "configure-room.set-title",
    "configure-room.set-description",
    "configure-room.set-visibility",
    "configure-room.set-queue-mode",
    "configure-room.set-permissions.for-moderator",
    "configure-room.set-permissions.for-trusted-users",
    "configure-room.set-permissions.for-all-registered-users",
    "configure-room.set-permissions.for-all-unregistered-users",
    "manage-users.promote-admin",
    "manage-users.demote-admin",
    "manage-users.promote-moderator",
    "manage-users.demote-moderator",
    "manage-users.promote-trusted-user",
    "manage-users.demote-trusted-user",
    "configure-room.other",
    "playback.speed",
    "manage-users.kick",
    "manage-queue.play-now",
    "manage-queue.edit",
];

/// All of its bits.
pub const ALL: u64 = (1 << NAMES.len()) - 1;

/// The roles in the order in which its masks are told.
pub const ROLES: [Role; 6] = [Role::Guest, Role::Registered, Role::Trusted, Role::Moderator, Role::Cohost, Role::Host];

/// Its number of a role.
pub fn number(role: Role) -> i8 {
    match role {
        Role::Guest => 0,
        Role::Registered => 1,
        Role::Trusted => 2,
        Role::Moderator => 3,
        Role::Cohost => 4,
        Role::Host => -1,
    }
}

/// The role of its number.
pub fn role(number: i64) -> Option<Role> {
    ROLES.into_iter().find(|role| i64::from(self::number(*role)) == number)
}

/// How it shows a role.
pub fn display(role: Role) -> &'static str {
    match role {
        Role::Guest => "Unregistered User",
        Role::Registered => "Registered User",
        Role::Trusted => "Trusted User",
        Role::Moderator => "Moderator",
        Role::Cohost => "Administrator",
        Role::Host => "Owner",
    }
}

/// Its name of a right, where it has one.
pub fn name(permission: Permission) -> Option<&'static str> {
    NAMES.get(permission as usize).copied()
}

/// The right of a bit.
pub fn of_bit(bit: usize) -> Option<Permission> {
    Permission::ALL.iter().copied().find(|permission| *permission as usize == bit && bit < NAMES.len())
}

/// What each role may do, as its masks: `[[role, mask], …]`.
pub fn masks(grants: &Grants) -> Vec<(i8, u64)> {
    ROLES.into_iter().map(|role| (number(role), grants.of(role).bits() & ALL)).collect()
}

/// Masks in either of its JSON forms: `[[0, 128], …]`, or `{"0": 128, …}`. Nothing where it is neither.
pub fn read(value: &Value) -> Option<Vec<(Role, u64)>> {
    let pair = |number: i64, mask: &Value| Some((role(number)?, mask.as_u64().filter(|mask| *mask <= ALL)?));
    match value {
        Value::Array(pairs) => {
            let read = |value: &Value| match value.as_array()?.as_slice() {
                [number, mask] => pair(number.as_i64()?, mask),
                _ => None,
            };
            pairs.iter().map(read).collect()
        }
        Value::Object(pairs) => pairs.iter().map(|(number, mask)| pair(number.parse().ok()?, mask)).collect(),
        _ => None,
    }
}

/// The table after masks were set. Roles that are not named may do what they may, those of owners and administrators cannot
/// be changed, each role may do what the ones before it may, and nothing outside of the masks moves. So what is taken from a
/// lower role alone stays with the higher ones.
pub fn set(grants: &Grants, masks: &[(Role, u64)]) -> Grants {
    let mut after = *grants;
    let kept = [
        (Role::Guest, &mut after.guest),
        (Role::Registered, &mut after.registered),
        (Role::Trusted, &mut after.trusted),
        (Role::Moderator, &mut after.moderator),
    ];
    for (role, kept) in kept {
        let named = masks.iter().rev().find(|(named, _)| *named == role).map(|(_, mask)| *mask);
        let mask = named.unwrap_or_else(|| grants.of(role).bits()) & ALL;
        *kept = Permissions::from_bits(kept.bits() & !ALL | mask);
    }
    after.possible()
}

#[cfg(test)]
mod tests {
    use engine::room::Preset;
    use serde_json::json;

    use super::*;

    fn mask(grants: &Grants, role: Role) -> u64 {
        grants.of(role).bits() & ALL
    }

    #[test]
    fn the_masks_of_its_rooms_are_the_published_ones() {
        let told = masks(&Preset::Open.grants());
        let published = 113_250_303;
        let whole = 134_217_727;
        assert_eq!(told, [(0, published), (1, published), (2, published), (3, 133_173_247), (4, whole), (-1, whole)]);
    }

    #[test]
    fn each_right_has_the_bit_of_its_name() {
        for (bit, known) in NAMES.iter().enumerate() {
            let permission = of_bit(bit).unwrap();
            assert_eq!(name(permission), Some(*known));
        }
        assert_eq!(of_bit(27), None);
        assert_eq!(name(Permission::Ban), None);
    }

    #[test]
    fn masks_are_read_in_both_forms_and_nonsense_in_none() {
        let pairs = Some(vec![(Role::Guest, 128), (Role::Host, 1)]);
        assert_eq!(read(&json!([[0, 128], [-1, 1]])), pairs);
        let mut object = read(&json!({ "0": 128, "-1": 1 })).unwrap();
        object.sort_by_key(|(role, _)| *role);
        assert_eq!(Some(object), pairs);
        for odd in [json!(7), json!([[0]]), json!([[9, 1]]), json!([[0, -1]]), json!([[0, 1.5]]), json!({ "x": 1 })] {
            assert_eq!(read(&odd), None, "{odd}");
        }
        assert_eq!(read(&json!([[0, 1_u64 << 27]])), None, "a bit that there is not");
    }

    #[test]
    fn what_is_taken_from_guests_stays_with_those_above_and_what_is_not_named_stays() {
        let before = Preset::Open.grants();
        let after = set(&before, &[(Role::Guest, 0)]);
        assert_eq!(mask(&after, Role::Guest), 0);
        assert_eq!(mask(&after, Role::Registered), 113_250_303);
        assert_eq!(mask(&after, Role::Moderator), 133_173_247);
        assert_eq!(mask(&after, Role::Cohost), ALL);
        let ours = |grants: &Grants, role| grants.of(role).bits() & !ALL;
        for role in ROLES {
            assert_eq!(ours(&before, role), ours(&after, role), "{role}");
        }
    }

    #[test]
    fn a_role_never_gets_what_it_may_never_have() {
        let after = set(&Preset::Open.grants(), &[(Role::Guest, ALL), (Role::Host, 0)]);
        assert!(!after.of(Role::Guest).has(Permission::Kick));
        assert_eq!(mask(&after, Role::Host), ALL);
    }
}
