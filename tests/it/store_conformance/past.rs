//! What happened in a room: journal, chat, history.

use super::*;

// On one thread what is queued without awaiting shares a commit; some stories need that.
stories![
    tokio::test:
    a_snapshot_takes_the_journal_and_leaves_the_chat,
    a_loaded_room_has_its_last_fifty_lines,
    chat_pages_back_to_the_first_line,
    what_happened_is_kept_for_its_time_and_loaded_no_more,
    nothing_is_kept_beyond_a_snapshot_where_nothing_shall_be,
    the_audit_is_asked_by_person_and_kind,
    what_came_after_is_read_in_order,
    what_was_played_is_kept_for_ever,
    an_erased_line_is_nowhere,
    a_reworded_line_reads_as_it_was_worded_last,
    of_a_reworded_line_that_is_erased_no_wording_is_left,
    what_somebody_wrote_is_found_in_all_rooms,
    what_a_call_made_is_found_among_the_last_thousand_deeds_of_who_called,
];

async fn a_snapshot_takes_the_journal_and_leaves_the_chat(mut world: impl World) {
    let store = world.open().await;
    let mut room = Held::found(&*store, Visibility::Public).await;
    store.append(room.says("before")).await.unwrap();
    store.append(room.is_called("Sunday")).await.unwrap();
    // One commit has the snapshot and its neighbours.
    let mut queued = vec![store.append(room.says("just before"))];
    let with = room.says("with it");
    let snapshot = room.snapshot();
    queued.push(store.append(Entry { snapshot: Some(snapshot.clone()), ..with }));
    queued.push(store.append(room.says("after")));
    queued.push(store.append(room.says("and after")));
    for answer in queued {
        answer.await.unwrap();
    }

    let store = world.restart(store).await;
    let back = loaded(&*store, &room).await;
    assert_eq!(back.snapshot.as_ref(), Some(&*snapshot));
    assert_eq!(numbers(&back.events), [6, 7]);
    assert_eq!(lines(&back.chat), ["before", "just before", "with it", "after", "and after"]);

    // The next snapshot replaces it.
    let mut room = room.taken(&back);
    let last = room.says("last");
    store.append(Entry { snapshot: Some(room.snapshot()), ..last }).await.unwrap();
    let back = loaded(&*store, &room).await;
    assert_eq!(back.snapshot.map(|snapshot| snapshot.seq), Some(8));
    assert!(back.events.is_empty());
    assert_eq!(back.chat.len(), 6);
}

async fn a_loaded_room_has_its_last_fifty_lines(mut world: impl World) {
    let store = world.open().await;
    let mut room = Held::found(&*store, Visibility::Public).await;
    let entry = room.entry((0..60).map(|line| said(&line.to_string())).collect());
    store.append(entry).await.unwrap();
    let chat = loaded(&*store, &room).await.chat;
    assert_eq!(chat.len(), 50);
    assert_eq!((lines(&chat)[0], lines(&chat)[49]), ("10", "59"));
}

async fn chat_pages_back_to_the_first_line(mut world: impl World) {
    let store = world.open().await;
    let mut room = Held::found(&*store, Visibility::Public).await;
    let mut other = Held::found(&*store, Visibility::Public).await;
    store.append(other.says("elsewhere")).await.unwrap();
    store.append(room.entry(vec![said("one"), EventKind::Cleared, said("two"), said("three")])).await.unwrap();

    let newest = store.chat(room.id, None, 2).await.unwrap();
    assert_eq!(lines(&newest), ["three", "two"]);
    let older = store.chat(room.id, Some(newest[1].seq), 2).await.unwrap();
    assert_eq!(lines(&older), ["one"]);
    assert!(store.chat(room.id, Some(older[0].seq), 2).await.unwrap().is_empty());
    assert!(store.chat(room.id, None, 0).await.unwrap().is_empty());
    assert_eq!(store.chat(room.id, Some(u64::MAX), usize::MAX).await.unwrap().len(), 3);
}

