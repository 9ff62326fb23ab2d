//! Who was in a room, and in which rooms somebody was.

use super::*;

/// The visits of these stories were long ago.
const FOR_EVER: Retention = Retention::days(90, u32::MAX);

stories![
    tokio::test:
    who_was_there_is_counted,
    somebody_finds_the_rooms_they_were_in,
];

async fn who_was_there_is_counted(mut world: impl World) {
    world.keep(FOR_EVER);
    let store = world.open().await;
    let (ana, ben, cem) = (Entropy.person(), Entropy.person(), Entropy.person());
    let mut room = Held::found(&*store, Visibility::Public).await;
    let mut other = Held::found(&*store, Visibility::Public).await;
    assert_eq!(store.attendance(room.id).await.unwrap(), Attendance::default());
    let visits = [(ana, 100, 200), (ana, 150, 260), (ben, 240, 300), (cem, 300, 400)];
    // Told in the order in which they left, some of them with nothing else.
    store.append(room.is_left(&visits[..2])).await.unwrap();
    store.append(other.is_left(&[(ben, 0, 1_000), (cem, 0, 1_000)])).await.unwrap();
    let last = room.says("bye");
    store.append(Entry { visits: room.is_left(&visits[2..]).visits, ..last }).await.unwrap();

    let store = world.restart(store).await;
    let attendance = store.attendance(room.id).await.unwrap();
    assert_eq!(attendance, Attendance { people: 3, visits: 4, peak: 2, stayed: Millis(160 + 60 + 100) });
    assert_eq!(numbers(&loaded(&*store, &room).await.events), [1, 2]);

    // Of a room that is not there nobody can have been.
    let mut nowhere = Held::planned(Visibility::Public);
    assert_says(store.append(nowhere.is_left(&visits)).await, "there is no room");
    assert_eq!(store.attendance(nowhere.id).await.unwrap(), Attendance::default());
}

async fn somebody_finds_the_rooms_they_were_in(mut world: impl World) {
    world.keep(FOR_EVER);
    let store = world.open().await;
    let (ana, ben) = (Entropy.person(), Entropy.person());
    let mut rooms = Vec::new();
    for _ in 0..3 {
        rooms.push(Held::found(&*store, Visibility::Invite).await);
    }
    store.append(rooms[0].is_left(&[(ana, 10, 500), (ana, 600, 700)])).await.unwrap();
    store.append(rooms[1].is_left(&[(ana, 20, 650), (ben, 20, 900)])).await.unwrap();
    store.append(rooms[2].is_left(&[(ben, 30, 40)])).await.unwrap();

    let store = world.restart(store).await;
    let visited = store.visited(ana, None, 10).await.unwrap();
    assert_eq!(visited, [(rooms[0].id, WallTime(700)), (rooms[1].id, WallTime(650))]);
    assert_eq!(store.visited(ana, None, 1).await.unwrap(), visited[..1]);
    assert_eq!(store.visited(ana, Some(WallTime(700)), 10).await.unwrap(), visited[1..]);
    assert!(store.visited(ana, Some(WallTime(650)), 10).await.unwrap().is_empty());
    assert!(store.visited(Entropy.person(), None, 10).await.unwrap().is_empty());
}
