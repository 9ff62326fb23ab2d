//! Groups, their topics and who leads them.

use super::*;

#[tokio::test]
async fn each_topic_of_a_forum_has_a_room_of_its_own() {
    let world = World::new().await;
    let forum = Chat::supergroup(-1_000_500, "Cinema");
    let (films, series) = (forum.topic(4), forum.topic(9));
    world.watches(&films, &ANA, SINTEL).await;
    let card = world.watches(&series, &ANA, LAUNDROMAT).await;
    assert!(card.text.starts_with("Cosmos Laundromat\n"), "{}", card.text);
    let answer = world.telegram.hears(&films, &BEN, "/queue").await;
    assert!(answer.starts_with("Now playing Sintel."), "{answer}");
    let press = world.telegram.presses(&card, "+10 s", &BEN);
    assert_eq!(world.telegram.toast(&press).await.text, "Now at 0:10.");
}

#[tokio::test]
async fn a_group_that_grows_keeps_its_room() {
    let world = World::new().await;
    world.watches(&club(), &ANA, SINTEL).await;
    let room = world.room(&club()).await;
    let grown = Chat::supergroup(-1_000_100, "Friday film club");
    world.telegram.migrates(&club(), &grown);
    let card = world.card(&grown, "Sintel").await;
    assert_eq!(world.room(&grown).await, room);
    let press = world.telegram.presses(&card, "Skip", &ANA);
    assert!(world.telegram.toast(&press).await.text.starts_with("That was the last one."));
}

#[tokio::test]
async fn administrators_come_as_co_hosts_and_others_as_guests() {
    let world = World::new().await;
    let (telegram, club) = (&world.telegram, club());
    telegram.makes_admin(&club, &BEN);
    // A room in which guests only look on.
    let new = NewRoom { preset: Preset::Hosts, ..NewRoom::default() };
    let room = world.engine.rooms.create(&cleo(), new).await.unwrap().id;
    let place = PlaceId { platform: Platform::Telegram, chat: club.id, topic: None };
    world.engine.places.tie(place, room).await.unwrap();
    world.engine.intake.queue(room, &cleo(), SINTEL, Spot::End).await.unwrap();

    let answer = telegram.hears(&club, &ANA, "/seek 1:00").await;
    assert_eq!(answer, "Only Cleo and co-hosts can seek here. Ask Cleo, or put it to the others with /vote.");
    assert_eq!(telegram.hears(&club, &BEN, "/seek 2:00").await, "Now at 2:00.");
    let asked = telegram.says_as_the_group(&club, "/seek 3:00");
    assert_eq!(telegram.answer_to(&club, asked).await, "Now at 3:00.");
    let recent = world.engine.rooms.listen(room).await.unwrap().recent;
    let by: Vec<&str> = recent.iter().filter_map(|event| event.by.as_ref()).map(|who| &*who.name).collect();
    assert!(by.ends_with(&["Ben", "Friday film club"]), "{by:?}");
}

#[tokio::test]
async fn who_leads_a_chat_is_asked_once_and_again_when_it_changes() {
    let world = World::new().await;
    let (telegram, club) = (&world.telegram, club());
    telegram.ranks_bot(&club, &ANA, Rank::Admin);
    world.strict_room(&club).await;
    for user in [ANA, BEN, User { id: 9, name: "Dora" }] {
        let answer = telegram.hears(&club, &user, "/seek 1:00").await;
        assert!(answer.starts_with("Only "), "{answer}");
    }
    assert_eq!(telegram.calls_of("getchatadministrators"), 1);
    telegram.makes_admin(&club, &BEN);
    assert_eq!(telegram.hears(&club, &BEN, "/seek 1:00").await, "Now at 1:00.");
    assert_eq!(telegram.calls_of("getchatadministrators"), 2);
    telegram.ranks(&club, &BEN, Rank::Member);
    assert!(telegram.hears(&club, &BEN, "/seek 2:00").await.starts_with("Only "));
}

#[tokio::test]
async fn a_group_that_throws_the_bot_out_is_untied_with_all_its_topics() {
    let world = World::new().await;
    let forum = Chat::supergroup(-1_000_500, "Cinema");
    world.watches(&forum.topic(4), &ANA, SINTEL).await;
    world.watches(&forum, &ANA, LAUNDROMAT).await;
    world.telegram.ranks_bot(&forum, &ANA, Rank::Kicked);
    world.telegram.told().await;
    let alone = Chat::private(&ANA);
    world.telegram.hears(&alone, &ANA, "/help").await;
    let end = tokio::time::Instant::now() + Duration::from_secs(5);
    while !world.engine.places.on(Platform::Telegram).await.unwrap().is_empty() {
        assert!(tokio::time::Instant::now() < end, "still tied");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_group_that_grew_unheard_is_followed_when_it_is_written_to() {
    let world = World::new().await;
    world.watches(&club(), &ANA, SINTEL).await;
    world.sets(&club(), |settings| settings.notices = true).await;
    let room = world.room(&club()).await;
    let grown = Chat::supergroup(-1_000_100, "Friday film club");
    world.telegram.migrates_silently(&club(), &grown);
    world.viewer_does(room, Command::from(Deed::Seek { to: SeekTo::At(Millis::seconds(60)) })).await;
    world.card(&grown, "Sintel").await;
    assert_eq!(world.room(&grown).await, room);
    let place = world.engine.places.get(&grown.place()).await.unwrap().unwrap();
    assert!(place.settings.notices, "what the chat is set to stayed behind");
}

#[tokio::test]
async fn a_topic_that_is_gone_takes_its_card_along_and_the_room_goes_on() {
    let world = World::new().await;
    let films = Chat::supergroup(-1_000_500, "Cinema").topic(4);
    world.watches(&films, &ANA, SINTEL).await;
    let place = PlaceId { platform: Platform::Telegram, chat: films.id, topic: Some(4) };
    let room = world.engine.room_of(&place).await.unwrap();
    world.telegram.deletes_topic(&films);
    world.viewer_does(room, Command::from(Deed::Seek { to: SeekTo::At(Millis::seconds(60)) })).await;
    let end = tokio::time::Instant::now() + Duration::from_secs(10);
    while world.engine.places.get(&place).await.unwrap().is_some_and(|place| place.card.is_some()) {
        assert!(tokio::time::Instant::now() < end, "the card is still drawn");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_topic_that_is_closed_is_left_alone_and_the_room_and_other_topics_go_on() {
    let world = World::new().await;
    let forum = Chat::supergroup(-1_000_500, "Cinema");
    let (films, series) = (forum.topic(4), forum.topic(9));
    let place = PlaceId { platform: Platform::Telegram, chat: forum.id, topic: Some(4) };
    world.watches(&films, &ANA, SINTEL).await;
    let room = world.engine.room_of(&place).await.unwrap();
    world.telegram.closes_topic(&films);
    world.viewer_does(room, Command::from(Deed::Seek { to: SeekTo::At(Millis::seconds(60)) })).await;
    world.telegram.called("editmessagetext", 1).await;
    let end = tokio::time::Instant::now() + Duration::from_secs(10);
    while world.engine.places.get(&place).await.unwrap().is_some_and(|place| place.card.is_some()) {
        assert!(tokio::time::Instant::now() < end, "the card is still drawn");
        tokio::task::yield_now().await;
    }
    assert_eq!(world.engine.room_of(&place).await.unwrap(), room, "a closed topic lost its room");
    world.watches(&series, &BEN, LAUNDROMAT).await;
    assert_eq!(world.telegram.hears(&series, &BEN, "/seek 1:00").await, "Now at 1:00.");
}
