//! A room that goes, and a person.

use super::*;

/// The visits of these stories were long ago.
const FOR_EVER: Retention = Retention::days(90, u32::MAX);

stories![
    tokio::test:
    of_a_deleted_room_nothing_is_left,
    what_comes_behind_a_deletion_fails_with_it,
    a_forgotten_person_is_somebody,
    nobody_is_forgotten_twice,
];

async fn of_a_deleted_room_nothing_is_left(mut world: impl World) {
    world.keep(FOR_EVER);
    let store = world.open().await;
    let ana = who("Ana");
    let mut rooms = Vec::new();
    for chat in [11, 22] {
        let mut room = Held::planned(Visibility::Public);
        room.at = now();
        room.due_at = Some(WallTime(5));
        store.append(room.founding_entry()).await.unwrap();
        store.append(room.hears(&ana, "hi")).await.unwrap();
        store.append(room.plays(&ana, "https://films.example/film.mp4")).await.unwrap();
        let gone = room.is_left(&[(ana.person, 1, 2)]);
        store.append(room.with_snapshot(gone)).await.unwrap();
        let admission = Record::Admission(Admission { room: room.id, person: ana.person, at: WallTime(1) });
        let names = [alias(AliasKind::Code, &format!("CODE{chat}"), room.id), place(Platform::Discord, chat, room.id)];
        store.put([&names[..], &[admission]].concat()).await.unwrap();
        rooms.push(room);
    }
    let [mut gone, stays] = rooms.try_into().unwrap_or_else(|_| unreachable!("two were made"));
    store.put(vec![Record::Person(Person { id: ana.person, name: "Ana".into(), made_at: WallTime(1) })]).await.unwrap();

    store.append(gone.entry(vec![said("last words"), EventKind::Deleted])).await.unwrap();
    assert_says(store.append(gone.says("anybody?")).await, "there is no room");
    let store = world.restart(store).await;
    assert!(store.load(gone.id).await.unwrap().is_none());
    assert_says(store.append(gone.says("anybody?")).await, "there is no room");
    assert!(store.chat(gone.id, None, 10).await.unwrap().is_empty());
    assert!(store.history(gone.id, None, 10).await.unwrap().is_empty());
    assert!(audited(&*store, &gone).await.is_empty());
    assert_eq!(store.attendance(gone.id).await.unwrap(), Attendance::default());
    assert!(store.find(Find::AliasesOf(gone.id)).await.unwrap().is_empty());
    assert!(store.find(Find::PlacesOf(gone.id)).await.unwrap().is_empty());
    assert_eq!(store.get(Key::Admission(gone.id, ana.person)).await.unwrap(), None);

    // The other one has all of it still.
    let only = |heads: Vec<RoomHead>| heads.iter().map(|head| head.id).collect::<Vec<_>>() == [stays.id];
    assert!(only(store.public_rooms(None, 10).await.unwrap()));
    assert_eq!(store.due(WallTime(10), 10).await.unwrap(), [stays.id]);
    assert_eq!(store.visited(ana.person, None, 10).await.unwrap(), [(stays.id, WallTime(2))]);
    assert_eq!(store.lines_of(ana.person, None, 10).await.unwrap().len(), 1);
    assert_eq!(store.history(stays.id, None, 10).await.unwrap().len(), 1);
    assert_eq!(store.find(Find::PlacesOf(stays.id)).await.unwrap().len(), 1);
    assert!(store.get(Key::Admission(stays.id, ana.person)).await.unwrap().is_some());
    assert!(store.get(Key::Person(ana.person)).await.unwrap().is_some());
    assert!(loaded(&*store, &stays).await.snapshot.is_some());
    // Its name is free.
    assert!(store.claim(vec![alias(AliasKind::Code, "CODE11", stays.id)]).await.unwrap());
}

async fn what_comes_behind_a_deletion_fails_with_it(mut world: impl World) {
    world.keep(FOR_EVER);
    let store = world.open().await;
    let mut room = Held::found(&*store, Visibility::Public).await;
    let mut short = Held::planned(Visibility::Public);
    let name = vec![alias(AliasKind::Code, "MINE11", room.id)];
    let [before, last, after] = [room.says("before"), room.entry(vec![EventKind::Deleted]), room.says("after")];
    let entries = [short.founding_entry(), short.entry(vec![EventKind::Deleted])];
    // All of it is queued, in this order, before anything is written.
    let (before, named, deleted, after) = tokio::join!(
        async { store.append(before).await },
        store.put(name),
        async { store.append(last).await },
        async { store.append(after).await },
    );
    before.unwrap();
    named.unwrap();
    deleted.unwrap();
    assert_says(after, "there is no room");
    for answer in entries.map(|entry| store.append(entry)) {
        answer.await.unwrap();
    }
    assert_eq!(store.get(Key::Alias(AliasKind::Code, "MINE11".into())).await.unwrap(), None);
    let store = world.restart(store).await;
    assert!(store.load(room.id).await.unwrap().is_none());
    assert!(store.load(short.id).await.unwrap().is_none());
    assert!(store.public_rooms(None, 10).await.unwrap().is_empty());
}