async fn what_happened_is_kept_for_its_time_and_loaded_no_more(mut world: impl World) {
    let store = world.open().await;
    let mut room = Held::planned(Visibility::Public);
    let day = 24 * 3_600_000;
    room.at = WallTime(now().0 - 91 * day);
    store.append(room.founding_entry()).await.unwrap();
    store.append(room.says("long ago")).await.unwrap();
    room.at = WallTime(now().0 - 89 * day);
    store.append(room.says("not so long ago")).await.unwrap();
    // A clock that was set back hides nothing behind what is kept.
    room.at = WallTime(now().0 - 95 * day);
    store.append(room.says("by a wrong clock")).await.unwrap();
    assert_eq!(audited(&*store, &room).await, [4, 3, 2, 1]);

    room.at = now();
    let today = room.says("today");
    store.append(room.with_snapshot(today)).await.unwrap();
    store.append(room.says("after it")).await.unwrap();
    let store = world.restart(store).await;
    assert_eq!(audited(&*store, &room).await, [6, 5, 4, 3]);
    let back = loaded(&*store, &room).await;
    assert_eq!((back.snapshot.map(|snapshot| snapshot.seq), numbers(&back.events)), (Some(5), vec![6]));
}

async fn nothing_is_kept_beyond_a_snapshot_where_nothing_shall_be(mut world: impl World) {
    world.keep(Retention::days(0, 0));
    let store = world.open().await;
    let mut room = Held::found(&*store, Visibility::Public).await;
    // A clock that goes before ours makes no difference.
    room.at = WallTime(now().0 + 3_600_000);
    store.append(room.says("before")).await.unwrap();
    let with = room.says("with it");
    let queued = [store.append(room.with_snapshot(with)), store.append(room.says("after"))];
    for answer in queued {
        answer.await.unwrap();
    }
    assert_eq!(audited(&*store, &room).await, [4]);
    assert_eq!(numbers(&loaded(&*store, &room).await.events), [4]);
    assert_eq!(store.chat(room.id, None, 10).await.unwrap().len(), 3);
}

async fn what_came_after_is_read_in_order(mut world: impl World) {
    let store = world.open().await;
    let mut room = Held::found(&*store, Visibility::Public).await;
    let mut other = Held::found(&*store, Visibility::Public).await;
    store.append(other.says("elsewhere")).await.unwrap();
    store.append(room.entry(vec![said("one"), EventKind::Cleared, said("two")])).await.unwrap();
    assert_eq!(numbers(&store.events_after(room.id, 0, 2).await.unwrap()), [1, 2]);
    assert_eq!(numbers(&store.events_after(room.id, 2, 10).await.unwrap()), [3, 4]);
    assert!(store.events_after(room.id, 4, 10).await.unwrap().is_empty());
    assert!(store.events_after(room.id, u64::MAX, 10).await.unwrap().is_empty());

    // A snapshot takes nothing from it that is to be kept.
    room.at = now();
    let with = room.says("three");
    store.append(room.with_snapshot(with)).await.unwrap();
    let store = world.restart(store).await;
    assert_eq!(numbers(&store.events_after(room.id, 4, 10).await.unwrap()), [5]);
    assert!(store.events_after(Entropy.room(), 0, 10).await.unwrap().is_empty());
}

