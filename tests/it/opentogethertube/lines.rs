//! What becomes of open sockets when something happens elsewhere: another name, another person, an end.

use serde_json::json;

use super::{
    client::Client,
    socket_client::{OttSocket, makes_room, world},
};
use crate::viewer::Viewer;

#[tokio::test]
async fn another_name_and_another_person_are_seen_on_open_sockets_at_once() {
    let world = world().await;
    let owner = world.person("Owner").await;
    let view = makes_room(&world, &owner, "lines").await;
    Client::account(&world, "Dora").await;
    let ana = world.person("Ana").await;
    let mut here = OttSocket::join(&world, "lines", &ana).await;
    let mut other = OttSocket::join(&world, "lines", &world.person("Ben").await).await;
    let calls = Client::of(&world, &ana);
    let seen = async |socket: &mut OttSocket, name: &str| {
        let is_it =
            |frame: &serde_json::Value| frame["update"]["kind"] == "update" && frame["update"]["value"]["name"] == name;
        socket.hears(name, is_it).await["update"]["value"].take()
    };

    calls.post("/api/user", json!({ "username": "Anna" })).await.ok();
    for socket in [&mut here, &mut other] {
        assert_eq!(seen(socket, "Anna").await["isLoggedIn"], false);
    }
    // The token stays, and its person is another.
    let login = json!({ "user": "Dora", "password": "a long one for stories" });
    calls.post("/api/user/login", login).await.ok();
    let dora = seen(&mut other, "Dora").await;
    assert_eq!((dora["isLoggedIn"].clone(), dora["id"].as_str().unwrap()), (json!(true), &*here.id));
    here.asks(json!({ "type": 11, "text": "hello" })).await;
    let line = other.hears("a line", |frame| frame["action"] == "chat").await;
    assert_eq!(line["from"]["name"], "Dora");
    assert_eq!(world.engine().rooms.view(view.id).await.unwrap().people(), 2);
}

#[tokio::test]
async fn a_socket_closes_when_its_session_ends_or_its_room_is_unloaded() {
    let world = world().await;
    let owner = world.person("Owner").await;
    let view = makes_room(&world, &owner, "lines").await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let mut gone = OttSocket::join(&world, "lines", &ana).await;
    let mut stays = OttSocket::join(&world, "lines", &ben).await;
    assert_eq!(ana.delete("/api/v1/sessions/current").await.status, 204);
    assert_eq!(gone.is_closed().await.0, 4004);
    stays.hears_user("remove").await;

    let room = ben.get(&format!("/api/v1/rooms/{}", view.id)).await.ok();
    let mut native = Viewer::open(&world, &room, &ben).await;
    Client::operator(&world).delete("/api/room/lines", json!({})).await.ok();
    assert_eq!(stays.is_closed().await.0, 4003);
    assert_eq!(native.says("still here").await["type"], "ack", "what is closed is closed for its clients");
}
