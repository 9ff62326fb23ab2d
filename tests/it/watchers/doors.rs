//! Who is let in, and what is not spoken here.

use reqwest::Method;
use serde_json::json;

use super::client::{Program, first_version};
use crate::world::{BOOTSTRAP_KEY, World};

#[tokio::test]
async fn a_key_is_named_and_its_secret_shown() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    program.makes(first_version("r")).await;
    let secret = program.authorization.clone().unwrap();
    let tries = |key: Option<&str>, authorization: Option<String>| {
        let program = Program { key: key.map(str::to_owned), authorization, ..program.clone() };
        async move { program.get("/external/room/r").await.no() }
    };
    let own = program.key.as_deref();
    let nobody = (404, "Project not found".to_owned());
    assert_eq!(tries(None, None).await, nobody);
    assert_eq!(tries(None, Some(secret.clone())).await, nobody);
    assert_eq!(tries(Some("unknown"), Some(secret.clone())).await, nobody);
    assert_eq!(tries(Some("unknown"), None).await, nobody);
    assert_eq!(tries(own, None).await, (403, "Bearer token is required".to_owned()));
    assert_eq!(tries(own, Some("Basic abc".to_owned())).await, (403, "Bearer token is required".to_owned()));
    assert_eq!(tries(own, Some("Bearer ".to_owned())).await.0, 403);
    assert_eq!(tries(own, Some("Bearer wrong".to_owned())).await, (403, "Bearer token is invalid".to_owned()));
    assert_eq!(tries(Some(""), Some(secret.clone())).await.0, 400);
    // A secret of another key, a session and the configured key open nothing here.
    let other = Program::start(&world).await;
    assert_eq!(tries(own, other.authorization.clone()).await.0, 403);
    let ana = world.person("Ana").await;
    assert_eq!(tries(own, ana.token.map(|token| format!("Bearer {token}"))).await.0, 403);
    assert_eq!(tries(own, Some(format!("Bearer {BOOTSTRAP_KEY}"))).await.0, 403);

    let doubled = Program { authorization: Some(secret.replace("Bearer", "Bearer Bearer")), ..program.clone() };
    doubled.get("/external/room/r").await.is(200);
    let lower = Program { authorization: Some(secret.replace("Bearer", "bearer")), ..program.clone() };
    lower.get("/external/room/r").await.is(200);
}

#[tokio::test]
async fn every_call_asks_for_the_key_before_it_looks_at_the_body() {
    let world = World::start().await;
    let nobody = Program::nobody(&world);
    for (method, path) in [
        (Method::POST, "/external/room"),
        (Method::GET, "/external/room/r"),
        (Method::PATCH, "/external/room/r"),
        (Method::DELETE, "/external/room/r"),
        (Method::POST, "/external/room/speak"),
        (Method::GET, "/external/room/speak"),
        (Method::POST, "/external/room/status"),
        (Method::POST, "/external/ban"),
        (Method::POST, "/external/message/send"),
        (Method::POST, "/user/external/moder"),
        (Method::POST, "/user/external/delete"),
        (Method::GET, "/room/premade"),
    ] {
        let no = nobody.send(method.clone(), path, |request| request.body("{")).await.no();
        assert_eq!(no, (404, "Project not found".to_owned()), "{method} {path}");
    }
    assert_eq!(nobody.get("/room/premade?apiKey=unknown").await.no().0, 404);
    assert_eq!(nobody.get("/room/premade?apiKey=").await.no().0, 400);
}

#[tokio::test]
async fn a_key_that_may_not_is_told_which_scope_it_lacks() {
    let world = World::start().await;
    let reader = Program::with(&world, &["read"]).await;
    assert_eq!(reader.post("/external/room", first_version("r")).await.no().0, 403);
    let rooms = Program::with(&world, &["rooms"]).await;
    rooms.makes(first_version("r")).await;
    for (path, body) in [
        ("/external/message/send", json!({ "userId": "u", "roomId": "r", "text": "hi" })),
        ("/external/ban", json!({ "userId": "u", "value": true, "type": "IN_ROOM", "roomId": "r" })),
        ("/user/external/moder", json!({ "decryptedUserId": "u", "roomId": "r" })),
        ("/user/external/delete", json!({ "userId": "u" })),
    ] {
        let (status, said) = rooms.post(path, body).await.no();
        assert_eq!(status, 403, "{path}");
        assert!(said.contains("act"), "{said}");
    }
}

#[tokio::test]
async fn what_is_not_spoken_here_says_so_and_names_what_is() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    for (method, path) in [
        (Method::GET, "/api/bot/getMe"),
        (Method::POST, "/api/bot/sendMessage"),
        (Method::GET, "/find/some-key?limit=10"),
        (Method::GET, "/socket.io/?EIO=4&transport=websocket"),
    ] {
        let reply = program.send(method, path, |request| request).await;
        let (status, said) = reply.no();
        assert_eq!((status, reply.body["code"].as_str()), (501, Some("not_implemented")), "{path}");
        assert!(said.contains("/api/v1") || said.contains("/external"), "{said}");
    }
    for (method, path) in [
        (Method::PUT, "/external/room"),
        (Method::GET, "/external/room"),
        (Method::GET, "/external/room/"),
        (Method::GET, "/external/room/a/b"),
        (Method::GET, "/external/ban"),
        (Method::POST, "/external/room/r"),
        (Method::POST, "/room/premade"),
        (Method::POST, "/user/external/ban"),
        (Method::GET, "/external/nothing"),
    ] {
        let (status, said) = program.send(method.clone(), path, |request| request).await.no();
        assert_eq!(status, 404, "{method} {path}");
        assert!(said.starts_with(&format!("Cannot {method} ")), "{said}");
    }
}

#[tokio::test]
async fn too_many_calls_are_refused_with_the_time_to_wait() {
    let world = World::start_with(|config| {
        config.limits.calls = onecouch::config::Rate { burst: 60, per_minute: 1 };
    })
    .await;
    let program = Program::start(&world).await;
    program.makes(first_version("r")).await;
    let mut last = program.get("/external/room/r").await;
    for _ in 0..100 {
        if last.status != 200 {
            break;
        }
        last = program.get("/external/room/r").await;
    }
    assert_eq!(last.no().0, 429);
    assert!(last.headers["retry-after"].to_str().unwrap().parse::<u32>().unwrap() > 0);
}
