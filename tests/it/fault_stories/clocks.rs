//! The wall clock jumps: no film does, and what is good for a time is over when that time is.

use std::time::Duration;

use serde_json::json;

use super::{faults, faulty};
use crate::{
    fake_web::FakeWeb,
    process::Process,
    viewer::Viewer,
    world::{Caller, in_room},
};

#[tokio::test]
async fn an_hour_forwards_or_back_moves_no_film_and_still_ends_what_is_good_for_a_time() {
    let Some(library) = faults() else { return };
    let (place, web) = (tempfile::tempdir().unwrap(), FakeWeb::start().await);
    let clock = place.path().join("clock");
    std::fs::write(&clock, "0").unwrap();
    let settings = [("FAULTS_CLOCK", clock.display().to_string())];
    let process = Process::start_as(faulty(&library, &settings), place.path(), &web).await.unwrap();
    let nobody = Caller::new(&process.url, None);
    let session = nobody.post("/api/v1/sessions", json!({ "name": "Ana" })).await.created();
    let ana = Caller::new(&process.url, session["token"].as_str().map(str::to_owned));
    let body = json!({ "title": "Clock", "url": web.url("/files/demo.mp4") });
    let room = ana.post("/api/v1/rooms", body).await.created();
    let mut viewer = Viewer::connect_to(&format!("{}{}", process.url.replacen("http", "ws", 1), in_room(&room, "/ws")))
        .await
        .unwrap();
    viewer.sends(json!({ "type": "hello", "token": ana.token })).await;
    viewer.hears_any("a greeting", |frame| frame["type"] == "welcome").await;
    ana.post(&in_room(&room, "/playback/play"), json!({})).await.ok();
    // It starts a little in the future, so that all begin together.
    tokio::time::sleep(Duration::from_millis(1_500)).await;

    let position = async || {
        let from = tokio::time::Instant::now();
        let playback = ana.get(&in_room(&room, "/playback")).await.ok();
        assert_eq!(playback["playing"], true);
        (playback["now_ms"].as_i64().unwrap(), from)
    };
    let code = async || ana.post("/api/v1/people/me/link-codes", json!({})).await.created()["code"].clone();
    let links = async |code: &serde_json::Value| {
        let session = nobody.post("/api/v1/sessions", json!({ "name": "Ana too" })).await.created();
        let other = Caller::new(&process.url, session["token"].as_str().map(str::to_owned));
        other.post("/api/v1/people/me/link", json!({ "code": code })).await
    };
    for (hour, jump) in [(1, "3600"), (0, "0"), (-1, "-3600"), (0, "0")] {
        let old = code().await;
        let (before, at) = position().await;
        std::fs::write(&clock, jump).unwrap();
        viewer.sends(json!({ "type": "ping", "c": 1 })).await;
        viewer.hears_any("a pong", |frame| frame["type"] == "pong").await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        let (after, then) = position().await;
        let moved = after - before - i64::try_from((then - at).as_millis()).unwrap();
        assert!(moved.abs() < 1_000, "at hour {hour} the film moved by {moved} ms");
        assert_eq!(viewer.says(&format!("it is {hour} now")).await["type"], "ack");
        if hour == 1 {
            // The code is good for minutes, and an hour has passed on the wall.
            assert_eq!(links(&old).await.no(), (404, "no_such_link_code".to_owned()));
        }
    }
    let fresh = code().await;
    links(&fresh).await.ok();
    process.dies().await;
}
