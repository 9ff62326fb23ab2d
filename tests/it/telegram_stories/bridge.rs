//! Lines that go between a group and its room, and what a group is told.

use engine::event::EventKind;

use super::*;

/// A group that shares its lines, whose administrator is Ana.
async fn bridged() -> World {
    let telegram = FakeTelegram::start().await;
    telegram.sees_all();
    let world = World::with(telegram, MemoryStore::new(), "https://couch.example/", TOKEN);
    world.telegram.makes_admin(&club(), &ANA);
    world.watches(&club(), &ANA, SINTEL).await;
    let answer = world.telegram.hears(&club(), &BEN, "/settings bridge on").await;
    assert_eq!(answer, "Only who manages this chat can change that. Ask an administrator.");
    assert_eq!(world.telegram.hears(&club(), &ANA, "/settings bridge on").await, "bridge: on");
    world
}

#[tokio::test]
async fn a_line_of_the_page_is_told_as_it_is_and_changes_with_it() {
    let world = bridged().await;
    let room = world.room(&club()).await;
    let text = "**hi** <b>you</b> _there_ [x](https://a.example) &amp;";
    let done = world.engine.say(room, cleo(), None, text.to_owned()).await.unwrap();
    let told = world.telegram.message_in(&club(), |sent| sent.text.starts_with("Cleo: ")).await;
    assert_eq!(told.text, format!("Cleo: {text}"));
    let marks: Vec<_> = told.entities.iter().map(|one| (&one["type"], &one["offset"], &one["length"])).collect();
    assert_eq!(marks, [(&json!("bold"), &json!(0), &json!(4))]);
    assert!(told.silent, "a line rang for everybody");
    assert_eq!(told.preview["is_disabled"], true);

    let line = done.events.iter().find(|event| matches!(event.kind, EventKind::Said(_))).unwrap().seq;
    world.engine.reword(room, &cleo(), None, line, "hello".to_owned()).await.unwrap();
    world.telegram.message_is(&told, |sent| sent.text == "Cleo: hello").await;
    world.engine.erase(room, &cleo(), line).await.unwrap();
    world.telegram.gone(&told).await;
}

#[tokio::test]
async fn a_line_of_the_group_is_said_in_the_room_and_does_not_come_back() {
    let world = bridged().await;
    let room = world.room(&club()).await;
    let mut listening = world.engine.rooms.listen(room).await.unwrap();
    let mut next = async |like: fn(&EventKind) -> Option<String>| loop {
        let heard = tokio::time::timeout(Duration::from_secs(10), listening.heard.recv()).await;
        let heard = heard.expect("nothing was said in the room").unwrap();
        if let Some((event, text)) = heard.events.iter().find_map(|event| Some((event.clone(), like(&event.kind)?))) {
            return (event.by.as_ref().unwrap().name.to_string(), text);
        }
    };
    let said = world.telegram.says(&club(), &BEN, "hello <b>all</b>");
    let line = next(|kind| if let EventKind::Said(line) = kind { Some(line.text.to_string()) } else { None }).await;
    assert_eq!(line, ("Ben".to_owned(), "hello <b>all</b>".to_owned()));
    world.telegram.corrects(&club(), said, "hello everybody");
    let reworded = |kind: &EventKind| match kind {
        EventKind::Reworded { text, .. } => Some(text.to_string()),
        _ => None,
    };
    assert_eq!(next(reworded).await.1, "hello everybody");
    world.telegram.says_with(&club(), &BEN, Note::photo("look"));
    let line = next(|kind| if let EventKind::Said(line) = kind { Some(line.text.to_string()) } else { None }).await;
    assert_eq!(line.1, "[photo] look");
    // Cleo's line comes after all that could have come back.
    world.engine.say(room, cleo(), None, "bye".to_owned()).await.unwrap();
    world.card(&club(), "Cleo: bye").await;
    assert!(!world.telegram.messages(&club()).iter().any(|sent| sent.text.contains("hello")), "a line came back");
}

#[tokio::test]
async fn who_switches_it_on_where_the_bot_may_not_read_is_told_how_it_may() {
    let world = World::new().await;
    world.telegram.makes_admin(&club(), &ANA);
    world.watches(&club(), &ANA, SINTEL).await;
    let answer = world.telegram.hears(&club(), &ANA, "/settings chat_in on").await;
    assert!(answer.starts_with("chat_in: on\nBut I cannot read what is written here."), "{answer}");
    assert!(answer.contains("/setprivacy to @BotFather"), "{answer}");
    assert_eq!(world.telegram.hears(&club(), &ANA, "/settings chat_out on").await, "chat_out: on");
}

#[tokio::test]
async fn what_was_answered_in_the_group_is_not_told_there_once_more() {
    let world = World::new().await;
    world.telegram.makes_admin(&club(), &ANA);
    world.watches(&club(), &ANA, SINTEL).await;
    assert_eq!(world.telegram.hears(&club(), &ANA, "/settings notices on").await, "notices: on");
    let room = world.room(&club()).await;
    assert_eq!(world.telegram.hears(&club(), &BEN, "/seek 1:30").await, "Now at 1:30.");
    assert_eq!(world.telegram.hears(&club(), &BEN, "/speed 1.25").await, "The speed is 1.25.");
    world.viewer_does(room, Command::from(Deed::Seek { to: SeekTo::At(Millis::seconds(180)) })).await;
    let told = world.card(&club(), "Cleo went to 3:00.").await;
    assert!(told.silent);
    assert!(!world.telegram.messages(&club()).iter().any(|sent| sent.text.contains("Ben ")), "told twice");
}
