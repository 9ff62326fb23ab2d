//! Whether the server is well, and how much goes on.

use std::fmt::Write;

use axum::{Json, extract::State, http::header, response::IntoResponse};
use serde_json::{Value, json};

use crate::app::App;

/// It is.
pub(super) async fn status() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// A few numbers that anybody may know, in the text format of Prometheus. All others are for who runs the server, at a
/// listener of their own.
pub(super) async fn metrics(State(app): State<App>) -> impl IntoResponse {
    let (rooms, playing) = app.engine.rooms.counts();
    let users: usize = app.engine.rooms.all_awake().iter().map(|view| view.presence.len()).sum();
    let numbers = [
        ("onecouch_rooms", "Rooms in memory", rooms),
        ("onecouch_rooms_playing", "Rooms that play", playing),
        ("onecouch_users", "Connections in rooms", users),
    ];
    let mut text = String::new();
    for (name, help, number) in numbers {
        // Writing to a String cannot fail.
        let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {number}\n");
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text)
}
