//! When rooms open and close: by themselves within a second, also over a restart, and by hand.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::client::{self, Program, first_version, until};
use crate::world::World;

/// So many milliseconds from now, as the newer version writes it.
fn iso(after: i64) -> String {
    at(after).strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The same to the second, as the first version writes it.
fn naive(after: i64) -> String {
    at(after).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn at(after: i64) -> Timestamp {
    Timestamp::from_millisecond(Timestamp::now().as_millisecond() + after).unwrap()
}

/// A room with hours.
fn with(name: &str, hours: Value) -> Value {
    client::with(first_version(name), hours)
}

/// Waits until a room stands so; says how late it did, measured from an hour.
async fn becomes(world: &World, program: &Program, name: &str, status: &str, hour: &str) -> i64 {
    until(&format!("{name} is {status}"), || async { program.reads(name).await["status"] == status }).await;
    let room = program.native(world, name).await["id"].as_str().unwrap().parse().unwrap();
    let since = world.engine().rooms.view(room).await.unwrap().schedule.since.unwrap();
    since.0 - hour.parse::<Timestamp>().unwrap().as_millisecond()
}

#[tokio::test]
async fn a_room_opens_and_closes_by_itself_within_a_second() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    let (start, end) = (iso(2_500), iso(3_500));
    let made = program.makes(with("event", json!({ "startTime": start, "endTime": end }))).await;
    assert_eq!((&made["status"], &made["startTime"], &made["endTime"]), (&json!("SOON"), &json!(start), &json!(end)));
    for (status, hour) in [("LIVE", &start), ("ENDED", &end)] {
        let late = becomes(&world, &program, "event", status, hour).await;
        assert!((0..1_000).contains(&late), "{status} came {late} ms after its hour");
    }
}

#[tokio::test]
async fn hours_outlive_a_restart_and_those_that_passed_meanwhile_count() {
    let mut world = World::start().await;
    let program = Program::start(&world).await;
    program.makes(with("passed", json!({ "startTime": iso(300), "endTime": iso(600) }))).await;
    program.makes(with("open", json!({ "startTime": iso(300) }))).await;
    program.makes(with("never", json!({ "startTime": iso(86_400_000) }))).await;
    let hour = iso(2_500);
    program.makes(with("soon", json!({ "startTime": hour }))).await;
    world.stop().await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    world.restart().await;
    assert_eq!(program.reads("passed").await["status"], "ENDED");
    assert_eq!(program.reads("open").await["status"], "LIVE");
    assert_eq!(program.reads("never").await["status"], "SOON");
    let late = becomes(&world, &program, "soon", "LIVE", &hour).await;
    assert!((0..1_000).contains(&late), "{late} ms after its hour");
}

#[tokio::test]
async fn a_room_nobody_asks_for_after_a_restart_opens_all_the_same() {
    let mut world = World::start().await;
    let program = Program::start(&world).await;
    let hour = iso(1_500);
    program.makes(with("alone", json!({ "startTime": hour }))).await;
    world.restart().await;
    // Only the list of what is in memory is looked at, so that nobody's question loads the room.
    let opened = || world.engine().rooms.all_awake().iter().any(|view| view.schedule.status.name() == "live");
    until("it opens", || async { opened() }).await;
    let late = Timestamp::now().as_millisecond() - hour.parse::<Timestamp>().unwrap().as_millisecond();
    assert!((0..1_000).contains(&late), "{late} ms after its hour");
}

#[tokio::test]
async fn the_hours_of_both_versions_are_the_same_hours() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    let first = program.makes(with("first", json!({ "startTime": "2124-12-31 05:33:32" }))).await;
    let newest = program.makes(with("newest", json!({ "startTime": "2124-12-31T05:33:32.000Z" }))).await;
    let short = program.makes(with("short", json!({ "startTime": "2124-12-31T05:33:32Z" }))).await;
    for room in [&first, &newest, &short] {
        assert_eq!(room["startTime"], "2124-12-31T05:33:32.000Z");
        assert_eq!(room["status"], "SOON");
    }
}

#[tokio::test]
async fn a_room_is_open_at_once_unless_its_hour_is_still_to_come() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    for (name, hours, status) in [
        ("none", json!({}), "LIVE"),
        ("null", json!({ "startTime": null, "endTime": null }), "LIVE"),
        ("past", json!({ "startTime": "2024-12-31 05:33:32" }), "LIVE"),
        ("over", json!({ "startTime": "2024-12-31 05:33:32", "endTime": naive(-5_000) }), "ENDED"),
        ("ended", json!({ "endTime": "2024-12-31T05:33:32.000Z" }), "ENDED"),
        ("ends", json!({ "endTime": iso(60_000) }), "LIVE"),
    ] {
        let made = program.makes(with(name, hours)).await;
        assert_eq!(made["status"], status, "{name}");
    }
    let same = json!({ "startTime": "2125-01-01 00:00:00", "endTime": "2125-01-01T00:00:00.000Z" });
    program.post("/external/room", with("same", same)).await.is_invalid(&["endTime must be later than startTime"]);
    // With the hour that the room has, where one is said and the other is not.
    program.makes(with("half", json!({ "startTime": "2125-01-01 00:00:00" }))).await;
    let half = with("half", json!({ "endTime": "2124-01-01 00:00:00" }));
    assert_eq!(program.post("/external/room", half).await.no().0, 400);
}

