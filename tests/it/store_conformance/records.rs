//! Records: claimed, put, expired, found.

use super::*;

// On one thread what is queued without awaiting shares a commit; some stories need that.
stories![
    tokio::test:
    a_name_belongs_to_the_first_who_claims_it,
    records_are_put_again_and_deleted,
    records_change_together_or_not_at_all,
    what_expired_is_gone_and_its_name_is_free,
    records_are_found_by_what_they_belong_to,
];

async fn a_name_belongs_to_the_first_who_claims_it(mut world: impl World) {
    let store = world.open().await;
    let (ana, ben) = (Entropy.room(), Entropy.room());
    assert!(store.claim(vec![alias(AliasKind::Code, "TIGER7", ana)]).await.unwrap());
    let both = vec![alias(AliasKind::Invite, "free", ben), alias(AliasKind::Code, "TIGER7", ben)];
    assert!(!store.claim(both).await.unwrap());
    // All or nothing: the name that was free still is.
    assert_eq!(store.get(Key::Alias(AliasKind::Invite, "free".into())).await.unwrap(), None);
    // The same text in another kind is another name.
    assert!(store.claim(vec![alias(AliasKind::Invite, "TIGER7", ben)]).await.unwrap());

    // Of many who ask at once, one gets it.
    let askers: Vec<_> = (0..20)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(
                async move { store.claim(vec![alias(AliasKind::Code, "RACE42", Entropy.room())]).await.unwrap() },
            )
        })
        .collect();
    let mut winners = 0;
    for asker in askers {
        winners += usize::from(asker.await.unwrap());
    }
    assert_eq!(winners, 1);

    let store = world.restart(store).await;
    let held = store.get(Key::Alias(AliasKind::Code, "TIGER7".into())).await.unwrap();
    assert_eq!(held, Some(alias(AliasKind::Code, "TIGER7", ana)));
    store.delete(Key::Alias(AliasKind::Code, "TIGER7".into())).await.unwrap();
    assert!(store.claim(vec![alias(AliasKind::Code, "TIGER7", ben)]).await.unwrap());
}

async fn records_are_put_again_and_deleted(mut world: impl World) {
    let store = world.open().await;
    let id = Entropy.person();
    let named = |name: &str| Record::Person(Person { id, name: name.into(), made_at: WallTime(5) });
    store.put(vec![named("Ana"), named("Ana Maria")]).await.unwrap();
    assert_eq!(store.get(Key::Person(id)).await.unwrap(), Some(named("Ana Maria")));
    store.put(vec![named("O'Brien \"%_\"")]).await.unwrap();
    let store = world.restart(store).await;
    assert_eq!(store.get(Key::Person(id)).await.unwrap(), Some(named("O'Brien \"%_\"")));
    store.delete(Key::Person(id)).await.unwrap();
    store.delete(Key::Person(id)).await.unwrap();
    assert_eq!(store.get(Key::Person(id)).await.unwrap(), None);
}

async fn what_expired_is_gone_and_its_name_is_free(mut world: impl World) {
    let store = world.open().await;
    let person = Entropy.person();
    let session = |token: &str, expires_at| {
        Record::Session(Session {
            token_hash: token.into(),
            person,
            made_at: WallTime(0),
            expires_at: WallTime(expires_at),
            vouched: None,
        })
    };
    let (past, later) = (now().0 - 1, now().0 + 3_600_000);
    store.put(vec![session("old", past), session("good", later)]).await.unwrap();
    assert_eq!(store.get(Key::Session("old".into())).await.unwrap(), None);
    assert_eq!(store.get(Key::Session("good".into())).await.unwrap(), Some(session("good", later)));

    let answer = |body: &str, expires_at| {
        Record::Answer(Answer {
            key: "k".into(),
            request: "r".into(),
            status: 200,
            body: body.into(),
            expires_at: WallTime(expires_at),
        })
    };
    assert!(store.claim(vec![answer("first", past)]).await.unwrap());
    assert!(store.claim(vec![answer("second", later)]).await.unwrap());
    assert!(!store.claim(vec![answer("third", later)]).await.unwrap());
    assert_eq!(store.get(Key::Answer("k".into())).await.unwrap(), Some(answer("second", later)));
}