async fn the_audit_is_asked_by_person_and_kind(mut world: impl World) {
    let store = world.open().await;
    let (ana, ben) = (who("Ana"), who("Ben"));
    let mut room = Held::found(&*store, Visibility::Public).await;
    let mut other = Held::found(&*store, Visibility::Public).await;
    store.append(other.hears(&ana, "elsewhere")).await.unwrap();
    for _ in 0..3 {
        store.append(room.hears(&ana, "hi")).await.unwrap();
        store.append(room.entry_by(Some(&ben), vec![EventKind::Cleared, said("ho")])).await.unwrap();
        store.append(room.entry(vec![EventKind::Cleared])).await.unwrap();
    }
    let ask = async |before: Option<u64>, limit: usize, person: Option<&Who>, kind: Option<&str>| {
        let person = person.map(|who| who.person);
        let trail = Trail { before, limit, person, kind: kind.map(str::to_owned) };
        numbers(&store.audit(room.id, &trail).await.unwrap())
    };
    assert_eq!(ask(None, 4, None, None).await, [13, 12, 11, 10]);
    assert_eq!(ask(Some(3), 4, None, None).await, [2, 1]);
    assert_eq!(ask(None, 9, Some(&ana), None).await, [10, 6, 2]);
    assert_eq!(ask(Some(10), 1, Some(&ana), None).await, [6]);
    assert_eq!(ask(None, 9, None, Some("founded")).await, [1]);
    assert_eq!(ask(None, 2, None, Some("cleared")).await, [13, 11]);
    assert_eq!(ask(None, 9, Some(&ben), Some("cleared")).await, [11, 7, 3]);
    assert!(ask(None, 9, Some(&who("Nobody")), None).await.is_empty());
    assert!(ask(None, 9, None, Some("danced")).await.is_empty());
}

async fn what_was_played_is_kept_for_ever(mut world: impl World) {
    world.keep(Retention::days(0, 0));
    let store = world.open().await;
    let ana = who("Ana");
    let mut room = Held::found(&*store, Visibility::Public).await;
    let mut told = Vec::new();
    for film in ["one", "two", "three"] {
        let entry = room.plays(&ana, &format!("https://films.example/{film}.mp4"));
        told.insert(0, Event::clone(&entry.events[0]));
        store.append(entry).await.unwrap();
        let line = room.says("that was good");
        store.append(room.with_snapshot(line)).await.unwrap();
    }
    let store = world.restart(store).await;
    assert_eq!(store.history(room.id, None, 10).await.unwrap(), told);
    assert_eq!(store.history(room.id, Some(told[0].seq), 1).await.unwrap(), told[1..2]);
    assert!(store.history(Entropy.room(), None, 10).await.unwrap().is_empty());
}

async fn an_erased_line_is_nowhere(mut world: impl World) {
    let store = world.open().await;
    let ana = who("Ana");
    let mut room = Held::found(&*store, Visibility::Public).await;
    room.at = now();
    let mut other = Held::found(&*store, Visibility::Public).await;
    store.append(other.says("the same number elsewhere")).await.unwrap();
    store.append(room.hears(&ana, "my password is hunter2")).await.unwrap();
    store.append(room.says("oh")).await.unwrap();
    assert_eq!(lines(&[store.line(room.id, 2).await.unwrap().unwrap()]), ["my password is hunter2"]);

    store.append(room.entry(vec![EventKind::Erased { line: 2 }])).await.unwrap();
    // Said and taken away before anything was on disk; and a line that never was.
    let queued = [
        store.append(room.hears(&ana, "no, it is hunter3")),
        store.append(room.entry(vec![
            said("twice in one"),
            EventKind::Erased { line: 5 },
            EventKind::Erased { line: 6 },
        ])),
        store.append(room.entry(vec![EventKind::Erased { line: 1 }, EventKind::Erased { line: 4_000 }])),
    ];
    for answer in queued {
        answer.await.unwrap();
    }
    let store = world.restart(store).await;
    assert_eq!(lines(&store.chat(room.id, None, 10).await.unwrap()), ["oh"]);
    assert_eq!(store.line(room.id, 2).await.unwrap(), None);
    assert_eq!(store.line(room.id, u64::MAX).await.unwrap(), None);
    assert!(store.lines_of(ana.person, None, 10).await.unwrap().is_empty());
    assert_eq!(lines(&store.chat(other.id, None, 10).await.unwrap()), ["the same number elsewhere"]);

    // That something was said, by whom and when, is still known.
    let trail = Trail { limit: 10, kind: Some("said".into()), ..Trail::default() };
    let said = store.audit(room.id, &trail).await.unwrap();
    assert_eq!((numbers(&said), lines(&said)), (vec![6, 5, 3, 2], vec!["", "", "oh", ""]));
    assert_eq!((said[3].by.as_ref(), said[3].at), (Some(&ana), room.at));
    let back = loaded(&*store, &room).await;
    assert_eq!(back.events.len(), 10);
    assert_eq!(lines(&back.chat), ["oh"]);
}

