//! What concerns the sockets of all nodes at once, and is no room's to tell.

use std::{sync::Arc, time::Duration};

use axum::body::Bytes;
use engine::{
    ids::{NodeId, RoomId},
    ports::Bus,
};
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};

use super::Fanout;
use crate::dialects::Dialect;

/// Where all nodes tell it.
const SUBJECT: &str = "sockets";
/// How soon it is tried again to hear the others.
const AGAIN: Duration = Duration::from_millis(500);

/// What is done on every node.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Word {
    /// Everybody is told this.
    Announce(String),
    /// The sockets of a dialect in a room are closed.
    Close(RoomId, Dialect),
}

#[derive(Serialize, Deserialize)]
struct Said {
    from: NodeId,
    word: Word,
}

/// Tells the other nodes, where there are any.
pub(super) fn tell(fanout: &Fanout, word: &Word) {
    #[derive(Serialize)]
    struct Saying<'a> {
        from: NodeId,
        word: &'a Word,
    }
    let rooms = &fanout.engine.rooms;
    if let (Some(bus), Some(from)) = (rooms.bus(), rooms.node()) {
        match serde_json::to_vec(&Saying { from, word }) {
            Ok(body) => bus.tell(SUBJECT, Bytes::from(body)),
            Err(error) => tracing::error!(%error, "the sockets of other nodes are not told"),
        }
    }
}

/// Does here what other nodes tell.
pub(super) async fn hear(fanout: Fanout, bus: Arc<dyn Bus>) {
    let node = fanout.engine.rooms.node();
    let heard = async {
        loop {
            if let Ok(mut heard) = bus.hear(SUBJECT).await {
                while let Some(letter) = heard.next().await {
                    match serde_json::from_slice::<Said>(&letter.body) {
                        Ok(said) if Some(said.from) == node => {}
                        Ok(Said { word: Word::Announce(text), .. }) => fanout.announce_here(&text),
                        Ok(Said { word: Word::Close(room, dialect), .. }) => fanout.close_here(room, dialect),
                        Err(error) => tracing::error!(%error, "what another node tells the sockets is not understood"),
                    }
                }
            }
            tokio::time::sleep(AGAIN).await;
        }
    };
    tokio::select! {
        () = fanout.stop.cancelled() => {}
        () = heard => {}
    }
}
