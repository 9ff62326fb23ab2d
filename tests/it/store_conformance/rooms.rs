//! What a room stands up from, and who may write to it.

use super::*;

// On one thread what is queued without awaiting shares a commit; some stories need that.
stories![
    tokio::test:
    a_room_comes_back_with_all_that_happened_in_order,
    an_unknown_room_is_nothing_and_takes_nothing,
    the_process_that_lost_a_room_cannot_write_to_it,
    a_gap_in_the_numbers_is_refused,
    a_room_cannot_be_founded_twice,
    the_last_beat_is_that_of_the_process_that_had_the_room,
    a_closed_store_says_so,
    a_room_from_elsewhere_is_there_whole_or_not_at_all,
];

stories![
    tokio::test(flavor = "multi_thread", worker_threads = 2):
    many_rooms_at_once_keep_their_order,
];

async fn a_room_comes_back_with_all_that_happened_in_order(mut world: impl World) {
    let store = world.open().await;
    let mut room = Held::planned(Visibility::Public);
    let mut told = Vec::new();
    for entry in [
        room.founding_entry(),
        room.entry(vec![said("hallo"), EventKind::Cleared, said("line\nfeed \u{0} \"quoted\" \\ é")]),
        room.is_called("Saturday"),
        room.says("bye"),
    ] {
        told.extend(entry.events.iter().map(|event| Event::clone(event)));
        store.append(entry).await.unwrap();
    }
    let store = world.restart(store).await;
    let back = loaded(&*store, &room).await;
    assert!(back.snapshot.is_none());
    assert_eq!(back.events, told);
    assert_eq!(lines(&back.chat), ["hallo", "line\nfeed \u{0} \"quoted\" \\ é", "bye"]);
}

async fn an_unknown_room_is_nothing_and_takes_nothing(mut world: impl World) {
    let store = world.open().await;
    let mut nowhere = Held::planned(Visibility::Public);
    assert!(store.load(nowhere.id).await.unwrap().is_none());
    nowhere.seq = 1;
    assert_says(store.append(nowhere.says("anybody?")).await, "there is no room");
    assert!(store.load(nowhere.id).await.unwrap().is_none());
    assert!(store.chat(nowhere.id, None, 10).await.unwrap().is_empty());
    assert_eq!(store.get(Key::Person(Entropy.person())).await.unwrap(), None);
}

async fn the_process_that_lost_a_room_cannot_write_to_it(mut world: impl World) {
    let store = world.open().await;
    let mut old = Held::found(&*store, Visibility::Public).await;
    let first = loaded(&*store, &old).await;
    assert_eq!(first.epoch, 2);
    let mut new = old.taken(&first);

    assert_says(store.append(old.says("I still have it")).await, "stale epoch");
    store.append(new.says("it is mine")).await.unwrap();

    let store = world.restart(store).await;
    let second = loaded(&*store, &new).await;
    assert_eq!(second.epoch, 3);
    assert_eq!(lines(&second.chat), ["it is mine"]);
    assert_says(store.append(new.says("late")).await, "stale epoch");
}

async fn a_gap_in_the_numbers_is_refused(mut world: impl World) {
    let store = world.open().await;
    let mut room = Held::found(&*store, Visibility::Public).await;
    let lost = room.says("lost");
    let after = room.says("after it");
    assert_says(store.append(after).await, "needs event 2");
    store.append(lost.clone()).await.unwrap();
    assert_says(store.append(lost).await, "needs event 3");
    room.seq = 2;
    let ahead = room.says("and a snapshot of what was not yet");
    room.seq = 9;
    assert_says(store.append(Entry { snapshot: Some(room.snapshot()), ..ahead }).await, "snapshot at 9");
    assert_eq!(numbers(&loaded(&*store, &room).await.events), [1, 2]);
}

async fn a_room_cannot_be_founded_twice(mut world: impl World) {
    let store = world.open().await;
    let room = Held::found(&*store, Visibility::Public).await;
    let mut again = Held::planned(Visibility::Public);
    again.id = room.id;
    assert_says(store.append(again.founding_entry()).await, "needs event 2");
    assert_eq!(numbers(&loaded(&*store, &room).await.events), [1]);
}

