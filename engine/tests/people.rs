//! People as bots and dialects reach them: credentials, selves elsewhere, passwords.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

use std::{sync::Arc, time::Duration};

use engine::{
    ids::Entropy,
    limits::{Allowance, Allowances, Limits},
    memory::MemoryStore,
    people::{Caller, NewAccount, People, PeopleSettings},
    ports::Store,
    records::{Find, Platform, Scope},
    refusal::{Code, No},
    secret::Secret,
    time::{Clock, Millis},
};

const PASSWORD: &str = "correct horse 7";

fn people_with(store: &MemoryStore, settings: &PeopleSettings) -> People {
    let plenty = Allowance { burst: 1_000, per_minute: 1_000 };
    let allowances = Allowances { logins: plenty, wrong_invites: plenty, ..Allowances::default() };
    People::new(Arc::new(store.clone()), Clock::start(), Arc::new(Limits::new(allowances)), settings)
}

fn people() -> (People, MemoryStore) {
    let store = MemoryStore::new();
    (people_with(&store, &PeopleSettings::default()), store)
}

fn account(username: &str) -> NewAccount<'_> {
    NewAccount { username, email: None, password: PASSWORD }
}

fn code<T: std::fmt::Debug>(answer: Result<T, No>) -> Code {
    match answer.unwrap_err() {
        No::Refusal(refusal) => refusal.code,
        No::Fault(fault) => panic!("{fault}"),
    }
}

#[tokio::test]
async fn a_session_is_good_as_long_as_the_host_says() {
    let store = MemoryStore::new();
    let short = people_with(&store, &PeopleSettings { session: Millis::ZERO, ..PeopleSettings::default() });
    let guest = short.guest("Ana").await.unwrap();
    assert_eq!(code(short.by_token(guest.token.reveal()).await), Code::BadToken);
    let long = people_with(&store, &PeopleSettings::default());
    let guest = long.guest("Ana").await.unwrap();
    let caller = long.by_token(guest.token.reveal()).await.unwrap();
    assert!(caller.key.is_none() && !caller.registered && caller.granted.is_none());
}

#[tokio::test]
async fn a_caller_says_at_once_that_they_registered() {
    let (people, _) = people();
    let guest = people.guest("Ana").await.unwrap();
    people.by_token(guest.token.reveal()).await.unwrap();
    people.register(Some(&guest.person), account("Ana"), "a").await.unwrap();
    assert!(people.by_token(guest.token.reveal()).await.unwrap().registered);
}

#[tokio::test]
async fn no_answer_about_a_password_is_faster_for_a_user_that_there_is_not() {
    let (people, _) = people();
    people.register(None, account("Ana"), "a").await.unwrap();
    let mut fastest = [Duration::MAX; 2];
    // The fastest of several: what disturbs a machine makes it slower, never faster.
    for _ in 0..8 {
        for (fastest, user) in fastest.iter_mut().zip(["Ana", "Nobody"]) {
            let from = tokio::time::Instant::now();
            assert_eq!(code(people.log_in(user, "a wrong one", "a").await), Code::WrongLogin);
            *fastest = (*fastest).min(from.elapsed());
        }
    }
    let [known, unknown] = fastest.map(|time| time.as_secs_f64());
    assert!((0.5..2.0).contains(&(known / unknown)), "{known} s for a user, {unknown} s for nobody");
}

#[tokio::test]
async fn passwords_of_rooms_are_hashed_and_verified() {
    let (people, _) = people();
    let (hash, again) = (people.hash_password("sesame").await.unwrap(), people.hash_password("sesame").await.unwrap());
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    assert_ne!(hash, again, "each has a salt of its own");
    assert!(people.verify_password(&hash, "sesame").await.unwrap());
    assert!(!people.verify_password(&hash, "Sesame").await.unwrap());
    assert!(!people.verify_password(&hash, &"x".repeat(5_000)).await.unwrap());
    assert_eq!(code(people.hash_password(&"x".repeat(5_000)).await), Code::TextTooLong);
    people.verify_password("no hash", "sesame").await.unwrap_err();
}

