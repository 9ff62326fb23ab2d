//! Which room a chat is tied to, one's selves, and the end of a room.

use super::*;

fn elsewhere() -> Asker {
    let mut maya = somebody(6, "Maya on Telegram", 8);
    maya.actor.granted = Some(Role::Cohost);
    Asker { steward: true, leads: true, ..maya }
}

#[tokio::test]
async fn the_invite_tells_the_code_that_can_be_spoken() {
    let core = core();
    let room = core.run(&maya(), &format!("/watch {SINTEL}")).await.room.unwrap();
    let view = core.engine().rooms.view(room).await.unwrap();
    let text = core.text(&ana(), "/invite").await;
    assert_eq!(
        text,
        format!(
            "Come and watch: https://couch.example/j/{}\nOr type this code on the start page: {}",
            view.invite, view.code
        )
    );
    core.run(&maya(), "/settings visibility private").await;
    assert!(!core.text(&ana(), "/invite").await.contains("code"), "to a private room it is no way in");
}

#[tokio::test]
async fn a_chat_is_tied_to_a_room_elsewhere_and_its_administrators_are_guests_there() {
    let core = core();
    let room = core.run(&maya(), &format!("/watch {SINTEL}")).await.room.unwrap();
    let view = core.engine().rooms.view(room).await.unwrap();
    core.run(&elsewhere(), &format!("/watch {LAUNDROMAT}")).await;
    for to in [core.invite_link(&view), view.invite.to_string(), view.code.to_string()] {
        let reply = core.run(&elsewhere(), &format!("/link {to}")).await;
        assert!(
            reply.text.starts_with("This chat is tied to Film club now. Everybody here is a guest there"),
            "{reply:?}"
        );
    }
    assert!(core.text(&elsewhere(), "/now").await.starts_with("Sintel\n"));
    assert_eq!(
        core.text(&elsewhere(), "/settings vote_skip on").await,
        "Only Maya and co-hosts may change the settings here. Ask them."
    );
    assert_eq!(core.text(&elsewhere(), "/settings notices on").await, "notices: on", "the chat is theirs");
    // Maya herself ties another chat of hers: there her administrators keep order.
    let own = Asker { place: Some(place(9)), ..maya() };
    let reply = core.run(&own, &format!("/link {}", view.invite)).await;
    assert_eq!(reply.text, "This chat is tied to Film club now.");
    let id = core.run(&somebody(7, "Ed", 11), "/link https://couch.example/r/nonsense").await;
    assert!(id.refused);
}

#[tokio::test]
async fn who_may_not_be_in_a_room_ties_no_chat_to_it() {
    let core = core();
    let room = core.run(&maya(), &format!("/watch {SINTEL}")).await.room.unwrap();
    let reply = core.run(&elsewhere(), &format!("/link https://couch.example/r/{room}")).await;
    assert_eq!(reply.text, "This room is by invitation. Ask somebody inside for the link.");
    let view = core.engine().rooms.view(room).await.unwrap();
    let guest = Asker { steward: false, ..elsewhere() };
    assert_eq!(
        core.text(&guest, &format!("/link {}", view.invite)).await,
        "Only who manages this chat can change that. Ask an administrator."
    );
    core.run(&maya(), "/settings password sesame").await;
    let link = core.invite_link(&view);
    assert!(core.run(&elsewhere(), &format!("/link {link}")).await.text.starts_with("This room asks for a password."));
    assert!(core.run(&elsewhere(), &format!("/link {link} wrong")).await.refused);
    assert!(!core.run(&elsewhere(), &format!("/link {link} sesame")).await.refused);
    assert_eq!(
        core.text(&elsewhere(), "/link hello world").await,
        "This invite link does not work any more. Ask for a new one."
    );
    assert_eq!(
        core.text(&elsewhere(), "/link https://other.example/x").await,
        "That leads to no room of this server. Paste an invite link, or the code from the other side."
    );
}

