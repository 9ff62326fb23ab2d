//! Rooms: made, read, changed, deleted.

use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Program, first_version, newest_version};
use crate::world::World;

#[tokio::test]
async fn a_room_of_the_newest_version_is_told_with_every_key() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    let mut made = program.makes(newest_version("liveevent123")).await;
    let id = made["id"].as_u64().unwrap();
    assert!((1..1 << 31).contains(&id), "{id}");
    let at = made["createdAt"].as_str().unwrap().to_owned();
    assert!(at.ends_with('Z') && at.len() == 24, "{at}");
    made["id"] = json!(671);
    made["createdAt"] = json!("then");
    let pic = "https://cdn.example.com/rooms/123.png";
    let expected = json!({
        "id": 671, "externalRoomId": "liveevent123", "roomId": "liveevent123", "status": "SOON",
        "name": "Live Conference", "about": "Annual keynote", "isSpeak": true, "autoRecord": false,
        "pic": pic, "pic96": pic, "pic128": pic, "pic800": pic, "isCreatedByAdmin": true,
        "startTime": "2125-08-14T09:00:00.000Z", "endTime": "2125-08-14T10:00:00.000Z", "createdAt": "then",
        "isSlowmode": false, "slowmodeDelayMS": 0, "record": null,
        "streamUrl": "https://player.vimeo.com/video/12345678",
        "sourceUrl": "rtmp://origin.example.com/live/abc", "embedUrl": null,
        "streamStartTime": "2125-08-14T09:02:15.000Z", "streamEndTime": "2125-08-14T09:58:44.000Z",
        "enableModeration": false, "enableAntimat": false, "videoPosition": "top",
    });
    assert_eq!(made, expected);
    assert_eq!(program.reads("liveevent123").await["id"], id, "a room keeps its number");
}

#[tokio::test]
async fn a_room_of_the_first_version_is_made_of_four_fields() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    let made = program.makes(first_version("321textroom321")).await;
    assert_eq!(made["status"], "LIVE");
    assert_eq!(
        (&made["name"], &made["about"], &made["isSpeak"]),
        (&json!("Test text room"), &json!("Some text"), &json!(false))
    );
    for nothing in ["pic", "startTime", "endTime", "streamUrl", "sourceUrl", "embedUrl", "streamStartTime", "record"] {
        assert_eq!(made[nothing], Value::Null, "{nothing}");
        assert!(made.as_object().unwrap().contains_key(nothing), "{nothing}");
    }
}

#[tokio::test]
async fn the_same_script_run_again_brings_the_room_up_to_date_and_makes_no_other() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    let first = program.makes(newest_version("event")).await;
    let mut again = newest_version("event");
    again["name"] = json!("Another name");
    again["isSpeak"] = json!("0");
    again.as_object_mut().unwrap().remove("sourceUrl");
    let second = program.post("/external/room", again).await.is(200);
    assert_eq!(second["id"], first["id"]);
    assert_eq!((&second["name"], &second["isSpeak"]), (&json!("Another name"), &json!(false)));
    assert_eq!(second["sourceUrl"], first["sourceUrl"], "what is not said stays");
    let third =
        program.post("/external/room", json!({ "roomId": "event", "name": "N", "about": "", "sourceUrl": null }));
    let third = third.await.is(200);
    assert_eq!((&third["sourceUrl"], &third["about"]), (&Value::Null, &Value::Null));
    assert_eq!(third["isSpeak"], false, "not said, not changed");
}

#[tokio::test]
async fn two_who_make_the_same_room_at_once_have_one_room() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    let tries = (0..8).map(|_| program.post("/external/room", first_version("race")));
    let replies = futures_util::future::join_all(tries).await;
    let made = replies.iter().filter(|reply| reply.status == 201).count();
    assert_eq!(made, 1, "{replies:?}");
    let ids: Vec<&Value> = replies.iter().map(|reply| &reply.body["id"]).collect();
    assert!(ids.iter().all(|id| *id == ids[0] && id.is_u64()), "{ids:?}");
    assert_eq!(program.lists().await.len(), 1);
}

