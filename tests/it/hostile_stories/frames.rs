//! Sockets whose clients say what no client would.

use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::time::timeout;

use super::{
    dice::Dice,
    mutations,
    raw_socket::{self as raw, RawSocket},
};
use crate::world::PATIENCE;

/// How its clients come in, and what they say.
pub struct Speaks {
    pub path: String,
    /// Lines of the handshake.
    pub more: String,
    /// What is said first.
    pub greeting: Option<Value>,
    /// Good frames.
    pub frames: Vec<Value>,
}

/// Frames that one socket sends at most.
pub const OF_ONE: usize = 25;

/// Opens a socket, sends so many frames with something in them that is not good, and goes. Gives how many the server took
/// and the code that it closed with, if it did.
pub async fn talk(
    address: SocketAddr,
    speaks: &Speaks,
    dice: &mut Dice,
    many: usize,
) -> Result<(usize, Option<u16>), String> {
    let talk = async {
        let mut socket = RawSocket::opens(address, &speaks.path, &speaks.more).await;
        if let Some(greeting) = &speaks.greeting {
            let mut greeting = greeting.clone();
            if dice.once_in(20) {
                mutations::value(dice, &mut greeting);
            }
            socket.sends(&raw::frame(raw::TEXT, greeting.to_string())).await;
        }
        let mut sent = 0;
        for _ in 0..many {
            let good = dice.one_of(&speaks.frames).clone();
            let bytes = said(dice, good);
            if socket.is_over() || !socket.sends(&bytes).await {
                break;
            }
            sent += 1;
            // The server, on the same thread, has its turn.
            tokio::task::yield_now().await;
        }
        match dice.below(5) {
            // It is just gone.
            0 => return (sent, None),
            1 => drop(socket.sends(&raw::close(1000, "bye")).await),
            2 => drop(socket.sends(&raw::frame(raw::CLOSE, "")).await),
            3 => drop(socket.sends(&raw::frame(raw::TEXT, "half")[..4]).await),
            _ => {}
        }
        socket.ends().await;
        (sent, socket.drains().await)
    };
    timeout(PATIENCE * 3, talk).await.map_err(|_| "the socket neither answers nor ends".to_owned())
}

/// A good frame with something in it that is not: the JSON, the text, the frame around it. What ends a socket is seldom, or
/// none would hear more than a few.
fn said(dice: &mut Dice, mut good: Value) -> Vec<u8> {
    match dice.below(100) {
        0 => {
            let mut text = good.to_string().into_bytes();
            mutations::bytes(dice, &mut text);
            raw::frame(raw::TEXT, text)
        }
        1 => raw::frame(raw::BINARY, good.to_string()),
        2 => {
            let mut frame = raw::frame(raw::TEXT, good.to_string());
            mutations::bytes(dice, &mut frame);
            frame
        }
        3..10 => raw::frame(*dice.one_of(&[raw::PING, raw::PONG]), vec![0xff; dice.below(126)]),
        10..20 => {
            let text = good.to_string();
            let at = text.floor_char_boundary(dice.below(text.len()));
            let [first, rest] = [&text[..at], &text[at..]];
            [raw::part(raw::TEXT, first), raw::frame(raw::PING, "x"), raw::frame(raw::CONTINUES, rest)].concat()
        }
        20..22 => {
            let whole = dice.one_of(&["[".repeat(20_000), "{\"a\":".repeat(8_000), "x".repeat(60_000)]).clone();
            raw::frame(raw::TEXT, whole)
        }
        22..28 => raw::frame(raw::TEXT, json!([good]).to_string()),
        28..34 => raw::frame(raw::TEXT, mutations::odd(dice)),
        34..42 => {
            let text = good.to_string();
            raw::frame(raw::TEXT, mutations::text(dice, &text))
        }
        _ => {
            for _ in 0..=dice.below(2) {
                mutations::value(dice, &mut good);
            }
            raw::frame(raw::TEXT, good.to_string())
        }
    }
}