async fn records_are_found_by_what_they_belong_to(mut world: impl World) {
    let store = world.open().await;
    let (ana, ben) = (Entropy.room(), Entropy.room());
    let person = Entropy.person();
    let identity = |platform, subject: &str, person| {
        Record::Identity(Identity { platform, subject: subject.into(), person, name: None })
    };
    let discord = place(Platform::Discord, 11, ana);
    let telegram = place(Platform::Telegram, -100, ana);
    let bens = place(Platform::Discord, 22, ben);
    store.put(vec![telegram.clone(), bens.clone(), discord.clone()]).await.unwrap();
    store
        .put(vec![identity(Platform::Discord, "7", person), identity(Platform::Telegram, "7", Entropy.person())])
        .await
        .unwrap();
    store.put(vec![alias(AliasKind::Invite, "aaa", ana), alias(AliasKind::Code, "bbb", ana)]).await.unwrap();

    assert_eq!(store.find(Find::PlacesOf(ana)).await.unwrap(), [discord.clone(), telegram.clone()]);
    assert_eq!(store.find(Find::PlacesOn(Platform::Discord)).await.unwrap(), [discord.clone(), bens.clone()]);
    assert_eq!(store.find(Find::PlacesOn(Platform::Telegram)).await.unwrap(), std::slice::from_ref(&telegram));
    assert_eq!(store.find(Find::IdentitiesOf(person)).await.unwrap(), [identity(Platform::Discord, "7", person)]);
    let names = [alias(AliasKind::Code, "bbb", ana), alias(AliasKind::Invite, "aaa", ana)];
    assert_eq!(store.find(Find::AliasesOf(ana)).await.unwrap(), names);
    assert!(store.find(Find::AliasesOf(ben)).await.unwrap().is_empty());

    // A chat that is tied to another room belongs to that one alone.
    store.put(vec![place(Platform::Discord, 11, ben)]).await.unwrap();
    assert_eq!(store.find(Find::PlacesOf(ana)).await.unwrap(), [telegram]);
    assert_eq!(store.find(Find::PlacesOf(ben)).await.unwrap(), [place(Platform::Discord, 11, ben), bens]);
}

async fn records_change_together_or_not_at_all(mut world: impl World) {
    let store = world.open().await;
    let (ana, ben) = (Entropy.room(), Entropy.room());
    let code = |value: &str, room| alias(AliasKind::Code, value, room);
    let key = |value: &str| Key::Alias(AliasKind::Code, value.into());
    store.put(vec![code("ONE", ana), code("TWO", ben)]).await.unwrap();

    // Neither where a new key is taken nor where a condition is missing does any part of it happen.
    let taken = Change {
        new: vec![code("TWO", ana)],
        put: vec![code("THREE", ana)],
        delete: vec![key("ONE")],
        ..Change::default()
    };
    assert!(!store.change(taken).await.unwrap());
    let missing = Change { held: vec![key("NONE")], delete: vec![key("ONE")], ..Change::default() };
    assert!(!store.change(missing).await.unwrap());
    assert_eq!(store.find(Find::AliasesOf(ana)).await.unwrap(), [code("ONE", ana)]);

    let whole = Change {
        new: vec![code("FOUR", ana)],
        held: vec![key("ONE")],
        put: vec![code("TWO", ana)],
        delete: vec![key("ONE"), key("NEVER")],
    };
    assert!(store.change(whole.clone()).await.unwrap());
    assert!(!store.change(whole).await.unwrap());

    // What is good once is good once, however many ask.
    let askers: Vec<_> = (0..20)
        .map(|_| {
            let (store, take) =
                (store.clone(), Change { held: vec![key("FOUR")], delete: vec![key("FOUR")], ..Change::default() });
            tokio::spawn(async move { store.change(take).await.unwrap() })
        })
        .collect();
    let mut winners = 0;
    for asker in askers {
        winners += usize::from(asker.await.unwrap());
    }
    assert_eq!(winners, 1);
    let store = world.restart(store).await;
    assert_eq!(store.find(Find::AliasesOf(ana)).await.unwrap(), [code("TWO", ana)]);
    assert!(store.find(Find::AliasesOf(ben)).await.unwrap().is_empty());
}
