//! What chats are set to, and what holds for their communities.

use engine::{
    ports::Store,
    records::{Community, Key, PlaceId, PlaceSettings, Platform},
    refusal::Code,
    room::Role,
};

use crate::house::{House, code};

const GUILD: i64 = 900;

fn chat(number: i64) -> PlaceId {
    PlaceId { platform: Platform::Discord, chat: number, topic: None }
}

async fn settings(house: &House, id: &PlaceId) -> Option<PlaceSettings> {
    house.engine.places.get(id).await.unwrap().map(|place| place.settings)
}

#[tokio::test(start_paused = true)]
async fn what_a_chat_is_set_to_stays_when_it_gets_another_room_and_goes_when_it_is_untied() {
    let house = House::new();
    let places = &house.engine.places;
    let (first, second) = (house.room().await, house.room().await);
    let set = |settings: &mut PlaceSettings| (settings.notices, settings.locale) = (true, Some("de".into()));
    assert_eq!(places.change(&chat(1), set).await.unwrap(), None, "no room is tied to it");
    assert_eq!(settings(&house, &chat(1)).await, None);

    assert_eq!(places.tie_first(chat(1), first).await.unwrap(), first);
    assert_eq!(settings(&house, &chat(1)).await, Some(PlaceSettings::default()));
    let told = PlaceSettings { notices: true, locale: Some("de".into()), ..PlaceSettings::default() };
    let place = places.change(&chat(1), set).await.unwrap().unwrap();
    assert_eq!((place.room, &place.settings), (first, &told));
    places.set_card(&chat(1), Some(7)).await.unwrap();

    // To the next room the settings go along, and the card does not.
    let tied = places.tie(chat(1), second).await.unwrap();
    assert_eq!((tied.room, tied.card, &tied.settings), (second, None, &told));
    assert_eq!(places.tie_first(chat(1), first).await.unwrap(), second);
    assert_eq!(settings(&house, &chat(1)).await, Some(told));

    places.untie(&chat(1)).await.unwrap();
    places.tie_first(chat(1), first).await.unwrap();
    assert_eq!(settings(&house, &chat(1)).await, Some(PlaceSettings::default()));
}

#[tokio::test(start_paused = true)]
async fn a_chat_that_moves_takes_along_what_it_is_set_to() {
    let house = House::new();
    let places = &house.engine.places;
    let room = house.room().await;
    places.tie(chat(1), room).await.unwrap();
    places.set_card(&chat(1), Some(7)).await.unwrap();
    let moved = places.change(&chat(1), |settings| settings.lines_in = true).await.unwrap().unwrap();
    assert_eq!(moved.card, Some(7));
    places.moved(&chat(1), chat(1)).await.unwrap();
    assert_eq!(places.get(&chat(1)).await.unwrap(), Some(moved.clone()));
    places.moved(&chat(1), chat(2)).await.unwrap();
    assert_eq!(places.get(&chat(1)).await.unwrap(), None);
    let there = places.get(&chat(2)).await.unwrap().unwrap();
    assert_eq!((there.room, there.card, there.settings), (room, None, moved.settings));
    places.moved(&chat(1), chat(3)).await.unwrap();
    assert_eq!(places.get(&chat(3)).await.unwrap(), None, "where nothing was, nothing moves");
    // There and back at the same time, nobody waits for ever.
    let (one, two) = (chat(2), chat(4));
    let (there, back) = tokio::join!(places.moved(&one, two.clone()), places.moved(&two, one.clone()));
    there.unwrap();
    back.unwrap();
    assert_eq!(places.of(room).await.unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn roles_of_a_community_make_somebody_a_co_host_at_most() {
    let house = House::new();
    let places = &house.engine.places;
    assert_eq!(places.community(Platform::Discord, GUILD).await.unwrap(), None);
    places.set_rank(Platform::Discord, GUILD, 1, Some(Role::Trusted)).await.unwrap();
    let community = places.set_rank(Platform::Discord, GUILD, 2, Some(Role::Cohost)).await.unwrap();
    assert_eq!(community.rank(&[1, 2]), Some(Role::Cohost));
    for not in [Role::Host, Role::Registered] {
        assert_eq!(code(places.set_rank(Platform::Discord, GUILD, 1, Some(not)).await), Code::BadInput);
    }
    assert_eq!(places.community(Platform::Discord, GUILD).await.unwrap(), Some(community));
    assert_eq!(places.community(Platform::Discord, GUILD + 1).await.unwrap(), None);
    assert_eq!(places.community(Platform::Telegram, GUILD).await.unwrap(), None);

    places.set_rank(Platform::Discord, GUILD, 2, None).await.unwrap();
    let community = places.set_community_locale(Platform::Discord, GUILD, Some("pt-BR".into())).await.unwrap();
    assert_eq!(community.rank(&[1, 2]), Some(Role::Trusted));
    // The next process reads the same.
    let next = house.restart();
    assert_eq!(next.engine.places.community(Platform::Discord, GUILD).await.unwrap(), Some(community));
}

#[tokio::test(start_paused = true)]
async fn fifty_roles_have_a_rank_and_not_one_more() {
    let house = House::new();
    let places = &house.engine.places;
    for role in 0..50 {
        places.set_rank(Platform::Discord, GUILD, role, Some(Role::Trusted)).await.unwrap();
    }
    assert_eq!(code(places.set_rank(Platform::Discord, GUILD, 50, Some(Role::Trusted)).await), Code::BadInput);
    let known = places.set_rank(Platform::Discord, GUILD, 49, Some(Role::Moderator)).await.unwrap();
    assert_eq!((known.ranks.len(), known.rank(&[49])), (50, Some(Role::Moderator)));
    places.set_rank(Platform::Discord, GUILD, 0, None).await.unwrap();
    places.set_rank(Platform::Discord, GUILD, 50, Some(Role::Trusted)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_community_that_is_asked_for_again_is_not_read_again() {
    let house = House::new();
    let places = &house.engine.places;
    places.community(Platform::Discord, GUILD).await.unwrap();
    // Behind its back, so that it shows: in earnest one process writes.
    let mut community = Community::new(Platform::Discord, GUILD);
    community.ranks.insert(1, Role::Cohost);
    house.store.put(vec![engine::records::Record::Community(community)]).await.unwrap();
    assert_eq!(places.community(Platform::Discord, GUILD).await.unwrap(), None);
    // A change that changes nothing, such as a refused one, tells nothing new either; one that does is known at once.
    places.set_rank(Platform::Discord, GUILD, 2, Some(Role::Trusted)).await.unwrap();
    let known = places.community(Platform::Discord, GUILD).await.unwrap().unwrap();
    assert_eq!(known.rank(&[2]), Some(Role::Trusted));
    assert!(house.store.get(Key::Community(Platform::Discord, GUILD)).await.unwrap().is_some());
}
