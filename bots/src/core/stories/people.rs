//! Who is there, roles, and who must go.

use super::*;

async fn party() -> (Core, RoomId) {
    let core = core();
    let room = core.run(&maya(), &format!("/watch {SINTEL}")).await.room.unwrap();
    for asker in [maya(), ana(), ben()] {
        core.watches(&asker, room).await;
    }
    (core, room)
}

#[tokio::test]
async fn who_is_there_is_listed_with_role_and_door() {
    let core = core();
    let room = core.run(&maya(), &format!("/watch {SINTEL}")).await.room.unwrap();
    assert_eq!(core.text(&ana(), "/who").await, "Nobody is in the room yet.");
    core.watches(&maya(), room).await;
    core.watches(&ana(), room).await;
    core.press(&ben(), Action::Coming, room).await;
    assert_eq!(
        core.text(&ana(), "/who").await,
        "2 people are in the room:\nMaya, host, on the page\nAna, on the page\nComing: Ben."
    );
}

#[tokio::test]
async fn a_role_is_given_by_name_and_taken_again() {
    let (core, _) = party().await;
    assert_eq!(core.text(&maya(), "/role ana moderator").await, "Ana is moderator now.");
    assert_eq!(core.text(&maya(), "/role An moderator").await, "Ana is moderator already.");
    assert_eq!(core.text(&maya(), "/role Ana guest").await, "Ana has no role of their own any more.");
    assert!(core.run(&ana(), "/role Ben trusted").await.refused);
    assert_eq!(
        core.text(&maya(), "/role Ana king").await,
        "A role is one of these: guest, trusted, moderator, cohost, host."
    );
    assert_eq!(
        core.text(&maya(), "/role Zoe trusted").await,
        "Nobody by that name is in this room. Look at who is here."
    );
    assert_eq!(core.text(&maya(), "/role Ana host").await, "Ana is the host now. The one before stays as a co-host.");
}

#[tokio::test]
async fn a_name_that_two_have_is_not_guessed() {
    let (core, room) = party().await;
    core.watches(&somebody(5, "Anabel", 7), room).await;
    assert_eq!(core.text(&maya(), "/role ana moderator").await, "Ana is moderator now.", "the whole name counts");
    let reply = core.run(&maya(), "/kick An").await;
    assert!(reply.refused);
    assert!(reply.text.starts_with("Several people are meant by that: Ana, Anabel."), "{}", reply.text);
}

#[tokio::test]
async fn a_mention_finds_who_it_is_and_makes_nobody() {
    let core = core();
    let caller = core.engine().people.on_platform(Platform::Telegram, "77", "Ida").await.unwrap();
    let mut ida = somebody(9, "Ida", 7);
    ida.actor.person = caller.person.id;
    let room = core.run(&maya(), &format!("/watch {SINTEL}")).await.room.unwrap();
    core.watches(&ida, room).await;
    assert_eq!(core.text(&maya(), "/role tg:77 trusted").await, "Ida is trusted now.");
    assert_eq!(
        core.text(&maya(), "/kick tg:78").await,
        "That person was never in this room. Look at who is there with /who."
    );
    assert_eq!(core.engine().people.known_as(Platform::Telegram, "78").await.unwrap(), None);
}

#[tokio::test]
async fn who_is_shown_the_door_is_gone_and_who_is_banned_stays_out() {
    let (core, room) = party().await;
    assert!(core.text(&maya(), "/kick Ben").await.starts_with("Ben was shown the door."));
    assert!(!core.engine().rooms.view(room).await.unwrap().is_here(ben().actor.person));
    assert!(core.run(&ana(), "/ban Maya").await.refused);

    let question = core.run(&maya(), "/ban Ana").await;
    assert!(question.text.starts_with("Keep Ana out for ever?") && question.private, "{question:?}");
    let room = question.room.unwrap();
    assert_eq!(
        core.press(&maya(), action(&question, "Ban"), room).await.text,
        "Ana is kept out. /unban lets them in again."
    );
    assert_eq!(core.text(&ana(), "/now").await, "You are banned from this room. Ask its host.");
    assert_eq!(core.text(&maya(), "/unban Ana").await, "Ana may come in again.");
    assert_eq!(core.text(&maya(), "/unban Ana").await, "Nobody by that name is in this room. Look at who is here.");

    core.watches(&ben(), room).await;
    assert_eq!(
        core.text(&maya(), "/ban Ben length:2h reason:\"too loud\"").await,
        "Ben is kept out for 2 hours. /unban lets them in earlier."
    );
    let view = core.engine().rooms.view(room).await.unwrap();
    assert_eq!(&*view.bans[&ben().actor.person].reason, "too loud");
}
