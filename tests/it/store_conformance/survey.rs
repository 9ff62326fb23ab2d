//! What who runs the server sees: all rooms and records of a kind, in pages, and how much there is.

use engine::{ports::Totals, records::Account};

use super::{lists::ids, *};

stories![tokio::test: everything_is_read_page_by_page_from_the_newest_on];

async fn everything_is_read_page_by_page_from_the_newest_on(mut world: impl World) {
    let store = world.open().await;
    assert_eq!(counted(&*store).await, (0, 0, 0));
    let mut rooms = Vec::new();
    for visibility in [Visibility::Public, Visibility::Private, Visibility::Invite] {
        rooms.push(Held::found(&*store, visibility).await.id);
    }
    let mut people = Vec::new();
    for name in ["Ana", "Ben", "Cleo"] {
        let person = Person { id: Entropy.person(), name: name.into(), made_at: WallTime(1) };
        people.push(Record::Person(person.clone()));
        if name == "Ben" {
            let (person, username) = (person.id, name.to_owned());
            let account = Account { person, username, email: None, password: None, made_at: WallTime(1) };
            store.put(vec![Record::Account(account)]).await.unwrap();
        }
    }
    store.put(people.clone()).await.unwrap();

    let store = world.restart(store).await;
    assert_eq!(ids(&store.last_rooms(None, 2).await.unwrap()), [rooms[2], rooms[1]], "whoever may see them");
    assert_eq!(ids(&store.last_rooms(Some(rooms[1]), 2).await.unwrap()), [rooms[0]]);
    let first = store.last_records("person", None, 2).await.unwrap();
    assert_eq!(first, [people[2].clone(), people[1].clone()]);
    let behind = first[1].key().text();
    assert_eq!(store.last_records("person", Some(&behind), 2).await.unwrap(), [people[0].clone()]);
    assert_eq!(store.last_records("nothing", None, 2).await.unwrap(), []);
    assert_eq!(counted(&*store).await, (3, 3, 1));
}

async fn counted(store: &dyn Store) -> (u64, u64, u64) {
    let Totals { rooms, people, accounts, .. } = store.totals().await.unwrap();
    (rooms, people, accounts)
}