#[tokio::test]
async fn what_is_missing_or_of_another_kind_is_named() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    let tries: [(Value, &[&str]); 14] = [
        (json!({}), &["roomId should not be empty", "roomId must be a string", "name", "about"]),
        (json!({ "roomId": "", "name": "n", "about": "a" }), &["roomId should not be empty"]),
        (json!({ "roomId": 7, "name": "n", "about": "a" }), &["roomId must be a string"]),
        (
            json!({ "roomId": "x".repeat(256), "name": "n", "about": "a" }),
            &["roomId must be shorter than or equal to 255"],
        ),
        (json!({ "roomId": "a\u{0}b", "name": "n", "about": "a" }), &["roomId must not contain control characters"]),
        (json!({ "roomId": "r", "name": "", "about": "a" }), &["name should not be empty"]),
        (json!({ "roomId": "r", "name": "n".repeat(256), "about": "a" }), &["name must be shorter"]),
        (json!({ "roomId": "r", "name": "n", "about": null }), &["about must be a string"]),
        (json!({ "roomId": "r", "name": "n", "about": "a", "isSpeak": "yes" }), &["isSpeak must be a boolean"]),
        (
            json!({ "roomId": "r", "name": "n", "about": "a", "startTime": "soon" }),
            &["startTime must be a valid ISO 8601"],
        ),
        (json!({ "roomId": "r", "name": "n", "about": "a", "endTime": 1_755_162_000 }), &["endTime must be a valid"]),
        (
            json!({ "roomId": "r", "name": "n", "about": "a", "pic": "data:image/png;base64,AA" }),
            &["pic must be a URL"],
        ),
        (json!({ "roomId": "r", "name": "n", "about": "a", "streamUrl": 5 }), &["streamUrl must be a string"]),
        (
            json!({ "roomId": "r", "name": "n", "about": "a",
                "streamStartTime": "2125-01-01T00:00:00Z", "streamEndTime": "2125-01-01T00:00:00Z" }),
            &["streamEndTime must be later"],
        ),
    ];
    for (body, fields) in tries {
        program.post("/external/room", body).await.is_invalid(fields);
    }
    let not_json =
        |request: reqwest::RequestBuilder| request.header("content-type", "application/json").body("{\"a\":");
    assert_eq!(program.send(Method::POST, "/external/room", not_json).await.no().0, 400);
    assert_eq!(program.post("/external/room", json!(["a"])).await.no().0, 400);
    let large = json!({ "roomId": "r", "name": "n", "about": "x".repeat(200_000) });
    assert_eq!(program.post("/external/room", large).await.no().0, 413);
    assert!(program.lists().await.is_empty(), "nothing was made");
}

#[tokio::test]
async fn a_form_is_as_good_as_json() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    let form = [("roomId", "form"), ("name", "A form"), ("about", ""), ("isSpeak", "1")];
    let made = program.send(Method::POST, "/external/room", |request| request.form(&form)).await.is(201);
    assert_eq!((&made["name"], &made["isSpeak"]), (&json!("A form"), &json!(true)));
}

#[tokio::test]
async fn asking_for_a_room_makes_it_once() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    let made = program.reads("fromnowhere").await;
    assert_eq!((&made["status"], &made["externalRoomId"]), (&json!("LIVE"), &json!("fromnowhere")));
    assert!(!made["name"].as_str().unwrap().is_empty(), "it has the project's default name");
    assert_eq!(program.reads("fromnowhere").await["id"], made["id"]);
    let reader = Program::with(&world, &["read"]).await;
    assert_eq!(reader.get("/external/room/other").await.no().0, 403, "a key that only reads makes nothing");
    assert!(reader.lists().await.is_empty());
}

