//! Ways into a room.

use engine::{
    command::{Actor, Command},
    event::Door,
    people::Caller,
    ports::Store,
    records::{Alias, AliasKind, Record},
    refusal::Code,
    room::Visibility,
};

use crate::house::{House, ana, code, line, seen_as};

#[tokio::test(start_paused = true)]
async fn an_invite_that_was_taken_back_is_good_no_more_though_the_server_ended_in_that_moment() {
    let house = House::new();
    let (engine, room) = (&house.engine, house.room().await);
    let before = house.view(room).await;
    let more = engine.make_invite(&before, &ana(), None, None).await.unwrap();
    engine.renew_invite(room, &ana()).await.unwrap();
    // Its names go in a step of their own, which was not taken.
    for (kind, value) in [(AliasKind::Invite, &before.invite), (AliasKind::Code, &before.code)] {
        let left = Alias { kind, value: value.to_string(), room, until: None, by: None, note: None, written: None };
        house.store.put(vec![Record::Alias(left)]).await.unwrap();
    }

    assert_eq!(code(engine.invited(&before.invite, "a").await), Code::NoSuchInvite);
    assert_eq!(code(engine.spoken(&before.code, "a").await), Code::NoSuchInvite);
    let now = house.view(room).await;
    assert_eq!(engine.invited(&now.invite, "a").await.unwrap().id, room);
    assert_eq!(engine.spoken(&now.code.to_lowercase(), "a").await.unwrap().id, room, "typed as it was heard");
    assert_eq!(engine.invited(&more.value, "a").await.unwrap().id, room);
    assert_eq!(engine.invites(&now, &ana()).await.unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn who_was_let_in_may_speak_though_their_page_closes_while_it_is_looked_who_they_are() {
    let house = House::new();
    let engine = &house.engine;
    let room = engine.rooms.create(&ana(), seen_as(Visibility::Invite)).await.unwrap().id;
    let eve = Caller::new(engine.people.guest("Eve").await.unwrap().person);
    engine.people.admit(room, eve.person.id).await.unwrap();
    let connection = engine.rooms.connection();
    let comes = engine.actor(&eve, room, Door::Viewer).await.unwrap();
    let comes = Actor { connection: Some(connection), ..comes };
    house.ask(room, &comes, Command::Arrive { connection, watches: true }).await.unwrap();

    let speaks = engine.actor(&eve, room, Door::Api).await.unwrap();
    house.ask(room, &comes, Command::Depart { connection }).await.unwrap();
    house.ask(room, &speaks, line("hello")).await.unwrap();
}
