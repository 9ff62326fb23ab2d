//! Lists of rooms: public ones, a host's, those that are due.

use super::*;

// On one thread what is queued without awaiting shares a commit; some stories need that.
stories![
    tokio::test:
    public_rooms_are_listed_newest_first,
    a_host_finds_their_rooms,
    rooms_are_due_when_their_time_has_come,
];

async fn public_rooms_are_listed_newest_first(mut world: impl World) {
    let store = world.open().await;
    let mut rooms = Vec::new();
    for index in 0..5 {
        let visibility = if index == 2 { Visibility::Unlisted } else { Visibility::Public };
        rooms.push(Held::found(&*store, visibility).await);
    }
    let page = store.public_rooms(None, 3).await.unwrap();
    assert_eq!(ids(&page), [rooms[4].id, rooms[3].id, rooms[1].id]);
    let page = store.public_rooms(Some(rooms[1].id), 3).await.unwrap();
    assert_eq!(ids(&page), [rooms[0].id]);

    // Lists show a room as it is now: its title, its last number, and whether it wants to be shown.
    store.append(rooms[4].is_called("Renamed")).await.unwrap();
    store.append(rooms[3].is_shown_to(Visibility::Invite)).await.unwrap();
    store.append(rooms[2].is_shown_to(Visibility::Public)).await.unwrap();
    store.append(rooms[1].says("hi")).await.unwrap();

    let store = world.restart(store).await;
    let heads = store.public_rooms(None, 100).await.unwrap();
    assert_eq!(ids(&heads), [rooms[4].id, rooms[2].id, rooms[1].id, rooms[0].id]);
    assert_eq!((&*heads[0].title, heads[0].seq, heads[0].made_at), ("Renamed", 2, WallTime(1_000)));
    assert_eq!((heads[2].seq, heads[3].seq), (2, 1));
}

async fn a_host_finds_their_rooms(mut world: impl World) {
    let store = world.open().await;
    let ana = Entropy.person();
    let mut rooms = Vec::new();
    for visibility in [Visibility::Public, Visibility::Invite, Visibility::Unlisted] {
        let mut room = Held::planned(visibility);
        room.founding = founding(ana, visibility);
        store.append(room.founding_entry()).await.unwrap();
        rooms.push(room);
    }
    Held::found(&*store, Visibility::Public).await;
    let page = store.hosted(ana, None, 2).await.unwrap();
    assert_eq!(ids(&page), [rooms[2].id, rooms[1].id]);
    assert_eq!((page[0].host, page[1].public), (Some(ana), false));
    assert_eq!(ids(&store.hosted(ana, Some(rooms[1].id), 2).await.unwrap()), [rooms[0].id]);

    // Whoever is given a room finds it from then on, and who gave it does not.
    let ben = who("Ben");
    rooms[0].founding.host = Some(Host { person: ben.person, name: ben.name.clone() });
    let role = EventKind::RoleChanged { person: ben.person, name: ben.name, role: Role::Host };
    store.append(rooms[0].entry(vec![role])).await.unwrap();
    let store = world.restart(store).await;
    assert_eq!(ids(&store.hosted(ana, None, 10).await.unwrap()), [rooms[2].id, rooms[1].id]);
    let given = store.hosted(ben.person, None, 10).await.unwrap();
    assert_eq!(given, [rooms[0].entry(Vec::new()).head]);
    assert_eq!(store.public_rooms(None, 10).await.unwrap()[1], given[0]);
}

async fn rooms_are_due_when_their_time_has_come(mut world: impl World) {
    let store = world.open().await;
    let mut rooms = Vec::new();
    for due_at in [None, Some(300), Some(100), Some(200)] {
        let mut room = Held::found(&*store, Visibility::Public).await;
        room.due_at = due_at.map(WallTime);
        store.append(room.says("soon")).await.unwrap();
        rooms.push(room);
    }
    let store = world.restart(store).await;
    assert!(store.due(WallTime(99), 10).await.unwrap().is_empty());
    assert_eq!(store.due(WallTime(200), 10).await.unwrap(), [rooms[2].id, rooms[3].id]);
    assert_eq!(store.due(WallTime(i64::MAX), 2).await.unwrap(), [rooms[2].id, rooms[3].id]);

    // It was done, and nothing more is to come; another waits longer.
    rooms[2].due_at = None;
    rooms[3].due_at = Some(WallTime(900));
    store.append(rooms[2].says("done")).await.unwrap();
    store.append(rooms[3].says("later")).await.unwrap();
    assert_eq!(store.due(WallTime(1_000), 10).await.unwrap(), [rooms[1].id, rooms[3].id]);
}

pub(super) fn ids(heads: &[RoomHead]) -> Vec<RoomId> {
    heads.iter().map(|head| head.id).collect()
}
