//! The gateway: hello, identify or resume, heartbeats, and what happens.

use std::sync::Arc;

use axum::{
    extract::{
        State,
        ws::{CloseFrame, Message as Frame, WebSocket, WebSocketUpgrade},
    },
    response::Response,
};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{APPLICATION, GUILD, Inner, TOKEN};

pub(super) async fn open(State(discord): State<Arc<Inner>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |socket| async move {
        // The other side may go at any moment.
        let _ = talk(&discord, socket).await;
    })
}

async fn talk(discord: &Inner, mut socket: WebSocket) -> Result<(), axum::Error> {
    let hello = json!({"op": 10, "d": {"heartbeat_interval": 1500, "_trace": []}, "s": null, "t": null});
    send(&mut socket, &hello).await?;
    let (session, mut pushed) = mpsc::unbounded_channel::<Value>();
    let mut seq = 0_u64;
    loop {
        tokio::select! {
            frame = socket.recv() => {
                let Some(Ok(frame)) = frame else { break };
                let Frame::Text(text) = frame else { continue };
                let Ok(frame) = serde_json::from_str::<Value>(&text) else { return close(&mut socket, 4002).await };
                match frame["op"].as_u64() {
                    Some(1) => send(&mut socket, &json!({"op": 11, "d": null, "s": null, "t": null})).await?,
                    Some(2) => {
                        if let Some(code) = refusal(discord, &frame["d"]) {
                            return close(&mut socket, code).await;
                        }
                        seq = 1;
                        send(&mut socket, &ready(discord)).await?;
                        discord.change(|state| {
                            state.identified.push(frame["d"].clone());
                            state.sessions.push(session.clone());
                        });
                    }
                    Some(6) => {
                        seq = frame["d"]["seq"].as_u64().unwrap_or_default() + 1;
                        send(&mut socket, &json!({"op": 0, "t": "RESUMED", "s": seq, "d": {"_trace": []}})).await?;
                        discord.change(|state| {
                            state.resumed += 1;
                            state.sessions.push(session.clone());
                        });
                    }
                    _ => {}
                }
            }
            frame = pushed.recv() => {
                let Some(mut frame) = frame else { break };
                if frame["op"] == "close" {
                    forget(discord, &session);
                    return close(&mut socket, frame["code"].as_u64().and_then(|code| u16::try_from(code).ok()).unwrap_or(4000)).await;
                }
                if frame["op"] == 0 {
                    seq += 1;
                    frame["s"] = json!(seq);
                }
                if frame["op"] == 7 {
                    forget(discord, &session);
                }
                send(&mut socket, &frame).await?;
            }
        }
    }
    forget(discord, &session);
    Ok(())
}

fn forget(discord: &Inner, session: &mpsc::UnboundedSender<Value>) {
    discord.change(|state| state.sessions.retain(|known| !known.same_channel(session)));
}

fn refusal(discord: &Inner, identify: &Value) -> Option<u16> {
    if identify["token"] != TOKEN && identify["token"] != format!("Bot {TOKEN}") {
        return Some(4004);
    }
    discord.state().refuse.take()
}

fn ready(discord: &Inner) -> Value {
    json!({"op": 0, "t": "READY", "s": 1, "d": {
        "v": 10, "guilds": [{"id": GUILD.to_string(), "unavailable": true}], "session_id": "session",
        "user": {"id": APPLICATION.to_string(), "username": "onecouch", "discriminator": "0", "avatar": null,
                 "bot": true, "verified": true, "mfa_enabled": false, "email": null, "flags": 0},
        "resume_gateway_url": format!("ws://{}/gw", discord.address), "shard": [0, 1],
        "application": {"id": APPLICATION.to_string(), "flags": 0},
    }})
}

async fn send(socket: &mut WebSocket, frame: &Value) -> Result<(), axum::Error> {
    socket.send(Frame::Text(frame.to_string().into())).await
}

async fn close(socket: &mut WebSocket, code: u16) -> Result<(), axum::Error> {
    socket.send(Frame::Close(Some(CloseFrame { code, reason: "".into() }))).await?;
    // Until the other side has read it.
    while let Some(Ok(_)) = socket.recv().await {}
    Ok(())
}
