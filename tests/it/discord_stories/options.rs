//! What a chat can be set to, and where the bot may do less: threads, scheduled events, presence, embeds for cards, places
//! where it is a guest.

use engine::time::WallTime;

use super::*;
use crate::fake_discord::{FOREIGN_GUILD, permission};

const FOREIGN: Channel = Channel::foreign(1_200_000_000_000_000_020, "theirs");
const AMONG_PEOPLE: Channel = Channel::among_people(1_200_000_000_000_000_021);

#[tokio::test]
async fn a_discord_without_containers_gets_embeds_also_on_cards_of_before() {
    let discord = FakeDiscord::start().await;
    discord.refuses_v2();
    let world = World::on(discord).await;
    let card = world.watches(ANA, SINTEL).await;
    assert!(!card.is_v2());
    assert_eq!(card.embeds[0]["title"], "Sintel");
    world.asks(ANA, "/play").await;
    assert_eq!(world.card("**Playing**").await.id, card.id, "and it is edited as what it is");
    let refused = world.discord.statuses().get(&400).copied().unwrap_or_default();
    assert_eq!(refused, 1, "asked once, remembered for good");
}

#[tokio::test]
async fn a_party_has_a_thread_on_its_card_where_the_chat_wants_it() {
    let world = World::new().await;
    let card = world.watches(ANA, SINTEL).await;
    world.sets(|settings| settings.threads = true).await;
    world.discord.deletes(&card);
    world.asks(ANA, "/play").await;
    until(|| async { world.engine.places.get(&place(FILM_CLUB)).await.unwrap().unwrap().card.is_none() }).await;
    let card = world.watches(BEN, LAUNDROMAT).await;
    let thread = world.discord.thread_of(FILM_CLUB, |_| true).await;
    assert_eq!(thread.channel.id, card.id, "it hangs on the card");
    assert_eq!(thread.name, "Sintel");
    let stored = || async { world.engine.places.get(&place(FILM_CLUB)).await.unwrap().unwrap().settings.thread };
    until(|| async { stored().await == i64::try_from(thread.channel.id).ok() }).await;
    world.discord.deletes_channel(thread.channel);
    until(|| async { stored().await.is_none() }).await;
}

/// Says when the film club's room opens, or that it does not; `hours` from now.
async fn opens(world: &World, hours: Option<i64>) {
    let now = world.engine.clock.now().wall.0 / 1000 * 1000;
    let start = hours.map(|hours| WallTime(now + hours * 3_600_000));
    let person = world.engine.people.guest("Vera").await.unwrap().person;
    let vera = Caller { granted: Some(Role::Cohost), ..Caller::new(person) }.actor(Door::Viewer);
    let schedule = Command::Schedule { start, end: None };
    world.engine.rooms.command(world.room_of(FILM_CLUB).await, vera, schedule).await.unwrap();
}

#[tokio::test]
async fn a_schedule_stands_in_the_guild_as_an_event_and_is_called_off_with_it() {
    let world = World::new().await;
    world.watches(ANA, SINTEL).await;
    opens(&world, Some(2)).await;
    let event = world.discord.event_of(GUILD, |event| event.status == 1).await;
    assert_eq!(event.name, "film-club");
    assert!(event.location.starts_with("https://couch.example/j/"), "{}", event.location);
    let length = |event: &crate::fake_discord::ScheduledEvent| {
        let time = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_second();
        time(&event.end) - time(&event.start)
    };
    assert_eq!(length(&event), 3 * 3600);
    opens(&world, Some(5)).await;
    let moved = world.discord.event_of(GUILD, |now| now.start != event.start).await;
    assert_eq!(moved.id, event.id, "the same event at another time");
    let world = world.restart().await;
    opens(&world, None).await;
    world.discord.event_of(GUILD, |now| now.id == event.id && now.status == 4).await;
    let stored = || async { world.engine.places.get(&place(FILM_CLUB)).await.unwrap().unwrap().settings.event };
    until(|| async { stored().await.is_none() }).await;
}

