//! What the room and the chat are set to.

use super::*;

#[tokio::test]
async fn every_setting_of_the_room_is_set_as_it_is_shown() {
    let core = core_with(Allowances { commands: Allowance { burst: 100, per_minute: 1 }, ..Allowances::default() });
    core.run(&maya(), &format!("/watch {SINTEL}")).await;
    for (line, answer) in [
        ("title Film night", "title: Film night"),
        ("about We watch", "about: We watch"),
        ("about off", "about: off"),
        ("visibility public", "visibility: public"),
        ("visibility invite", "visibility: invite"),
        ("password sesame", "password: on"),
        ("password off", "password: off"),
        ("capacity 20", "capacity: 20"),
        ("capacity off", "capacity: off"),
        ("preset open", "preset: open"),
        ("vote_skip on", "vote_skip: on"),
        ("vote-percent 60%", "vote_percent: 60%"),
        ("duplicates no", "duplicates: off"),
        ("items_per_person 3", "items_per_person: 3"),
        ("minutes_per_person 90", "minutes_per_person: 90"),
        ("wait all", "wait: all"),
        ("ready off", "ready: off"),
        ("skip_segments sponsor, intro", "skip_segments: sponsor, intro"),
        ("skip_segments off", "skip_segments: off"),
        ("slow_mode 30s", "slow_mode: 30 seconds"),
        ("moderation on", "moderation: on"),
        ("profanity on", "profanity: on"),
        ("restore prompt", "restore: prompt"),
        ("language de", "language: Deutsch"),
        ("timezone UTC", "timezone: UTC"),
        ("notices on", "notices: on"),
        ("polls on", "polls: on"),
        ("chat_out on", "chat_out: on"),
    ] {
        let reply = core.run(&maya(), &format!("/settings {line}")).await;
        assert_eq!((reply.text.as_str(), reply.refused), (answer, false), "{line}");
    }
    let all = core.run(&ana(), "/settings").await;
    assert!(all.private);
    for line in ["The room:", "title: Film night", "This chat:", "language: Deutsch", "restore: prompt"] {
        assert!(all.text.lines().any(|known| known == line), "{line}: {}", all.text);
    }
    assert!(!all.text.contains("threads"), "threads are Discord's");
}

#[tokio::test]
async fn a_setting_alone_says_what_it_can_be_and_a_bad_value_too() {
    let core = core();
    core.run(&maya(), &format!("/watch {SINTEL}")).await;
    assert_eq!(
        core.text(&ana(), "/settings wait").await,
        "wait: none\nFor whom the film stands still while their player loads: nobody, the host, or all.\nIt can be one of these: none, host, all."
    );
    for (line, answer) in [
        ("vote_skip maybe", "Write on or off."),
        ("vote_percent 0", "Write 1 to 100, such as 50%."),
        ("wait somebody", "Write one of these: none, host, all."),
        ("capacity many", "Write a number from 1 on, or off."),
        ("slow_mode a while", "Write a length such as 30s, 5m or 2h, or off."),
        ("timezone Berlin", "There is no such time zone. Write one such as Europe/Berlin, America/New_York or UTC."),
        ("password abc", "A password has 4 to 100 characters."),
        ("threads on", "That setting is of another platform."),
    ] {
        let reply = core.run(&maya(), &format!("/settings {line}")).await;
        assert_eq!((reply.text.as_str(), reply.refused), (answer, true), "{line}");
    }
    assert!(
        core.text(&maya(), "/settings colour red")
            .await
            .starts_with("There is no such setting. These are there: title, about")
    );
    assert!(core.run(&ana(), "/settings vote_skip on").await.refused);
    assert_eq!(
        core.text(&ana(), "/settings language de").await,
        "Only who manages this chat can change that. Ask an administrator."
    );
    let inside = Asker { place: None, room: core.run(&ana(), "/now").await.room, ..maya() };
    assert_eq!(core.text(&inside, "/settings language de").await, "This works in a chat on Discord or Telegram only.");
}

#[tokio::test]
async fn a_bridge_that_hears_nothing_says_how_it_would() {
    let core = core();
    core.run(&maya(), &format!("/watch {SINTEL}")).await;
    let reply = core.run(&maya(), "/settings bridge on").await;
    assert!(
        reply.text.starts_with("bridge: on\nBut I cannot read") && reply.text.contains("/setprivacy"),
        "{}",
        reply.text
    );
    core.set_reads(Platform::Telegram, true);
    assert_eq!(core.text(&maya(), "/settings bridge on").await, "bridge: on");
    let tied = core.engine().places.get(&place(7)).await.unwrap().unwrap();
    assert!(tied.settings.lines_in && tied.settings.lines_out);
    assert_eq!(core.text(&maya(), "/settings chat_in off").await, "chat_in: off");
    assert_eq!(core.text(&maya(), "/settings bridge").await.lines().next(), Some("bridge: off"));
}

#[tokio::test]
async fn a_role_of_a_server_makes_people_something_in_its_rooms() {
    let core = core();
    let place = PlaceId { platform: Platform::Discord, chat: 70, topic: None };
    let maya = Asker { place: Some(place), community: Some(5), leads: true, ..maya() };
    core.run(&maya, &format!("/watch {SINTEL}")).await;
    // Who manages a channel of it decides nothing for all the others.
    let of_the_channel = Asker { leads: false, ..maya.clone() };
    let reply = core.run(&of_the_channel, "/settings dj <@&42> cohost").await;
    assert!(reply.refused && reply.text.starts_with("Only who manages this server"), "{reply:?}");
    assert_eq!(core.text(&maya, "/settings dj <@&42>").await, "dj: <@&42> moderator");
    assert_eq!(core.text(&maya, "/settings dj 43 cohost").await, "dj: <@&42> moderator, <@&43> cohost");
    assert_eq!(core.text(&maya, "/settings dj <@&42> off").await, "dj: <@&43> cohost");
    let community = core.engine().places.community(Platform::Discord, 5).await.unwrap().unwrap();
    assert_eq!(community.rank(&[43]), Some(Role::Cohost));
    assert!(core.run(&maya, "/settings dj 43 host").await.refused);
    assert!(core.run(&maya, "/settings dj somebody").await.refused);
    assert_eq!(core.text(&maya, "/settings dj off").await, "dj: off");
    let tied = core.engine().places.get(maya.place.as_ref().unwrap()).await.unwrap().unwrap();
    assert_eq!((tied.settings.community, tied.settings.locale.as_deref()), (Some(5), Some("en")));
}
