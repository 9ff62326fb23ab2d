//! A client of OpenTogetherTube's socket on the same couch.

use super::*;
use crate::opentogethertube::socket_client::{OttSocket, fields, number};

#[tokio::test]
async fn a_client_of_opentogethertube_sees_and_is_seen_everywhere() {
    let mut couch = Couch::with_a_film_that_stands().await;
    // A room that was made elsewhere is called by its identity.
    let name = couch.room["id"].as_str().unwrap().to_owned();
    let mut client = OttSocket::join(&couch.world, &name, &couch.program).await;
    assert_eq!((&client.room()["isPlaying"], &client.room()["name"]), (&json!(false), &json!(name)));

    couch.telegram.hears(&couch.chat, &BORIS, "/seek 0:17").await;
    let sought = client.hears_event(4).await;
    assert_eq!((&sought["user"]["name"], number(&sought["request"]["value"])), (&json!("Boris"), 17.0));
    let there = client.hears_sync("playbackPosition").await;
    assert_eq!((fields(&there), number(&there["playbackPosition"])), (vec!["playbackPosition"], 17.0));
    couch.all_see_it_stand_at(17, "Boris", "telegram").await;

    client.asks(json!({ "type": 4, "value": 18 })).await;
    couch.all_see_it_stand_at(18, "bootstrap", "opentogethertube").await;

    // A vote is one vote, wherever it is given and looked at.
    let on = Command::Change(Box::new(Changes { vote_skip: Some(true), ..Changes::default() }));
    let room = name.parse().unwrap();
    couch.world.engine().rooms.command(room, engine::room::hand(), on).await.unwrap();
    client.hears_sync("enableVoteSkip").await;
    client.asks(json!({ "type": 3 })).await;
    let votes = client.hears_sync("votesToSkip").await["votesToSkip"].clone();
    assert!(votes.as_array().unwrap().contains(&json!(client.id)), "{votes}");
    let counts = |card: &fake_discord::Message| card.labels().iter().any(|label| label.starts_with("Skip, 1 of "));
    couch.discord.card_in(FILM_CLUB, counts).await;
    client.asks(json!({ "type": 3 })).await;
    assert_eq!(client.hears_sync("votesToSkip").await["votesToSkip"], json!([]));
    couch.ends().await;
}