async fn a_forgotten_person_is_somebody(mut world: impl World) {
    world.keep(FOR_EVER);
    let store = world.open().await;
    let (ana, ben) = (who("Ana"), who("Ben"));
    let mut rooms = Vec::new();
    for _ in 0..6 {
        let mut room = Held::planned(Visibility::Public);
        room.at = now();
        store.append(room.founding_entry()).await.unwrap();
        rooms.push(room);
    }
    let [written, visited, played, acted, about, untouched] = &mut rooms[..] else { unreachable!("six were made") };
    store.append(written.entry_by(Some(&ana), vec![said("my secret"), EventKind::Cleared])).await.unwrap();
    store.append(written.entry_by(Some(&ana), vec![reworded(2, "my other secret")])).await.unwrap();
    store.append(written.hears(&ben, "and mine")).await.unwrap();
    store.append(visited.is_left(&[(ana.person, 1, 50), (ben.person, 20, 30)])).await.unwrap();
    store.append(played.plays(&ana, "https://films.example/film.mp4")).await.unwrap();
    store.append(acted.entry_by(Some(&ana), vec![EventKind::Cleared])).await.unwrap();
    let kicked = EventKind::Kicked { person: ana.person, name: ana.name.clone() };
    store.append(about.entry_by(Some(&ben), vec![kicked])).await.unwrap();
    store.append(untouched.hears(&ben, "hi")).await.unwrap();
    let mut hosted = Held::planned(Visibility::Public);
    hosted.founding = founding(ana.person, Visibility::Public);
    store.append(hosted.founding_entry()).await.unwrap();

    let known = store.forget(ana.person).await.unwrap();
    assert_eq!(known, [written.id, visited.id, played.id, acted.id, about.id, hosted.id]);

    let store = world.restart(store).await;
    assert_eq!(lines(&store.chat(written.id, None, 10).await.unwrap()), ["and mine"]);
    assert!(store.lines_of(ana.person, None, 10).await.unwrap().is_empty());
    assert!(store.visited(ana.person, None, 10).await.unwrap().is_empty());
    let attendance = Attendance { people: 2, visits: 2, peak: 2, stayed: Millis(49 + 10) };
    assert_eq!(store.attendance(visited.id).await.unwrap(), attendance);
    let EventKind::Played(told) = &store.history(played.id, None, 1).await.unwrap()[0].kind else { panic!("played") };
    assert_eq!((&*told.item.added_by.name, told.position), ("Somebody", Millis(60_000)));

    // What happened is still known, and that it was the same person; their name and words are not.
    let trail = Trail { limit: 10, person: Some(ana.person), ..Trail::default() };
    for (room, kinds) in [(&*written, &["reworded", "cleared", "said"][..]), (&*acted, &["cleared"])] {
        let events = store.audit(room.id, &trail).await.unwrap();
        assert_eq!(events.iter().map(|event| event.kind.name()).collect::<Vec<_>>(), kinds);
        assert!(events.iter().all(|event| event.by.as_ref().is_some_and(|by| &*by.name == "Somebody")));
    }
    for room in [written, visited, played, acted, about, untouched, &mut hosted] {
        let kept = store.audit(room.id, &Trail { limit: 100, ..Trail::default() }).await.unwrap();
        let kept = serde_json::to_string(&kept).unwrap();
        let founder = room.founding.host.as_ref().is_some_and(|host| host.person == ana.person);
        assert!(!kept.contains("secret"), "{kept}");
        // Hosts of these stories are called Ana too, and are not meant.
        assert_eq!(kept.matches("\"Ana\"").count(), usize::from(!founder), "{kept}");
    }
}

async fn nobody_is_forgotten_twice(mut world: impl World) {
    world.keep(FOR_EVER);
    let store = world.open().await;
    let (ana, ben) = (who("Ana"), who("Ben"));
    assert!(store.forget(ana.person).await.unwrap().is_empty());
    let mut room = Held::found(&*store, Visibility::Public).await;
    // More than is rewritten at once, queued with the forgetting itself.
    let said: Vec<_> = (0..1_200).map(|line| said(&line.to_string())).collect();
    let written = store.append(room.entry_by(Some(&ana), said));
    let left = store.append(room.is_left(&[(ana.person, 1, 2), (ben.person, 1, 2)]));
    assert_eq!(store.forget(ana.person).await.unwrap(), [room.id]);
    written.await.unwrap();
    left.await.unwrap();
    store.forget(ben.person).await.unwrap();
    assert!(store.chat(room.id, None, 10).await.unwrap().is_empty());
    let said =
        store.audit(room.id, &Trail { limit: 2_000, person: Some(ana.person), ..Trail::default() }).await.unwrap();
    assert_eq!(said.len(), 1_200);
    assert!(lines(&said).iter().all(|text| text.is_empty()));
    // Those who were forgotten are one, so that nobody can be told from another.
    let attendance = Attendance { people: 1, visits: 2, peak: 1, stayed: Millis(1) };
    assert_eq!(store.attendance(room.id).await.unwrap(), attendance);
}
