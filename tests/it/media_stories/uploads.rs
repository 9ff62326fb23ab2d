//! Bringing films: piece by piece, within what there is room for, and nothing but films.

use std::fs;

use engine::records::Scope;
use onecouch::config::Config;
use serde_json::{Value, json};

use super::{brings, cinema, fetch, names};
use crate::{
    fake_web::{FILM, SONG},
    viewer::Viewer,
    world::{Answer, Caller, World, in_room},
};

fn open_dock(config: &mut Config) {
    config.media.uploads = true;
    config.media.keep_free_mb = 0;
}

/// Somebody with an account, and a room of theirs.
async fn host(world: &World, name: &str) -> (Caller, Value) {
    let host = world.person(name).await;
    host.post("/api/v1/accounts", json!({ "username": name, "password": "a long password" })).await.created();
    let room = host.makes_room("Cinema").await;
    (host, room)
}

async fn begins(who: &Caller, room: &Value, name: &str, bytes: usize) -> Answer {
    who.post(&in_room(room, "/uploads"), json!({ "name": name, "bytes": bytes })).await
}

#[tokio::test]
async fn a_film_comes_in_pieces_and_goes_on_after_a_restart_where_it_broke_off() {
    let (mut world, dir) = cinema(open_dock).await;
    let (ana, room) = host(&world, "Ana").await;
    let upload = begins(&ana, &room, "Holiday: 2026.MP4", FILM.len()).await.created();
    assert_eq!(
        (&upload["name"], &upload["offset"], &upload["file"]),
        (&json!("Holiday 2026.mp4"), &json!(0), &Value::Null)
    );
    let half = FILM.len() / 2;
    let told = brings(&ana, &upload, 0, &FILM[..half]).await.ok();
    assert_eq!((&told["offset"], &told["file"]), (&json!(half), &Value::Null));
    assert_eq!(brings(&ana, &upload, 0, &FILM[..half]).await.no(), (409, "wrong_offset".to_owned()));
    assert_eq!(names(&dir.path().join("uploads")), Vec::<String>::new(), "a part is no film");

    world.restart().await;
    let path = format!("/api/v1/media/uploads/{}", upload["id"].as_str().unwrap());
    assert_eq!(ana.get(&path).await.ok()["offset"], half);
    let file = brings(&ana, &upload, half, &FILM[half..]).await.ok()["file"].clone();
    assert_eq!((&file["title"], &file["duration_ms"]), (&json!("Holiday 2026"), &json!(12_000)));
    assert_eq!(file["uploaded"]["name"], "Ana");
    assert_eq!(names(&dir.path().join("uploads")), ["Holiday 2026.mp4"]);
    assert!(!names(&dir.path().join(".parts")).contains(&upload["id"].as_str().unwrap().to_owned()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(dir.path().join("uploads/Holiday 2026.mp4")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o644, "never a program");
    }
    let served = fetch(&world, "/media/files/uploads/Holiday%202026.mp4", &[]).await;
    assert_eq!((served.status, served.body.as_slice()), (200, FILM));
    let added = ana.post(&in_room(&room, "/queue"), json!({ "url": file["url"] })).await.created();
    assert_eq!(added["item"]["title"], "Holiday 2026");

    // The same name again stands beside it; who brought it deletes it, and nobody else.
    let again = begins(&ana, &room, "Holiday 2026.mp4", FILM.len()).await.created();
    let again = brings(&ana, &again, 0, FILM).await.ok();
    assert_eq!(again["file"]["path"], "uploads/Holiday 2026 2.mp4");
    let (ben, _) = host(&world, "Ben").await;
    assert_eq!(ben.delete(&path).await.no(), (404, "no_such_upload".to_owned()));
    assert_eq!(ana.delete(&path).await.status, 204);
    assert_eq!(names(&dir.path().join("uploads")), ["Holiday 2026 2.mp4"]);
    assert_eq!(fetch(&world, "/media/files/uploads/Holiday%202026.mp4", &[]).await.status, 404);
    let mine = ana.get("/api/v1/media/uploads").await.ok();
    assert_eq!((&mine["used_bytes"], &mine["on"]), (&json!(FILM.len()), &json!(true)));
}

#[tokio::test]
async fn who_brought_a_film_is_told_to_them_and_to_who_runs_the_server() {
    let (world, _dir) = cinema(open_dock).await;
    let (ana, room) = host(&world, "Ana").await;
    let upload = begins(&ana, &room, "Holiday.mp4", FILM.len()).await.created();
    let url = brings(&ana, &upload, 0, FILM).await.ok()["file"]["url"].clone();
    let ben = world.person("Ben").await;
    for (who, by) in [(&ana, json!("Ana")), (&world.bot(), json!("Ana")), (&ben, Value::Null)] {
        let listed = who.get("/api/v1/media?q=holiday").await.body["data"][0].clone();
        assert_eq!((&listed["url"], &listed["title"], &listed["bytes"]), (&url, &json!("Holiday"), &json!(FILM.len())));
        assert_eq!(listed["uploaded"]["name"], by, "{listed}");
        let told = listed.to_string();
        assert_eq!(told.contains(upload["id"].as_str().unwrap()), by != Value::Null, "{told}");
    }
}

#[tokio::test]
async fn uploads_need_the_right_in_the_room_an_account_and_a_server_that_allows_them() {
    let (world, _dir) = cinema(open_dock).await;
    let (ana, room) = host(&world, "Ana").await;
    let guest = world.person("Guest").await;
    guest.joins(&room).await;
    assert_eq!(begins(&guest, &room, "a.mp4", 100).await.no(), (403, "not_allowed".to_owned()));
    let own = guest.makes_room("Own").await;
    assert_eq!(begins(&guest, &own, "a.mp4", 100).await.no(), (403, "needs_account".to_owned()));
    let _here = Viewer::open(&world, &room, &guest).await;
    let person = guest.get("/api/v1/people/me").await.ok()["id"].clone();
    let role = in_room(&room, &format!("/members/{}/role", person.as_str().unwrap()));
    ana.put(&role, json!({ "role": "trusted" })).await.ok();
    assert_eq!(
        begins(&guest, &room, "a.mp4", 100).await.no(),
        (403, "needs_account".to_owned()),
        "trusted, and still nobody lasting"
    );
    guest.post("/api/v1/accounts", json!({ "username": "Guest", "password": "a long password" })).await.created();
    begins(&guest, &room, "a.mp4", 100).await.created();

    let (off, _dir) = cinema(|_| ()).await;
    let (ben, room) = host(&off, "Ben").await;
    assert_eq!(begins(&ben, &room, "a.mp4", 100).await.no(), (422, "uploads_off".to_owned()));
    assert_eq!(ben.get("/api/v1/media/uploads").await.ok()["on"], false);

    let (open, _dir) = cinema(|config| {
        open_dock(config);
        config.media.guest_uploads = true;
    })
    .await;
    let cleo = open.person("Cleo").await;
    let room = cleo.makes_room("Open").await;
    begins(&cleo, &room, "a.mp4", 100).await.created();
}

#[tokio::test]
async fn too_much_is_refused_before_it_is_sent_and_space_is_reserved() {
    let (world, _dir) = cinema(|config| {
        open_dock(config);
        (config.media.file_mb, config.media.quota_mb, config.media.total_mb) = (2, 3, 4);
    })
    .await;
    let (ana, room) = host(&world, "Ana").await;
    let large = begins(&ana, &room, "a.mp4", 2_000_001).await;
    assert_eq!(large.no(), (413, "file_too_large".to_owned()));
    assert_eq!(large.body["error"]["details"]["limit"], "2");
    let first = begins(&ana, &room, "a.mp4", 2_000_000).await.created();
    let full = begins(&ana, &room, "b.mp4", 1_500_000).await;
    assert_eq!(full.no(), (409, "quota_full".to_owned()), "what is promised counts");
    assert_eq!(full.body["error"]["details"]["left"], "1");
    let (ben, bens) = host(&world, "Ben").await;
    begins(&ben, &bens, "c.mp4", 1_900_000).await.created();
    assert_eq!(begins(&ben, &bens, "d.mp4", 1_000_000).await.no().1, "quota_full", "all together have a limit too");
    let path = format!("/api/v1/media/uploads/{}", first["id"].as_str().unwrap());
    assert_eq!(ana.delete(&path).await.status, 204);
    assert_eq!(ana.get(&path).await.no(), (404, "no_such_upload".to_owned()), "cancelled");
    begins(&ben, &bens, "d.mp4", 1_000_000).await.created();
    for upload in ben.get("/api/v1/media/uploads").await.ok()["uploads"].as_array().unwrap() {
        let path = format!("/api/v1/media/uploads/{}", upload["id"].as_str().unwrap());
        assert_eq!(ben.delete(&path).await.status, 204);
    }
    for name in ["e.mp4", "f.mp4"] {
        begins(&ana, &room, name, 100).await.created();
    }
    let full = begins(&ana, &room, "g.mp4", 1_000_001).await;
    assert_eq!(full.no(), (409, "quota_full".to_owned()), "tiny files count as a megabyte each");
    begins(&ana, &room, "g.mp4", 100).await.created();
    assert_eq!(begins(&ana, &room, "h.mp4", 100).await.no(), (409, "too_many_uploads".to_owned()));
    assert_eq!(begins(&ana, &room, "i.mp4", 0).await.no(), (400, "bad_input".to_owned()));

    let upload = ana.get("/api/v1/media/uploads").await.ok()["uploads"][0].clone();
    let much = brings(&ana, &upload, 0, &FILM[..200]).await;
    assert_eq!(much.no(), (400, "bad_input".to_owned()), "more than was said");
    assert_eq!(brings(&ana, &upload, 7, &FILM[..10]).await.no().1, "wrong_offset");

    let (full, _dir) = cinema(|config| {
        open_dock(config);
        config.media.keep_free_mb = u64::MAX;
    })
    .await;
    let (cleo, room) = host(&full, "Cleo").await;
    assert_eq!(
        begins(&cleo, &room, "a.mp4", 100).await.no(),
        (409, "quota_full".to_owned()),
        "the disk is as good as full"
    );
}

#[tokio::test]
async fn what_is_no_film_by_its_content_is_thrown_away_with_its_first_bytes() {
    let (world, dir) = cinema(open_dock).await;
    let (ana, room) = host(&world, "Ana").await;
    for name in ["page.html", "film.mp4.exe", "list.m3u8", "archive.zip", "noname", ".mp4"] {
        assert_eq!(begins(&ana, &room, name, 100).await.no(), (422, "not_playable".to_owned()), "{name}");
    }
    let mut zip = b"PK\x03\x04".to_vec();
    zip.resize(9_000, 7);
    let page = format!("<!doctype html><script>alert(1)</script>{}", " ".repeat(9_000)).into_bytes();
    for (name, bytes) in [("a.mp4", &zip), ("b.mp4", &page), ("c.webm", &page), ("d.srt", &zip)] {
        let upload = begins(&ana, &room, name, bytes.len()).await.created();
        let whole = name == "d.srt";
        let sent = if whole { bytes.len() } else { 5_000 };
        let answer = brings(&ana, &upload, 0, &bytes[..sent]).await;
        assert_eq!(answer.no(), (422, "not_playable".to_owned()), "{name}");
        assert_eq!(brings(&ana, &upload, 0, &bytes[..sent]).await.no(), (404, "no_such_upload".to_owned()));
    }
    assert_eq!(names(&dir.path().join("uploads")), Vec::<String>::new());
    assert_eq!(names(&dir.path().join(".parts")), ["half.mp4"], "nothing of it is left");

    // A sound by another name is a sound, and subtitles stand beside their film.
    let song = begins(&ana, &room, "song.mp3", SONG.len()).await.created();
    assert_eq!(brings(&ana, &song, 0, SONG).await.ok()["file"]["player"], "audio");
    let film = begins(&ana, &room, "film.mp4", FILM.len()).await.created();
    brings(&ana, &film, 0, FILM).await.ok();
    let text = super::SRT.as_bytes();
    let subtitles = begins(&ana, &room, "film.fr.srt", text.len()).await.created();
    assert_eq!(brings(&ana, &subtitles, 0, text).await.ok()["file"], Value::Null);
    let listed = ana.get("/api/v1/media?q=uploads/film").await.body["data"][0].clone();
    assert_eq!(listed["captions"], json!([{ "track": 0, "language": "fr", "label": null }]));
    let wrong = ana.send(reqwest::Method::PUT, "/api/v1/media/uploads/x", |request| request.json(&json!({}))).await;
    assert_eq!(wrong.no(), (415, "bad_content_type".to_owned()));
}

#[tokio::test]
async fn a_call_that_breaks_off_keeps_what_arrived_and_old_parts_are_swept_away() {
    use tokio::io::AsyncWriteExt;
    let (world, dir) = cinema(open_dock).await;
    let (ana, room) = host(&world, "Ana").await;
    let upload = begins(&ana, &room, "film.mp4", FILM.len()).await.created();
    let id = upload["id"].as_str().unwrap();
    let authority = world.url("").trim_start_matches("http://").to_owned();
    let mut stream = tokio::net::TcpStream::connect(&authority).await.unwrap();
    let head = format!(
        "PUT /api/v1/media/uploads/{id}?offset=0 HTTP/1.1\r\nHost: {authority}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/octet-stream\r\nContent-Length: {}\r\n\r\n",
        ana.token.as_deref().unwrap(),
        FILM.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&FILM[..6_000]).await.unwrap();
    drop(stream);
    let path = format!("/api/v1/media/uploads/{id}");
    // The server hears of the end when it reads it.
    let arrived = loop {
        let offset = ana.get(&path).await.ok()["offset"].as_u64().unwrap();
        if offset > 0 {
            break usize::try_from(offset).unwrap();
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(arrived, 6_000);
    let whole = loop {
        let answer = brings(&ana, &upload, arrived, &FILM[arrived..]).await;
        // The call that broke off may still be ending.
        if answer.status != 503 {
            break answer.ok();
        }
    };
    assert_eq!(whole["offset"], FILM.len());

    let left = begins(&ana, &room, "left.mp4", FILM.len()).await.created();
    brings(&ana, &left, 0, &FILM[..5_000]).await.ok();
    let part = dir.path().join(".parts").join(left["id"].as_str().unwrap());
    // Longer ago than anything is kept.
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(3_600);
    fs::File::options().write(true).open(&part).unwrap().set_modified(old).unwrap();
    let mut world = world;
    world.restart().await;
    // It is swept at the start, beside everything else.
    let path = format!("/api/v1/media/uploads/{}", left["id"].as_str().unwrap());
    while ana.get(&path).await.status == 200 {
        tokio::task::yield_now().await;
    }
    assert!(!part.exists());
    // The space is free a moment after the part is gone.
    while ana.get("/api/v1/media/uploads").await.ok()["used_bytes"] != FILM.len() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_is_on_its_way_when_its_person_leaves_is_cut_off_and_nothing_of_it_stays() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let (world, dir) = cinema(open_dock).await;
    let (ana, room) = host(&world, "Ana").await;
    let upload = begins(&ana, &room, "film.mp4", FILM.len()).await.created();
    let path = format!("/api/v1/media/uploads/{}", upload["id"].as_str().unwrap());
    let authority = world.url("").trim_start_matches("http://").to_owned();
    let mut line = tokio::net::TcpStream::connect(&authority).await.unwrap();
    let head = format!(
        "PUT {path}?offset=0 HTTP/1.1\r\nHost: {authority}\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\
         Content-Type: application/octet-stream\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        ana.token.as_deref().unwrap(),
        FILM.len()
    );
    line.write_all(head.as_bytes()).await.unwrap();
    // It says so when it begins to read what the call brings.
    let mut go_on = [0; 25];
    line.read_exact(&mut go_on).await.unwrap();
    assert_eq!(go_on.as_slice(), b"HTTP/1.1 100 Continue\r\n\r\n");
    line.write_all(&FILM[..6_000]).await.unwrap();
    let leaves = |password: &'static str| {
        ana.send(reqwest::Method::DELETE, "/api/v1/people/me", move |request| {
            request.json(&json!({ "password": password }))
        })
    };
    assert_eq!(leaves("not my password").await.no(), (403, "wrong_password".to_owned()));
    assert_eq!(ana.get(&path).await.status, 200, "nothing is lost to who may not");
    assert_eq!(leaves("a long password").await.status, 204);
    line.write_all(&FILM[6_000..]).await.unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("no_such_upload"), "{answer}");
    assert_eq!(names(&dir.path().join("uploads")), Vec::<String>::new());
    assert_eq!(names(&dir.path().join(".parts")), ["half.mp4"]);
    assert_eq!(world.engine().uploads.all().await.unwrap(), []);
}

#[tokio::test]
async fn who_leaves_takes_along_what_they_brought_and_who_runs_the_server_may_delete_anything() {
    let (world, dir) = cinema(open_dock).await;
    let (ana, room) = host(&world, "Ana").await;
    for name in ["one.mp4", "two.mp4"] {
        let upload = begins(&ana, &room, name, FILM.len()).await.created();
        brings(&ana, &upload, 0, FILM).await.ok();
    }
    let export = ana.get("/api/v1/people/me/export").await.ok();
    assert_eq!(export["uploads"][0]["name"], "one.mp4", "{export}");
    let first = export["uploads"][0]["id"].as_str().unwrap();
    assert_eq!(world.bot().delete(&format!("/api/v1/media/uploads/{first}")).await.status, 204);
    assert_eq!(names(&dir.path().join("uploads")), ["two.mp4"]);
    let gone = ana
        .send(reqwest::Method::DELETE, "/api/v1/people/me", |request| {
            request.json(&json!({ "password": "a long password" }))
        })
        .await;
    assert_eq!(gone.status, 204);
    assert_eq!(names(&dir.path().join("uploads")), Vec::<String>::new());
    // A program's key is somebody lasting.
    let made = world
        .bot()
        .post("/api/v1/keys", json!({ "name": "Uploader", "scopes": [Scope::Rooms.name()] }))
        .await
        .created();
    let bot = Caller::new(&world.url(""), made["secret"].as_str().map(str::to_owned));
    let room = bot.makes_room("Bot").await;
    begins(&bot, &room, "bot.mp4", 100).await.created();
}