#[tokio::test]
async fn names_of_rooms_are_any_text_and_belong_to_their_key() {
    let world = World::start().await;
    let (one, other) = (Program::start(&world).await, Program::start(&world).await);
    for name in ["комната №7", "a/b?c#d%20", "空 room", "speak", "status", "premade", "x", "{}:'\""] {
        let made = one.makes(first_version(name)).await;
        assert_eq!(made["externalRoomId"], name);
        let path = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC).to_string();
        assert_eq!(one.reads(&path).await["id"], made["id"], "{name}");
        assert_ne!(other.reads(&path).await["id"], made["id"], "{name} is another's too");
    }
    let long = "я".repeat(255);
    one.makes(first_version(&long)).await;
    assert_eq!(one.get(&format!("/external/room/{}", "x".repeat(256))).await.no().0, 400);
    assert_eq!(one.get("/external/room/%FF").await.no().0, 400);
}

#[tokio::test]
async fn rooms_that_are_called_as_calls_are_have_all_calls_of_their_own() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    for name in ["speak", "status"] {
        let made = program.reads(name).await;
        assert_eq!(program.patch(name, json!({ "name": "Mine" })).await.is(200)["name"], "Mine");
        let spoken = program.post("/external/room/speak", json!({ "roomId": name, "isSpeak": true })).await.is(201);
        assert_eq!((&spoken["id"], &spoken["isSpeak"]), (&made["id"], &json!(true)));
        assert_eq!(program.sets(name, "ENDED").await["status"], "ENDED");
        assert_eq!(program.delete(name).await.is(200)["id"], made["id"]);
    }
}

#[tokio::test]
async fn a_change_keeps_what_it_does_not_say_and_null_clears_three_fields() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    let made = program.makes(newest_version("event")).await;
    let changed = program.patch("event", json!({
        "name": "Updated Room Name", "about": "New description", "streamUrl": "https://player.vimeo.com/video/99999999",
        "enableModeration": true, "enableAntimat": true, "videoPosition": "left",
        "roomId": "other", "status": "ENDED", "startTime": "2126-01-01T00:00:00Z", "isSpeak": false,
    }));
    let mut expected = made.clone();
    expected["name"] = json!("Updated Room Name");
    expected["about"] = json!("New description");
    expected["streamUrl"] = json!("https://player.vimeo.com/video/99999999");
    expected["enableModeration"] = json!(true);
    expected["enableAntimat"] = json!(true);
    expected["videoPosition"] = json!("left");
    assert_eq!(changed.await.is(200), expected, "what cannot be changed here is passed over");
    assert_eq!(program.patch("event", json!({})).await.is(200), expected);

    let clear = json!({ "sourceUrl": null, "streamStartTime": null, "streamEndTime": null });
    let cleared = program.patch("event", clear).await.is(200);
    for nothing in ["sourceUrl", "embedUrl", "streamStartTime", "streamEndTime"] {
        assert_eq!(cleared[nothing], Value::Null, "{nothing}");
    }
    for stays in ["name", "about", "pic", "streamUrl"] {
        program.patch("event", json!({ stays: null })).await.is_invalid(&[stays]);
    }
    for flag in ["enableModeration", "enableAntimat"] {
        program.patch("event", json!({ flag: "true" })).await.is_invalid(&[flag]);
    }
    program.patch("event", json!({ "videoPosition": "x".repeat(33) })).await.is_invalid(&["videoPosition"]);
    program.patch("event", json!({ "name": " " })).await.is_invalid(&[]);
    program
        .patch("event", json!({ "streamEndTime": "2125-01-01T00:00:00Z", "streamStartTime": "2125-01-02T00:00:00Z" }))
        .await
        .is_invalid(&["streamEndTime"]);
    program.patch("event", json!({ "streamStartTime": "2125-01-02T00:00:00Z" })).await.is(200);
    program.patch("event", json!({ "streamEndTime": "2125-01-01 00:00:00" })).await.is_invalid(&["streamEndTime"]);
    assert_eq!(program.patch("nowhere", json!({ "name": "n" })).await.no().0, 404);
    assert_eq!(program.patch("event", json!({ "pic": "" })).await.is(200)["pic"], Value::Null);
}

