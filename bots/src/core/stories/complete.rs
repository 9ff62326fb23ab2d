//! What is offered while somebody types.

use super::*;
use crate::{commands::Kind, reply::Choice};

impl Core {
    async fn offered(&self, asker: &Asker, kind: Kind, typed: &str) -> Vec<(String, String)> {
        let all = self.complete(asker, kind, typed, &[]).await;
        all.into_iter().map(|Choice { label, value }| (label, value)).collect()
    }
}

#[tokio::test]
async fn what_is_offered_can_be_sent() {
    let core = core();
    assert!(core.complete(&ana(), Kind::Item, "", &[]).await.is_empty(), "nothing is on yet");
    let room = core.run(&maya(), &format!("/watch {SINTEL} {LAUNDROMAT}")).await.room.unwrap();
    core.watches(&ana(), room).await;
    let items = core.offered(&ana(), Kind::Item, "laund").await;
    assert_eq!((items.len(), items[0].0.as_str()), (1, "1. Cosmos Laundromat"));
    assert_eq!(core.offered(&ana(), Kind::Item, "1").await, items);
    assert_eq!(core.offered(&ana(), Kind::Link, "sin").await, [("Sintel".to_owned(), SINTEL.to_owned())]);
    let times = core.offered(&ana(), Kind::Time, "").await;
    assert_eq!(times[1], ("50% (7:24)".to_owned(), "50%".to_owned()));
    let people = core.offered(&ben(), Kind::Person, "an").await;
    assert_eq!(people, [("Ana".to_owned(), ana().actor.person.to_string())]);
    assert_eq!(core.text(&maya(), &format!("/role {} trusted", people[0].1)).await, "Ana is trusted now.");
    assert_eq!(core.text(&ben(), &format!("/queue remove {}", items[0].1)).await, "Removed Cosmos Laundromat.");
}

#[tokio::test]
async fn settings_and_their_values_are_offered() {
    let core = core();
    core.run(&maya(), &format!("/watch {SINTEL}")).await;
    let settings = core.offered(&maya(), Kind::Setting, "vote").await;
    assert_eq!(settings[0], ("vote_skip: off".to_owned(), "vote_skip".to_owned()));
    let values = core.complete(&maya(), Kind::Value, "", &[("setting", "vote_skip")]).await;
    assert_eq!(values.iter().map(|known| known.value.as_str()).collect::<Vec<_>>(), ["on", "off"]);
    let zones = core.complete(&maya(), Kind::Value, "berl", &[("setting", "timezone")]).await;
    assert_eq!(zones[0].value, "Europe/Berlin");
    assert!(core.complete(&maya(), Kind::Value, "", &[("setting", "timezone")]).await.len() <= CHOICES);
    assert!(core.complete(&maya(), Kind::Value, "", &[]).await.is_empty());
}

#[tokio::test]
async fn moments_are_offered_with_when_they_are() {
    let core = core();
    let typed = core.offered(&ana(), Kind::Moment, "in 3h").await;
    assert_eq!((typed.len(), typed[0].1.as_str()), (1, "in 3h"));
    assert!(typed[0].0.starts_with("in 3h: ") && typed[0].0.ends_with(", in 3 hours"), "{}", typed[0].0);
    assert!(core.offered(&ana(), Kind::Moment, "").await.len() > 3);
}

#[tokio::test]
async fn who_may_not_see_a_room_is_offered_nothing_of_it() {
    let core = core();
    let room = core.run(&maya(), &format!("/watch {SINTEL}")).await.room;
    let mut stranger = Asker { room, place: None, ..somebody(3, "Eve", 8) };
    stranger.actor.granted = None;
    for kind in [Kind::Link, Kind::Item, Kind::Time, Kind::Person, Kind::Setting, Kind::Ballot, Kind::Playlist] {
        assert!(core.complete(&stranger, kind, "", &[]).await.is_empty(), "{kind:?}");
    }
}