async fn the_last_beat_is_that_of_the_process_that_had_the_room(mut world: impl World) {
    let first = world.open().await;
    let room = Held::found(&*first, Visibility::Public).await;
    let quiet = Held::found(&*first, Visibility::Public).await;
    first.beat(PlayTime(900)).await.unwrap();
    first.beat(PlayTime(1_000)).await.unwrap();

    // A process that never asked for the room tells nothing about it.
    let second = world.restart(first).await;
    second.beat(PlayTime(2_000)).await.unwrap();
    let third = world.restart(second).await;
    assert_eq!(loaded(&*third, &room).await.last_beat, Some(PlayTime(1_000)));

    // One that took it does, even if it wrote nothing; and a process that never beat has nothing to tell.
    let fourth = world.restart(third).await;
    assert_eq!(loaded(&*fourth, &room).await.last_beat, None);
    fourth.beat(PlayTime(4_000)).await.unwrap();
    assert_eq!(loaded(&*fourth, &room).await.last_beat, Some(PlayTime(4_000)));
    let (once, twice) = tokio::join!(loaded(&*fourth, &quiet), loaded(&*fourth, &quiet));
    assert_eq!((once.last_beat, twice.last_beat), (Some(PlayTime(1_000)), Some(PlayTime(4_000))));
}

async fn a_closed_store_says_so(mut world: impl World) {
    let store = world.open().await;
    let mut room = Held::found(&*store, Visibility::Public).await;
    // Nobody awaits it, and still it is written before the store lets go.
    drop(store.append(room.says("last words")));
    store.close().await;
    store.close().await;
    assert_says(store.append(room.says("too late")).await, "closed");
    assert_says(store.load(room.id).await, "closed");
    assert_says(store.put(vec![]).await, "closed");
    assert_says(store.get(Key::Session("x".into())).await, "closed");
    let store = world.open().await;
    assert_eq!(lines(&loaded(&*store, &room).await.chat), ["last words"]);
}

async fn many_rooms_at_once_keep_their_order(mut world: impl World) {
    const ROOMS: usize = 20;
    const EACH: u64 = 25;
    let store = world.open().await;
    let mut rooms = Vec::new();
    for _ in 0..ROOMS {
        rooms.push(Held::found(&*store, Visibility::Public).await);
    }
    let writers: Vec<_> = rooms
        .into_iter()
        .map(|mut room| {
            let store = store.clone();
            tokio::spawn(async move {
                // All called before any is awaited, and awaited from the last to the first: the order of the calls counts.
                let queued: Vec<_> = (0..EACH).map(|line| store.append(room.says(&line.to_string()))).collect();
                for answer in queued.into_iter().rev() {
                    answer.await.unwrap();
                }
                room
            })
        })
        .collect();
    let mut rooms = Vec::new();
    for writer in writers {
        rooms.push(writer.await.unwrap());
    }
    let store = world.restart(store).await;
    for room in &rooms {
        let back = loaded(&*store, room).await;
        assert_eq!(numbers(&back.events), (1..=EACH + 1).collect::<Vec<_>>());
        assert_eq!(lines(&back.chat), (0..EACH).map(|line| line.to_string()).collect::<Vec<_>>());
    }
}

async fn a_room_from_elsewhere_is_there_whole_or_not_at_all<W: World>(mut world: W) {
    let store = world.open().await;
    let mut room = Held::found(&*store, Visibility::Public).await;
    store.append(room.says("hello")).await.unwrap();
    let back = loaded(&*store, &room).await;
    let (stands, _) = Room::restore(room.id, Clock::start().now(), back.clone(), RoomLimits::default()).unwrap();
    let (state, head) = (Arc::new(stands.view().state.clone()), stands.view().head());
    let chat = store.chat(room.id, None, 10).await.unwrap();

    let mut elsewhere = W::new();
    let other = elsewhere.open().await;
    let someone = Record::Person(Person { id: Entropy.person(), name: "Ana".into(), made_at: WallTime(1) });
    let brought = |id: RoomId| Brought {
        epoch: 40,
        head: RoomHead { id, ..head.clone() },
        state: state.clone(),
        chat: chat.clone(),
        history: Vec::new(),
        journal: back.events.clone(),
        new: vec![someone.clone()],
    };
    assert_eq!(other.bring(brought(room.id)).await.unwrap(), Landing::Written);
    assert_eq!(other.bring(brought(room.id)).await.unwrap(), Landing::There(head.clone()));
    let second = Entropy.room();
    assert_eq!(other.bring(brought(second)).await.unwrap(), Landing::Taken(someone.key()));
    assert!(other.load(second).await.unwrap().is_none());
    assert!(other.chat(second, None, 10).await.unwrap().is_empty());

    let other = elsewhere.restart(other).await;
    assert_eq!(other.all_rooms(None, 10).await.unwrap(), [room.id]);
    assert!(other.all_rooms(Some(room.id), 10).await.unwrap().is_empty());
    let there = other.load(room.id).await.unwrap().unwrap();
    assert_eq!((there.epoch, there.snapshot.as_ref(), there.events.len()), (41, Some(&*state), 0));
    assert_eq!(there.chat, chat);
    assert_eq!(other.events_after(room.id, 0, 10).await.unwrap(), back.events);
    assert_eq!(other.get(someone.key()).await.unwrap(), Some(someone));
    assert_eq!(other.public_rooms(None, 10).await.unwrap(), [head]);
}