#[tokio::test]
async fn voice_is_switched_by_every_published_form() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    program.makes(first_version("r")).await;
    for (form, voice) in [
        (json!(true), true),
        (json!(false), false),
        (json!("true"), true),
        (json!("0"), false),
        (json!("1"), true),
        (json!("false"), false),
        (json!(1), true),
        (json!(null), false),
    ] {
        let told = program.post("/external/room/speak", json!({ "roomId": "r", "isSpeak": form })).await.is(201);
        assert_eq!(told["isSpeak"], voice, "{form}");
    }
    program.post("/external/room/speak", json!({ "roomId": "r", "isSpeak": "maybe" })).await.is_invalid(&["isSpeak"]);
    program.post("/external/room/speak", json!({ "roomId": "r" })).await.is_invalid(&["isSpeak"]);
    program.post("/external/room/speak", json!({ "isSpeak": true })).await.is_invalid(&["roomId"]);
    let nowhere = json!({ "roomId": "nowhere", "isSpeak": true });
    assert_eq!(program.post("/external/room/speak", nowhere).await.no().0, 404);
}

#[tokio::test]
async fn a_page_of_a_platform_is_told_as_its_frame() {
    let world =
        World::start_with(|config| config.http.public_url = Some("https://couch.example".parse().unwrap())).await;
    let program = Program::start(&world).await;
    program.makes(first_version("r")).await;
    for (page, frame) in [
        ("https://youtu.be/eRsGyueVLvQ?t=1m30s", Some("https://www.youtube.com/embed/eRsGyueVLvQ?start=90")),
        ("https://www.twitch.tv/somebody", Some("https://player.twitch.tv/?channel=somebody&parent=couch.example")),
        ("kick.com/some-body", Some("https://player.kick.com/some-body")),
        ("https://vimeo.com/22439234/0ab1c2d3e4", Some("https://player.vimeo.com/video/22439234?h=0ab1c2d3e4")),
        (
            "https://www.facebook.com/reel/1",
            Some(
                "https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fwww.facebook.com%2Freel%2F1&show_text=false",
            ),
        ),
        ("https://cdn.example.com/film.m3u8", None),
        ("rtmp://origin.example.com/live/abc", None),
        ("not a link at all", None),
    ] {
        let told = program.patch("r", json!({ "sourceUrl": page })).await.is(200);
        assert_eq!((told["sourceUrl"].as_str(), told["embedUrl"].as_str()), (Some(page), frame), "{page}");
    }
    let native = program.patch("r", json!({ "sourceUrl": "https://youtu.be/eRsGyueVLvQ" })).await;
    assert_eq!(native.status, 200);
    assert_eq!(program.native(&world, "r").await["embed_url"], "https://www.youtube.com/embed/eRsGyueVLvQ");
}

#[tokio::test]
async fn a_room_that_is_deleted_is_told_once_more_and_its_name_is_free() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    let made = program.makes(first_version("r")).await;
    assert_eq!(program.delete("r").await.is(200), made);
    assert_eq!(program.delete("r").await.no().0, 404);
    assert_eq!(program.patch("r", json!({})).await.no().0, 404);
    let again = program.makes(first_version("r")).await;
    assert_ne!(again["id"], made["id"]);
}

#[tokio::test]
async fn rooms_outlive_a_restart_under_their_names_and_numbers() {
    let mut world = World::start().await;
    let program = Program::start(&world).await;
    let made = program.makes(newest_version("event")).await;
    world.restart().await;
    assert_eq!(program.reads("event").await, made);
    assert_eq!(program.lists().await, [made]);
}