#[tokio::test]
async fn a_status_is_set_from_any_to_any_and_no_timer_takes_it_back() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    program.makes(first_version("r")).await;
    let statuses = ["LIVE", "SOON", "ENDED", "DISABLED", "RECORD"];
    for from in statuses {
        for to in statuses {
            program.sets("r", from).await;
            assert_eq!(program.sets("r", to).await["status"], to, "{from} to {to}");
        }
    }
    for bad in [json!("live"), json!("OPEN"), json!(""), json!(null), json!(1)] {
        program.post("/external/room/status", json!({ "roomId": "r", "status": bad })).await.is_invalid(&["status"]);
    }
    // The sample of the first version's page shows another call's body.
    program.post("/external/room/status", json!({ "roomId": "r", "isSpeak": false })).await.is_invalid(&["status"]);
    let nowhere = json!({ "roomId": "nowhere", "status": "LIVE" });
    assert_eq!(program.post("/external/room/status", nowhere).await.no().0, 404);

    let (start, end) = (iso(1_000), iso(1_400));
    for status in ["DISABLED", "RECORD", "ENDED"] {
        program.makes(with(status, json!({ "startTime": start, "endTime": end }))).await;
        program.sets(status, status).await;
    }
    program.makes(with("opened", json!({ "startTime": start, "endTime": end }))).await;
    program.sets("opened", "LIVE").await;
    becomes(&world, &program, "opened", "ENDED", &end).await;
    for status in ["DISABLED", "RECORD", "ENDED"] {
        assert_eq!(program.reads(status).await["status"], status, "no timer leaves it");
    }
}

#[tokio::test]
async fn announced_again_a_room_waits_for_its_hour_again_if_that_is_to_come() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    let hour = iso(1_500);
    program.makes(with("ahead", json!({ "startTime": hour }))).await;
    assert_eq!(program.sets("ahead", "LIVE").await["status"], "LIVE");
    assert_eq!(program.sets("ahead", "SOON").await["startTime"], hour);
    program.makes(with("past", json!({ "startTime": "2024-12-31 05:33:32" }))).await;
    assert_eq!(program.sets("past", "SOON").await["status"], "SOON");
    let late = becomes(&world, &program, "ahead", "LIVE", &hour).await;
    assert!((0..1_000).contains(&late), "{late}");
    assert_eq!(program.reads("past").await["status"], "SOON", "an hour that has passed opens nothing");
}

#[tokio::test]
async fn a_script_that_is_run_again_does_not_undo_what_was_set_by_hand() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    let body = with("event", json!({ "startTime": "2125-08-14T09:00:00.000Z", "endTime": "2125-08-14T10:00:00.000Z" }));
    program.makes(body.clone()).await;
    program.sets("event", "LIVE").await;
    assert_eq!(program.post("/external/room", body).await.is(200)["status"], "LIVE");
    let later =
        with("event", json!({ "startTime": "2125-08-15T09:00:00.000Z", "endTime": "2125-08-15T10:00:00.000Z" }));
    assert_eq!(program.post("/external/room", later).await.is(200)["status"], "SOON", "another hour is another event");
}

#[tokio::test]
async fn the_list_has_what_is_open_or_comes_by_its_hour() {
    let world = World::start().await;
    let (program, other) = (Program::start(&world).await, Program::start(&world).await);
    other.makes(first_version("another's")).await;
    program.makes(with("third", json!({ "startTime": "2125-02-01T00:00:00Z" }))).await;
    program.makes(with("second", json!({ "startTime": "2125-01-01T00:00:00Z" }))).await;
    program.makes(first_version("first")).await;
    for status in ["ENDED", "DISABLED", "RECORD"] {
        program.makes(first_version(status)).await;
        program.sets(status, status).await;
    }
    let listed = program.lists().await;
    let names: Vec<&str> = listed.iter().map(|room| room["externalRoomId"].as_str().unwrap()).collect();
    assert_eq!(names, ["first", "second", "third"]);
    assert_eq!(listed[1], program.reads("second").await, "the same object as everywhere");
}

#[tokio::test]
async fn a_hidden_room_lets_nobody_in_and_one_with_a_recording_does() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    program.makes(first_version("r")).await;
    let id = program.native(&world, "r").await["id"].as_str().unwrap().to_owned();
    let ana = world.person("Ana").await;
    let path = format!("/api/v1/rooms/{id}");
    ana.get(&path).await.ok();
    program.sets("r", "DISABLED").await;
    assert_eq!(ana.get(&path).await.no(), (403, "room_closed".to_owned()));
    program.sets("r", "RECORD").await;
    assert_eq!(ana.get(&path).await.ok()["schedule"]["status"], "record");
}
