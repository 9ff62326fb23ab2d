//! What concerns a person everywhere.

use std::time::Duration;

use engine::{
    command::{Actor, Command, Spot},
    event::Door,
    ids::RoomId,
    people::Caller,
    playlists::{Entry, Owner},
    refusal::Code,
    room::Visibility,
    rooms::NewRoom,
};

use crate::house::{House, ana, ben, clip, code, line, seen_as};

async fn guest(house: &House, name: &str) -> Caller {
    Caller::new(house.engine.people.guest(name).await.unwrap().person)
}

fn by(caller: &Caller) -> Actor {
    caller.actor(Door::Viewer)
}

fn entry() -> Entry {
    let Command::Add { items, .. } = clip("secret") else { unreachable!() };
    Entry::from(&*items[0])
}

#[tokio::test(start_paused = true)]
async fn who_was_let_into_one_room_brings_no_playlist_of_another_there() {
    let house = House::new();
    let (engine, eve) = (&house.engine, guest(&house, "Eve").await);
    let invite = || seen_as(Visibility::Invite);
    let theirs = engine.rooms.create(&ben(), invite()).await.unwrap().id;
    let mine = engine.rooms.create(&ana(), invite()).await.unwrap().id;
    engine.people.admit(mine, eve.person.id).await.unwrap();
    let secret = engine.playlists.make(Owner::Room(theirs), &ben(), "Secret", vec![entry()]).await.unwrap().id;

    let load = || engine.load_playlist(secret, mine, &eve, Door::Viewer, Spot::End);
    assert_eq!(code(load().await), Code::NotAMember);
    engine.people.admit(theirs, eve.person.id).await.unwrap();
    assert_eq!(load().await.unwrap().view.current.as_ref().unwrap().media.label(), "secret");
}

async fn belongs_to(house: &House, room: RoomId, person: &Caller) -> bool {
    house.view(room).await.members.contains_key(&person.person.id)
}

#[tokio::test(start_paused = true)]
async fn a_deletion_that_failed_half_way_is_asked_for_again_by_who_is_still_there() {
    let house = House::new();
    let (engine, eve) = (&house.engine, guest(&house, "Eve").await);
    let room = engine.rooms.create(&by(&eve), NewRoom::default()).await.unwrap().id;
    house.ask(room, &by(&eve), line("hello")).await.unwrap();

    house.store.spoil_commits(100);
    engine.leave(eve.person.id).await.unwrap_err();
    let known = engine.people.by_id(eve.person.id).await.unwrap().unwrap();
    assert_eq!(&*known.person.name, "Eve", "the way back to ask again is there");
    house.store.spoil_commits(0);
    tokio::time::sleep(Duration::from_mins(2)).await;
    engine.leave(eve.person.id).await.unwrap();
    assert!(!belongs_to(&house, room, &eve).await);
    assert_eq!(&*engine.people.by_id(eve.person.id).await.unwrap().unwrap().person.name, "Somebody");
}

#[tokio::test(start_paused = true)]
async fn a_room_that_cannot_write_for_a_moment_forgets_who_left_all_the_same() {
    let house = House::new();
    let (engine, eve) = (&house.engine, guest(&house, "Eve").await);
    let room = engine.rooms.create(&by(&eve), NewRoom::default()).await.unwrap().id;
    house.store.spoil_commits(1);
    engine.leave(eve.person.id).await.unwrap();
    assert!(!belongs_to(&house, room, &eve).await);
}

#[tokio::test(start_paused = true)]
async fn who_deleted_themself_is_nowhere_under_their_name() {
    let house = House::new();
    let (engine, eve) = (&house.engine, guest(&house, "Eve").await);
    // Nothing of it is written down before they leave.
    let room = house.room().await;
    house.arrives(room, &by(&eve)).await;
    engine.leave(eve.person.id).await.unwrap();
    assert!(!house.view(room).await.is_here(eve.person.id));
    assert_eq!(engine.rooms.visited(eve.person.id, None, 10).await.unwrap(), []);
}

#[tokio::test(start_paused = true)]
async fn who_turns_out_to_be_banned_is_out_of_a_room_that_they_just_entered() {
    let house = House::new();
    let (engine, eve, evil) = (&house.engine, guest(&house, "Eve").await, guest(&house, "Evil").await);
    let room = house.room().await;
    house.arrives(room, &by(&eve)).await;
    let ban = Command::Ban { person: eve.person.id, until: None, reason: String::new() };
    house.ask(room, &ana(), ban).await.unwrap();
    house.arrives(room, &by(&evil)).await;
    let made = engine.people.link_code(eve.person.id).await.unwrap();
    let linked = engine.link(evil.person.id, made.code.reveal(), "a").await.unwrap();
    assert_eq!((linked.gone, linked.person.id), (evil.person.id, eve.person.id));
    assert!(!house.view(room).await.is_here(evil.person.id));
}