#[tokio::test]
async fn an_event_that_somebody_deletes_stays_deleted() {
    let world = World::new().await;
    world.watches(ANA, SINTEL).await;
    opens(&world, Some(2)).await;
    let event = world.discord.event_of(GUILD, |_| true).await;
    let stored = || async { world.engine.places.get(&place(FILM_CLUB)).await.unwrap().unwrap().settings.event };
    until(|| async { stored().await.is_some() }).await;
    world.discord.deletes_event(&event);
    let world = world.restart().await;
    let stored = || async { world.engine.places.get(&place(FILM_CLUB)).await.unwrap().unwrap().settings.event };
    until(|| async { stored().await.is_some_and(|event| event.starts_with("deleted")) }).await;
    assert!(world.discord.events(GUILD).is_empty());
}

#[tokio::test]
async fn what_is_watched_stands_beside_the_bots_name() {
    let world = World::new().await;
    world.watches(ANA, SINTEL).await;
    let shown = world.discord.presences().into_iter().map(|(_, presence)| presence["activities"].clone());
    assert!(shown.into_iter().all(|activities| activities == serde_json::json!([])), "nothing plays yet");
    world.asks(ANA, "/play").await;
    let presence = world.discord.presence("Sintel").await;
    assert_eq!(presence["activities"][0]["type"], 3, "watching");
}

#[tokio::test]
async fn what_is_watched_in_a_private_room_does_not_stand_there() {
    let world = World::new().await;
    world.watches(ANA, SINTEL).await;
    world.asks(ANA, "/settings setting:visibility value:private").await;
    world.asks(ANA, "/play").await;
    world.discord.presence("").await;
    let named = |(_, presence): (_, serde_json::Value)| presence.to_string().contains("Sintel");
    assert!(!world.discord.presences().into_iter().any(named));
}

#[tokio::test]
async fn a_picture_that_discord_does_not_take_costs_the_picture_and_nothing_else() {
    let world = World::new().await;
    let card = world.watches(ANA, MISPICTURED).await;
    assert!(card.is_v2() && card.text().contains("film.mp4"), "{card:?}");
    world.asks(ANA, "/play").await;
    assert_eq!(world.card("**Playing**").await.id, card.id, "it is kept true");
    world.discord.takes_problems();
}

#[tokio::test]
async fn where_the_bot_is_a_guest_it_answers_and_does_no_more() {
    let world = World::new().await;
    for channel in [FOREIGN, AMONG_PEOPLE] {
        let answer = world.discord.asks(channel, ANA, &format!("/watch link:{SINTEL}")).await;
        assert_eq!(answer.message().title(), Some("Sintel"));
        let answer = world.discord.asks(channel, ANA, "/play").await;
        assert!(answer.text().contains("Playing"), "{}", answer.text());
        let card = world.discord.asks(channel, ANA, &format!("/watch link:{LAUNDROMAT}")).await;
        let pressed = world.discord.presses(channel, card.message(), "Pause", BEN);
        assert_eq!(world.discord.answer_to(pressed).await.first, 6);
        assert!(!world.room(channel).await.playback.playing);
    }
    assert!(
        world.discord.calls("PATCH", "channels/").is_empty() && world.discord.calls("POST", "channels/").is_empty()
    );
    assert!(world.discord.calls("POST", &format!("guilds/{FOREIGN_GUILD}")).is_empty());
}

#[tokio::test]
async fn what_the_bot_may_not_do_is_told_once_to_the_one_who_asked_for_it() {
    let world = World::new().await;
    world.discord.has_channel(FILM_CLUB);
    world.discord.lacks(FILM_CLUB, permission::SEND_MESSAGES);
    let asked = world.discord.types(FILM_CLUB, ANA, &format!("/watch link:{SINTEL}")).await;
    let told = world.discord.follow_up_to(asked).await;
    assert!(told.ephemeral() && told.text().contains("Send Messages"), "{}", told.text());
    let again = world.asks(ANA, &format!("/watch link:{LAUNDROMAT}")).await;
    assert!(again.text().contains("Queued"), "{}", again.text());
    let told = world.discord.messages(FILM_CLUB).into_iter().filter(|message| message.text().contains("Send Messages"));
    assert_eq!(told.count(), 0, "nobody else sees it");
    world.asks(ANA, "/play").await;
    assert!(world.card("**Playing**").await.is_v2(), "the card is ours, and is edited");
}