async fn a_reworded_line_reads_as_it_was_worded_last(mut world: impl World) {
    let store = world.open().await;
    let ana = who("Ana");
    let mut room = Held::found(&*store, Visibility::Public).await;
    room.at = now();
    let mut other = Held::found(&*store, Visibility::Public).await;
    store.append(other.says("the same number elsewhere")).await.unwrap();
    store.append(room.hears(&ana, "helo \"world\"")).await.unwrap();
    let told = store.line(room.id, 2).await.unwrap().unwrap();
    store.append(room.entry_by(Some(&ana), vec![reworded(2, "hello \"world\" \u{1f37f}")])).await.unwrap();
    // Said and worded otherwise before anything was on disk, several times; and a line that never was.
    let queued = [
        store.append(room.entry_by(Some(&ana), vec![said("a"), reworded(4, "b"), reworded(4, "c")])),
        store.append(room.entry_by(Some(&ana), vec![reworded(4, "d"), reworded(1, "founded"), reworded(4_000, "x")])),
    ];
    for answer in queued {
        answer.await.unwrap();
    }
    let store = world.restart(store).await;
    assert_eq!(lines(&store.chat(room.id, None, 10).await.unwrap()), ["d", "hello \"world\" \u{1f37f}"]);
    let mine = store.lines_of(ana.person, None, 10).await.unwrap();
    assert_eq!(mine.len(), 2);
    assert_eq!(lines(&[mine[1].1.clone()]), ["d"]);
    assert_eq!(lines(&store.chat(other.id, None, 10).await.unwrap()), ["the same number elsewhere"]);
    // Nothing but its text is another.
    let line = store.line(room.id, 2).await.unwrap().unwrap();
    assert_eq!((line.seq, line.at, &line.by), (told.seq, told.at, &told.by));
    assert_eq!(lines(&loaded(&*store, &room).await.chat), ["hello \"world\" \u{1f37f}", "d"]);

    // How it read before can be looked up.
    let trail = Trail { limit: 10, kind: Some("said".into()), ..Trail::default() };
    assert_eq!(lines(&store.audit(room.id, &trail).await.unwrap()), ["a", "helo \"world\""]);
}

async fn of_a_reworded_line_that_is_erased_no_wording_is_left(mut world: impl World) {
    let store = world.open().await;
    let ana = who("Ana");
    let mut room = Held::found(&*store, Visibility::Public).await;
    let mut other = Held::found(&*store, Visibility::Public).await;
    store.append(other.entry(vec![said("kept"), reworded(2, "kept too")])).await.unwrap();
    room.at = now();
    let wordings = vec![said("hunter1"), said("oh"), reworded(2, "hunter2"), reworded(3, "ah")];
    store.append(room.entry_by(Some(&ana), wordings)).await.unwrap();
    // With what is already on disk goes what is in the same commit.
    let queued = [
        store.append(room.entry_by(Some(&ana), vec![reworded(2, "hunter3")])),
        store.append(room.entry_by(Some(&ana), vec![EventKind::Erased { line: 2 }])),
    ];
    for answer in queued {
        answer.await.unwrap();
    }
    let store = world.restart(store).await;
    assert_eq!(lines(&store.chat(room.id, None, 10).await.unwrap()), ["ah"]);
    let kept = store.audit(room.id, &Trail { limit: 10, ..Trail::default() }).await.unwrap();
    let kept = serde_json::to_string(&kept).unwrap();
    assert!(!kept.contains("hunter") && kept.contains("\"ah\""), "{kept}");
    let kept = store.audit(other.id, &Trail { limit: 10, ..Trail::default() }).await.unwrap();
    assert!(serde_json::to_string(&kept).unwrap().contains("kept too"));
}

