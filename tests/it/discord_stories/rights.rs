//! Who may do what, by what Discord knows of them.

use super::*;

#[tokio::test]
async fn who_may_change_the_channel_may_change_a_room_of_hosts() {
    let world = World::new().await;
    let host = world.engine.people.guest("Hilda").await.unwrap().person;
    let caller = Caller::new(host);
    let new = NewRoom { preset: Preset::Hosts, ..NewRoom::default() };
    let room = world.engine.rooms.create(&caller.actor(Door::Viewer), new).await.unwrap();
    world.engine.places.tie(place(FILM_CLUB), room.id).await.unwrap();
    let answer = world.asks(ANA, &format!("/watch link:{SINTEL}")).await;
    assert!(answer.message().ephemeral() && answer.text().contains("Only Hilda"), "{}", answer.text());
    let card = world.watches(MOD, SINTEL).await;
    let pressed = world.discord.presses(FILM_CLUB, &card, "Play", ANA);
    let answer = world.discord.answer_to(pressed).await;
    assert!(answer.message().ephemeral() && answer.text().contains("Only Hilda"), "{}", answer.text());
    let pressed = world.discord.presses(FILM_CLUB, &card, "Play", MOD);
    assert_eq!(world.discord.answer_to(pressed).await.first, 6);
    assert!(world.room(FILM_CLUB).await.playback.playing);
}

/// A role of the guild, and somebody who has it.
const PROJECTIONIST: u64 = 1_150_000_000_000_000_001;
const RITA: User = User::member(1_100_000_000_000_000_004, "Rita").with_roles(&[PROJECTIONIST]);

/// A room in the film club in which only hosts play.
async fn of_hosts(world: &World) {
    let host = world.engine.people.on_platform(Platform::Discord, &ANA.id.to_string(), "Ana").await.unwrap();
    let new = NewRoom { preset: Preset::Hosts, ..NewRoom::default() };
    let room = world.engine.rooms.create(&host.actor(Door::Discord), new).await.unwrap();
    world.engine.places.tie(place(FILM_CLUB), room.id).await.unwrap();
}

#[tokio::test]
async fn a_role_of_the_guild_can_be_worth_something_in_its_rooms() {
    let world = World::new().await;
    of_hosts(&world).await;
    world.asks(ANA, &format!("/watch link:{SINTEL}")).await;
    let no = world.asks(RITA, "/play").await;
    assert!(no.message().ephemeral(), "{}", no.text());
    let (guild, role) = (i64::try_from(GUILD).unwrap(), i64::try_from(PROJECTIONIST).unwrap());
    world.engine.places.set_rank(Platform::Discord, guild, role, Some(Role::Cohost)).await.unwrap();
    world.asks(RITA, "/play").await;
    assert!(world.room(FILM_CLUB).await.playback.playing);
}

#[tokio::test]
async fn who_asks_the_host_calls_the_host_and_nobody_else() {
    let world = World::new().await;
    of_hosts(&world).await;
    world.asks(ANA, &format!("/watch link:{SINTEL}")).await;
    // She and another one sit there: else whoever asks is all there are, and has the majority.
    let room = world.room_of(FILM_CLUB).await;
    for user in [ANA, MOD] {
        let known = world.engine.people.on_platform(Platform::Discord, &user.id.to_string(), user.name).await.unwrap();
        let connection = world.engine.rooms.connection();
        let actor = Actor { connection: Some(connection), ..known.actor(Door::Viewer).granted(Role::Guest) };
        world.engine.rooms.command(room, actor, Command::Arrive { connection, watches: true }).await.unwrap();
    }
    until(|| async { world.room(FILM_CLUB).await.watching() == 2 }).await;
    let no = world.asks(BEN, "/pause").await;
    assert_eq!(no.message().labels(), ["Ask Ana", "Put it to the vote"]);
    let answer = world.presses(no.message(), "Ask Ana", BEN).await;
    assert!(!answer.message().ephemeral(), "Ana must see it: {}", answer.text());
    assert!(answer.text().ends_with(&format!("<@{}>", ANA.id)), "{}", answer.text());
    let answer = world.presses(answer.message(), "Yes", ANA).await;
    assert!(matches!(answer.first, 4 | 6 | 7), "{answer:?}");
    assert!(!world.room(FILM_CLUB).await.playback.playing, "she said yes");
}
