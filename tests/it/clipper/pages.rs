//! The page at an invite's address.

use reqwest::{Method, header};
use serde_json::json;

use super::client::{Client, Reply, room};
use crate::world::World;

/// What is at an address, without following where it leads.
async fn at(client: &Client, path: &str) -> Reply {
    client.send(Method::GET, path, |request| request.header(header::ACCEPT, "text/html")).await
}

/// Where it leads.
async fn leads(client: &Client, path: &str) -> String {
    let reply = at(client, path).await;
    assert_eq!(reply.status, 307, "{path}: {}", reply.text);
    reply.headers[header::LOCATION].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_address_that_a_party_is_handed_on_by_leads_to_where_one_joins() {
    let world = World::start().await;
    let (ana, nobody) = (Client::guest(&world, "Ana").await, Client::nobody(&world));
    for visibility in ["private", "public", "friends", "invite"] {
        let made = ana.makes_with(json!({ "visibility": visibility, "password": "popcorn" })).await;
        let (id, code) = (made["id"].as_str().unwrap(), made["invite_code"].as_str().unwrap());
        let url = made["invite_url"].as_str().unwrap();
        let path = &url[url.find("/watch-parties/").unwrap()..];
        let join = format!("/j/{}", room(&world, id).await.invite);
        for path in [path, &format!("/watch-parties/{}", code.to_lowercase()), &format!("/watch-parties{}", &join[2..])]
        {
            assert_eq!(leads(&nobody, path).await, join, "{visibility} {path}");
        }
        let page = at(&nobody, &join).await;
        assert!(page.status == 200 && page.text.contains("Friday Night Gaming"), "{visibility}");
        assert_eq!(leads(&nobody, &format!("/watch-parties/{id}")).await, format!("/r/{id}"));
        assert_eq!(ana.reads(id).await["active_participant_count"], 1, "a look lets nobody in");
    }
}

#[tokio::test]
async fn into_a_private_room_the_link_alone_leads() {
    let world = World::start().await;
    let (ana, nobody) = (Client::guest(&world, "Ana").await, Client::nobody(&world));
    for password in [json!(null), json!("popcorn")] {
        let body = json!({ "title": "Hideout", "visibility": "private", "password": password });
        let hideout = ana.native().post("/api/v1/rooms", body).await.created();
        let (code, token) = (hideout["code"].as_str().unwrap(), hideout["invite"].as_str().unwrap());
        assert_eq!(at(&nobody, &format!("/watch-parties/{code}")).await.status, 404);
        assert_eq!(leads(&nobody, &format!("/watch-parties/{token}")).await, format!("/j/{token}"));
        // One more link that was made for somebody leads as itself.
        let path = format!("/api/v1/rooms/{}/invites", hideout["id"].as_str().unwrap());
        let one_more = ana.native().post(&path, json!({ "note": "for Ben" })).await.created();
        let token = one_more["token"].as_str().unwrap();
        assert_eq!(leads(&nobody, &format!("/watch-parties/{token}")).await, format!("/j/{token}"));
    }
}

#[tokio::test]
async fn a_code_that_opens_nothing_leads_to_the_page_that_says_so() {
    let world = World::start().await;
    let nobody = Client::nobody(&world);
    for wrong in ["ZZZZZZ", "abc", "0123456789abcdef", "%20", "%FF", "..%2F..", "%22%3E%3Cscript%3E"] {
        let page = at(&nobody, &format!("/watch-parties/{wrong}")).await;
        let kind = page.headers[header::CONTENT_TYPE].to_str().unwrap();
        assert_eq!((page.status, kind), (404, "text/html; charset=utf-8"), "{wrong}");
        assert!(!page.text.contains("\"><script>"), "{wrong}");
    }
}