#[tokio::test]
async fn who_is_on_two_platforms_is_not_renamed_with_every_word() {
    let (people, _) = people();
    let dora = people.by_identity(Platform::Discord, "1", "Dora").await.unwrap();
    let tom = people.by_identity(Platform::Telegram, "2", "Tom").await.unwrap();
    let made = people.link_code(dora.id).await.unwrap();
    let linked = people.redeem(tom.id, made.code.reveal(), "telegram 2").await.unwrap();
    assert_eq!((linked.person.id, linked.gone), (dora.id, tom.id));
    for (platform, subject, name) in [(Platform::Telegram, "2", "Tom"), (Platform::Discord, "1", "Dora")] {
        let person = people.by_identity(platform, subject, name).await.unwrap();
        assert_eq!((person.id, &*person.name), (dora.id, "Dora"));
    }
    let renamed = people.by_identity(Platform::Telegram, "2", "Thomas").await.unwrap();
    assert_eq!(&*renamed.name, "Thomas");
    assert_eq!(&*people.by_identity(Platform::Discord, "1", "Dora").await.unwrap().name, "Thomas");
}

#[tokio::test]
async fn a_key_is_shown_with_or_without_its_public_id() {
    let (people, store) = people();
    let operator = Caller::operator();
    let made = people.make_key(&operator, "Bot", [Scope::Rooms].into()).await.unwrap();
    let (id, secret) = (made.key.id.as_str(), made.secret.reveal());
    let caller = people.by_key(id, secret).await.unwrap();
    assert_eq!(caller, people.by_token(secret).await.unwrap());
    assert_eq!((&*caller.person.name, caller.key.as_ref().map(|key| &*key.id)), ("Bot", Some(id)));
    let session = people.guest("Ana").await.unwrap();
    for (id, secret) in [("another", secret), (id, "x"), (id, session.token.reveal())] {
        assert_eq!(code(people.by_key(id, secret).await), Code::BadToken);
    }
    // Signing out is for sessions.
    people.sign_out(secret).await.unwrap();
    people.by_token(secret).await.unwrap();
    people.revoke_key(&operator, id).await.unwrap();
    // Nobody who remembers it brings it back.
    assert_eq!(code(people.by_token(secret).await), Code::BadToken);
    assert!(store.find(Find::Keys).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_key_that_acts_has_none_of_its_own_rights() {
    let store = MemoryStore::new();
    let bootstrap_key = Some(Secret::new("a key for everything"));
    let people = people_with(&store, &PeopleSettings { bootstrap_key, ..PeopleSettings::default() });
    let operator = people.by_token("a key for everything").await.unwrap();
    assert!(operator.is_admin() && operator.granted.is_some());
    let acting = people.act_for(&operator, "u1", Some("Uma")).await.unwrap();
    assert!(!acting.is_admin() && acting.granted.is_none() && acting.may_change().is_ok());
    assert_eq!(acting.themself().unwrap_err().code, Code::NeedsSession);
    assert_eq!(code(people.keys(&acting).await), Code::NeedsSession);
    let both = tokio::join!(people.act_for(&operator, "u2", Some("Una")), people.act_for(&operator, "u2", Some("Una")));
    assert_eq!(both.0.unwrap().person.id, both.1.unwrap().person.id, "two first words of one person");
}

#[tokio::test]
async fn two_who_want_one_name_at_once_are_one_who_has_it() {
    let (people, store) = people();
    let (ana, eve) = (people.guest("A").await.unwrap().person, people.guest("E").await.unwrap().person);
    let both = tokio::join!(
        people.register(Some(&ana), account("Wanted"), "a"),
        people.register(Some(&eve), account("WANTED"), "e")
    );
    let no = if both.0.is_ok() { both.1 } else { both.0 };
    assert_eq!(code(no), Code::UsernameTaken);
    // Who has it keeps it over a change of nothing but its capitals, and loses none of it by being deleted twice.
    let session = people.log_in("wanted", PASSWORD, "a").await.unwrap();
    let change = engine::people::AccountChange { username: Some("wAnTeD"), ..Default::default() };
    assert_eq!(people.change_account(session.person.id, None, change).await.unwrap().username, "wAnTeD");
    people.may_delete(session.person.id, Some(PASSWORD)).await.unwrap();
    people.delete(session.person.id).await.unwrap();
    people.may_delete(session.person.id, None).await.unwrap();
    people.delete(session.person.id).await.unwrap();
    assert_eq!(code(people.by_token(session.token.reveal()).await), Code::BadToken);
    let export = people.export(session.person.id).await.unwrap();
    assert_eq!((&*export.person.name, export.account, export.sessions.len()), ("Somebody", None, 0));
    assert!(store.find(Find::SessionsOf(session.person.id)).await.unwrap().is_empty());
    people.register(Some(&eve), account("Wanted"), "e").await.unwrap();
    assert!(people.account(Entropy.person()).await.unwrap().is_none());
}