#[tokio::test]
async fn a_code_makes_two_selves_one_person() {
    let core = core();
    let people = &core.engine().people;
    let telegram = people.on_platform(Platform::Telegram, "1", "Ana").await.unwrap();
    let discord = people.on_platform(Platform::Discord, "2", "Ana").await.unwrap();
    let as_who = |caller: &engine::people::Caller| {
        let mut asker = ana();
        asker.actor.person = caller.person.id;
        asker
    };
    let reply = core.run(&as_who(&telegram), "/link").await;
    assert!(reply.private);
    let six = reply.text.strip_prefix("Type /link ").unwrap().split(' ').next().unwrap();
    let reply = core.run(&as_who(&discord), &format!("/link {}", six.to_lowercase())).await;
    assert_eq!((reply.text.as_str(), reply.private), ("Done: you are one person on both sides now, Ana.", true));
    assert_eq!(
        people.known_as(Platform::Discord, "2").await.unwrap(),
        people.known_as(Platform::Telegram, "1").await.unwrap()
    );
    assert_eq!(
        core.text(&as_who(&discord), "/link ABC234").await,
        "That code is not good, or not any more. Ask for a new one on the other side."
    );
}

#[tokio::test]
async fn a_chat_is_untied_and_the_room_goes_on() {
    let core = core();
    let room = core.run(&maya(), &format!("/watch {SINTEL}")).await.room.unwrap();
    assert!(core.run(&ana(), "/unlink").await.refused);
    let question = core.run(&maya(), "/unlink").await;
    assert!(question.text.starts_with("Untie this chat from Film club?") && question.private);
    assert_eq!(
        core.press(&maya(), action(&question, "Untie this chat"), room).await.text,
        "This chat is untied from Film club. Begin anew with /watch and a link."
    );
    assert_eq!(core.text(&ana(), "/now").await, "Nothing is on in this chat yet. Start with /watch and a link.");
    assert!(core.engine().rooms.view(room).await.unwrap().current.is_some());
}

#[tokio::test]
async fn an_ended_room_leaves_the_chat_free_for_a_new_one_with_what_it_is_set_to() {
    let core = core();
    let room = core.run(&maya(), &format!("/watch {SINTEL}")).await.room.unwrap();
    core.run(&maya(), "/settings timezone Europe/Berlin").await;
    assert!(core.run(&ana(), "/end").await.refused);
    let question = core.run(&maya(), "/end").await;
    assert_eq!((question.text.as_str(), question.private), ("End Film club for everybody?", true));
    assert_eq!(
        core.press(&maya(), action(&question, "End the room"), room).await.text,
        "Film club has ended. Begin anew with /watch and a link."
    );
    assert_eq!(
        core.text(&ana(), "/pause").await,
        "This room has ended. Begin a new one with /watch and a link, or open it again with /schedule now."
    );
    let reply = core.run(&ana(), &format!("/watch {LAUNDROMAT}")).await;
    assert!(reply.text.starts_with("Now playing Cosmos Laundromat"), "{}", reply.text);
    assert_ne!(reply.room, Some(room));
    let old = Asker { room: Some(room), place: None, ..maya() };
    assert_eq!(core.text(&old, "/schedule").await, "The room has ended. Open it again with /schedule now.");
    assert_eq!(core.text(&old, "/schedule now").await, "The room is open.");
    let tied = core.engine().places.get(&place(7)).await.unwrap().unwrap();
    assert_eq!((Some(tied.room), tied.settings.zone.as_deref()), (reply.room, Some("Europe/Berlin")));
}

#[tokio::test]
async fn help_for_one_command_tells_its_options() {
    let core = core();
    let text = core.text(&ana(), "/help ban").await;
    assert!(text.starts_with("/ban PERSON [length:…] [reason:…]: Keep somebody out of the room."), "{text}");
    assert!(text.contains("\n  reason: Why"), "{text}");
    assert!(core.text(&ana(), "/help queue").await.lines().count() > 9);
    assert_eq!(core.text(&ana(), "/help dance").await, "There is no command /dance. Look at /help.");
}
