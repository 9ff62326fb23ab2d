//! Ways into a room.

use engine::{
    ports::Store,
    records::{Alias, AliasKind, Record},
    refusal::Code,
};

use crate::house::{House, ana, code};

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
