//! Accounts: what they are known by, their rooms, and passwords that were forgotten.

use onecouch::config::{Config, Secret};
use serde_json::{Value, json};

use super::{
    auth::{Grants, good, named},
    people::{PASSWORD, registered},
};
use crate::{
    fake_mail::FakeMail,
    viewer::Viewer,
    world::{Caller, World},
};

#[tokio::test]
async fn an_account_is_read_and_changed_by_whom_it_belongs_to() {
    let world = World::start().await;
    let ana = registered(&world, "Ana").await;
    registered(&world, "Ben").await;
    let account = good(ana.get("/api/user/account").await);
    let told = json!({ "username": "Ana", "email": "Ana@example.com", "discordLinked": false, "hasPassword": true });
    assert_eq!(account["data"], told);
    let change = async |body: Value| ana.patch("/api/user/account", body).await;
    for (body, name) in [
        (json!({}), "ValidationError"),
        (json!({ "currentPassword": PASSWORD }), "ValidationError"),
        (json!({ "email": 7 }), "ValidationError"),
        (json!({ "email": "nowhere", "currentPassword": PASSWORD }), "ValidationError"),
        (json!({ "email": "a@example.org" }), "CurrentPasswordRequired"),
        (json!({ "email": "a@example.org", "currentPassword": "" }), "CurrentPasswordRequired"),
        (json!({ "email": "a@example.org", "currentPassword": "wrong" }), "InvalidPassword"),
        (json!({ "newPassword": "weak", "currentPassword": PASSWORD }), "Error"),
        (json!({ "email": "ben@example.com", "currentPassword": PASSWORD }), "AlreadyInUse"),
    ] {
        let answer = change(body.clone()).await;
        assert_eq!(named(&answer), (400, name.to_owned()), "{body}");
        if name == "AlreadyInUse" {
            assert_eq!(answer.body["error"]["fields"], json!(["email"]));
        }
    }
    good(change(json!({ "email": "a@example.org", "newPassword": "Brand-new 2", "currentPassword": PASSWORD })).await);
    assert_eq!(good(ana.get("/api/user/account").await)["email"], "a@example.org");
    let elsewhere = world.comes().await;
    good(elsewhere.post("/api/user/login", json!({ "user": "a@example.org", "password": "Brand-new 2" })).await);
    // A guest has none of it.
    let guest = world.comes().await;
    for answer in [
        guest.get("/api/user/account").await,
        guest.patch("/api/user/account", json!({ "email": "x@example.com" })).await,
        guest.delete("/api/user/account/discord").await,
        guest.get("/api/user/owned-rooms").await,
    ] {
        assert_eq!(named(&answer), (401, "Unauthorized".into()));
    }
    assert_eq!(named(&ana.delete("/api/user/account/discord").await), (400, "DiscordNotLinked".into()));
}

#[tokio::test]
async fn ones_own_rooms_are_those_that_stay() {
    let world = World::start().await;
    let ana = registered(&world, "Ana").await;
    assert_eq!(ana.get("/api/user/owned-rooms").await.body, json!({ "success": true, "data": [] }));
    let room = ana.makes_room("Film club").await;
    let id = room["id"].as_str().unwrap();
    let brief = ana.makes_room("For an hour").await;
    let path = format!("/api/v1/rooms/{}", brief["id"].as_str().unwrap());
    ana.patch(&path, json!({ "expires_after_ms": 3_600_000 })).await.ok();
    world.person("Ben").await.makes_room("Not hers").await;
    let _viewer = Viewer::open(&world, &room, &ana).await;
    let told = ana.get("/api/user/owned-rooms").await.body;
    let entry = json!({
        "name": id, "title": "Film club", "description": "", "isTemporary": false, "visibility": "private",
        "queueMode": "manual", "currentSource": null, "users": 0,
    });
    assert_eq!(told, json!({ "success": true, "data": [entry] }));
}

fn with_mail(mail: &FakeMail) -> impl FnOnce(&mut Config) + use<> {
    let url = Secret::new(mail.url());
    |config| {
        config.mail.smtp_url = Some(url);
        config.mail.from = Some("couch@example.com".to_owned());
    }
}

async fn recovers(caller: &Caller, key: &str, password: &str) -> crate::world::Answer {
    caller.post("/api/user/recover/verify", json!({ "verifyKey": key, "newPassword": password })).await
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew_by_a_mail_that_tells_nobody_else() {
    let mut mail = FakeMail::start().await;
    let world = World::start_with(with_mail(&mail)).await;
    let ana = registered(&world, "Ana").await;
    let no_mail = json!({ "username": "Quiet", "password": PASSWORD });
    assert_eq!(world.comes().await.post("/api/user/register", no_mail).await.status, 201);
    let guest = world.comes().await;
    let start = async |body: Value| guest.post("/api/user/recover/start", body).await;
    for body in [json!({}), json!({ "email": 7 }), json!({ "email": "" })] {
        assert_eq!(named(&start(body).await), (400, "ZodValidationError".into()));
    }
    // Who is not here, and who has no address, hears the same as who is and has.
    for body in
        [json!({ "username": "Nobody" }), json!({ "email": "nobody@example.com" }), json!({ "username": "Quiet" })]
    {
        good(start(body).await);
    }
    good(start(json!({ "email": "ana@example.com" })).await);
    let letter = mail.next().await;
    assert_eq!(letter.to, "<Ana@example.com>");
    assert!(mail.is_empty(), "only to whom it is for");
    let key = letter.text.split("/recover#").nth(1).unwrap();
    let key: String = key.chars().take_while(char::is_ascii_alphanumeric).collect();
    assert_eq!(key.len(), 64);
    // Its own address of the page leads to ours.
    let quiet = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let page = quiet.get(world.url(&format!("/passwordreset?verifyKey={key}"))).send().await.unwrap();
    assert_eq!(
        (page.status().as_u16(), page.headers()["location"].to_str().unwrap()),
        (302, &*format!("/recover#{key}"))
    );
    assert_eq!(world.nobody().get("/recover").await.status, 200);
    let odd = quiet.get(world.url("/passwordreset?verifyKey=%0d%0ax:%20y//e")).send().await.unwrap();
    assert_eq!(odd.headers()["location"], "/recover#xye");

    assert_eq!(named(&recovers(&guest, &"0".repeat(64), "Brand-new 2").await), (400, "InvalidVerifyKey".into()));
    assert_eq!(named(&recovers(&guest, &key, "weak").await), (400, "Error".into()));
    assert_eq!(named(&guest.post("/api/user/recover/verify", json!({})).await), (400, "ZodValidationError".into()));
    good(recovers(&guest, &key, "Brand-new 2").await);
    assert_eq!(guest.get("/api/user").await.body["username"], "Ana", "logged in by the token that they had");
    assert_eq!(named(&ana.get("/api/user").await), (401, "MissingToken".into()), "all other sessions end");
    assert_eq!(named(&recovers(&guest, &key, "Brand-new 3").await), (400, "InvalidVerifyKey".into()), "once");
    let again = world.comes().await;
    good(again.post("/api/user/login", json!({ "user": "Ana", "password": "Brand-new 2" })).await);
}

#[tokio::test]
async fn without_mail_nobody_is_told_that_one_is_on_its_way() {
    let world = World::start().await;
    let guest = world.comes().await;
    let start = guest.post("/api/user/recover/start", json!({ "username": "Ana" })).await;
    assert_eq!(named(&start), (400, "FeatureDisabledException".into()));
}