/// What native clients say.
pub fn native(world_link: &str, item: &str, person: &str) -> Vec<Value> {
    let command = |fields: Value| {
        let mut frame = json!({ "type": "command", "id": "c1" });
        frame.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        frame
    };
    let commands = [
        json!({ "do": "play", "after_ms": 10 }),
        json!({ "do": "pause" }),
        json!({ "do": "seek", "position_ms": 1_000 }),
        json!({ "do": "seek", "percent": 12.5 }),
        json!({ "do": "set_rate", "rate": 1.5 }),
        json!({ "do": "skip" }),
        json!({ "do": "back" }),
        json!({ "do": "pick", "item": item, "keep": true }),
        json!({ "do": "remove", "item": item }),
        json!({ "do": "shuffle" }),
        json!({ "do": "propose", "what": { "do": "skip" } }),
        json!({ "do": "ballot", "proposal": 1, "yes": true }),
        json!({ "do": "add", "url": world_link, "spot": "next" }),
        json!({ "do": "move", "item": item, "index": 0 }),
        json!({ "do": "edit", "item": item, "start_ms": 100, "end_ms": null, "subtitles": null }),
        json!({ "do": "vote", "item": item, "up": true }),
        json!({ "do": "undo", "seq": 3 }),
        json!({ "do": "restore", "discard": true }),
        json!({ "do": "say", "text": "hello" }),
        json!({ "do": "say", "text": "/seek 1:30" }),
        json!({ "do": "erase", "line": 4 }),
        json!({ "do": "reword", "line": 4, "text": "x" }),
        json!({ "do": "react", "emoji": "👍" }),
        json!({ "do": "change", "title": "x", "queue_mode": "vote", "grants": { "guest": ["add"] }, "capacity": 90 }),
        json!({ "do": "set_role", "person": person, "role": "trusted" }),
        json!({ "do": "kick", "person": person }),
        json!({ "do": "ban", "person": person, "for_ms": 1, "reason": "x" }),
        json!({ "do": "unban", "person": person }),
        json!({ "do": "mute", "person": person, "for_ms": 1 }),
        json!({ "do": "renew_invite" }),
        json!({ "do": "schedule", "start": null, "end": 4_102_444_800_000_i64 }),
        json!({ "do": "come", "coming": true }),
    ];
    let others = [
        json!({ "type": "ping", "c": 17 }),
        json!({ "type": "typing" }),
        json!({ "type": "locale", "locale": "ru" }),
        json!({ "type": "report", "item": item, "phase": "ready", "drift_ms": 4, "rtt_ms": 31, "seq": 3, "duration_ms": 634_000 }),
    ];
    commands.into_iter().map(command).chain(others).collect()
}

/// What OpenTogetherTube's clients say.
pub fn opentogethertube(link: &str) -> Vec<Value> {
    let video = json!({ "service": "direct", "id": link });
    let requests = [
        json!({ "type": 2, "state": true }),
        json!({ "type": 3 }),
        json!({ "type": 4, "value": 12.5 }),
        json!({ "type": 5, "video": video }),
        json!({ "type": 5, "videos": [video] }),
        json!({ "type": 6, "video": video }),
        json!({ "type": 7, "fromIdx": 0, "toIdx": 1 }),
        json!({ "type": 8, "video": video, "add": true }),
        json!({ "type": 9, "targetClientId": "00000000-0000-0000-0000-000000000001", "role": 2 }),
        json!({ "type": 11, "text": "hello" }),
        json!({ "type": 12, "event": { "request": { "type": 4, "value": 1 }, "additional": { "prevPosition": 0.5 } } }),
        json!({ "type": 13, "settings": { "title": "x", "visibility": "public", "queueMode": "vote", "grants": [[0, 128]] } }),
        json!({ "type": 14, "video": video }),
        json!({ "type": 15 }),
        json!({ "type": 16, "speed": 1.25 }),
        json!({ "type": 17, "discard": true }),
        json!({ "type": 18, "clientId": "00000000-0000-0000-0000-000000000001" }),
        json!({ "type": 19, "video": video, "update": { "startAt": 1.5, "endAt": null } }),
    ];
    let others = [json!({ "action": "status", "status": "ready" }), json!({ "action": "notify", "message": "x" })];
    requests.into_iter().map(|request| json!({ "action": "req", "request": request })).chain(others).collect()
}

/// What Clipper's clients say.
pub fn clipper(party: &str, clip: &str) -> Vec<Value> {
    let frame = |sort: &str, more: Value| {
        let mut frame = json!({ "type": sort, "party_id": party, "timestamp": 1_704_067_200 });
        frame.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        frame
    };
    vec![
        frame("ping", json!({})),
        frame("sync-request", json!({})),
        frame("play", json!({})),
        frame("pause", json!({})),
        frame("seek", json!({ "position": 12.5 })),
        frame("skip", json!({ "clip_id": clip })),
        frame("chat", json!({ "message": "hello" })),
        frame("reaction", json!({ "emoji": "👍" })),
        frame("typing", json!({ "is_typing": true })),
    ]
}