async fn what_somebody_wrote_is_found_in_all_rooms(mut world: impl World) {
    let store = world.open().await;
    let (ana, ben) = (who("Ana"), who("Ben"));
    let mut rooms = Vec::new();
    for name in ["first", "second"] {
        let mut room = Held::found(&*store, Visibility::Invite).await;
        for text in ["a", "b"] {
            store.append(room.hears(&ben, "not mine")).await.unwrap();
            store.append(room.hears(&ana, &format!("{name} {text}"))).await.unwrap();
        }
        rooms.push(room.id);
    }
    let mine = async |after, limit| {
        let lines = store.lines_of(ana.person, after, limit).await.unwrap();
        lines.into_iter().map(|(room, line)| (room, line.seq)).collect::<Vec<_>>()
    };
    assert_eq!(mine(None, 3).await, [(rooms[0], 3), (rooms[0], 5), (rooms[1], 3)]);
    assert_eq!(mine(Some((rooms[1], 3)), 3).await, [(rooms[1], 5)]);
    assert_eq!(mine(Some((rooms[0], 3)), 1).await, [(rooms[0], 5)]);
    assert!(mine(Some((rooms[1], u64::MAX)), 3).await.is_empty());
    let all = store.lines_of(ana.person, None, 9).await.unwrap();
    let all: Vec<_> = all.into_iter().map(|(_, line)| line).collect();
    assert_eq!(lines(&all), ["first a", "first b", "second a", "second b"]);
}

async fn what_a_call_made_is_found_among_the_last_thousand_deeds_of_who_called(mut world: impl World) {
    let store = world.open().await;
    let (ana, ben) = (who("Ana"), who("Ben"));
    let (call, other_call) = (CallId::new([7; 16]), CallId::new([8; 16]));
    let mut room = Held::found(&*store, Visibility::Invite).await;
    let mut other = Held::found(&*store, Visibility::Invite).await;
    let line = ChatLine { id: call.line(), text: call.text().into(), position: None };
    store.append(room.entry_by(Some(&ana), vec![EventKind::Said(line)])).await.unwrap();
    let added = |place| {
        let item = Item { id: other_call.item(place), ..item(&ana, "https://films.example/film.mp4") };
        EventKind::Added { items: vec![Arc::new(item)], index: 0 }
    };
    store.append(room.entry_by(Some(&ana), vec![added(0), added(499)])).await.unwrap();
    // What speaks of it did not make it.
    let speaks = [EventKind::Removed { item: other_call.item(0) }, said(&call.text())];
    store.append(room.entry_by(Some(&ana), speaks.into())).await.unwrap();
    store.append(other.hears(&ana, "elsewhere")).await.unwrap();
    store.append(room.entry_by(Some(&ben), (0..1_000).map(|n| said(&n.to_string())).collect())).await.unwrap();
    store.append(room.entry_by(Some(&ana), (0..995).map(|n| said(&n.to_string())).collect())).await.unwrap();
    let store = world.restart(store).await;
    let made = async |of, who, call| numbers(&store.made_by(of, who, call).await.unwrap());
    assert_eq!(made(room.id, ana.person, call).await, [2]);
    assert_eq!(made(room.id, ana.person, other_call).await, [3, 4]);
    for (of, who, call) in [
        (room.id, ben.person, call),
        (other.id, ana.person, call),
        (Entropy.room(), ana.person, call),
        (room.id, ana.person, CallId::new([9; 16])),
    ] {
        assert!(made(of, who, call).await.is_empty());
    }
    let mut room = room.taken(&loaded(&*store, &room).await);
    store.append(room.hears(&ana, "one more")).await.unwrap();
    assert!(made(room.id, ana.person, call).await.is_empty());
    assert_eq!(made(room.id, ana.person, other_call).await, [3, 4]);
}
