//! How much is read, and how long it is waited for: on every route of every API.

use std::time::Duration;

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, timeout},
};

use super::{
    apis,
    requests::{Ask, statuses},
};
use crate::world::World;

/// More than any body may have.
const LONG: usize = 200 * 1024;
/// How long a body may take that does not come: what a handler may take, and some more.
const SLOW: Duration = Duration::from_secs(23);
/// Deeper than any body may be.
const DEEP: usize = 10_000;

/// What clients of each API ask.
async fn all(world: &World) -> Vec<(&'static str, Ask)> {
    let ana = world.person("Ana").await;
    let mut asks = Vec::new();
    asks.extend(apis::native(world, &ana, 0).await.into_iter().map(|ask| ("native", ask)));
    asks.extend(apis::opentogethertube(world, "bounds").await.into_iter().map(|ask| ("opentogethertube", ask)));
    asks.extend(apis::watchers(world, "bounds").await.into_iter().map(|ask| ("watchers", ask)));
    asks.extend(apis::watch2gether(world).await.into_iter().map(|ask| ("watch2gether", ask)));
    asks.extend(apis::clipper(world, &ana).await.into_iter().map(|ask| ("clipper", ask)));
    asks
}

/// The head of a request that says how long its body is.
fn head(ask: &Ask, length: usize) -> Vec<u8> {
    let mut head = format!("{} {} HTTP/1.1\r\nhost: couch\r\nconnection: close\r\n", ask.method, ask.path).into_bytes();
    for (name, value) in &ask.headers {
        head.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
    }
    head.extend(format!("content-length: {length}\r\n\r\n").into_bytes());
    head
}

/// The status of the answer to some bytes; none where there is none.
async fn answered(world: &World, bytes: &[u8]) -> Option<u16> {
    let mut line = TcpStream::connect(world.config.http.listen).await.unwrap();
    let _ = line.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = line.read_to_end(&mut answer).await;
    statuses(&answer).first().copied()
}

#[tokio::test]
async fn a_body_that_is_too_long_or_too_deep_is_refused_on_every_route() {
    let world = World::start().await;
    let mut wrong = Vec::new();
    for (api, ask) in all(&world).await {
        let Some(body) = &ask.body else { continue };
        let long = format!("{body}{}", " ".repeat(LONG));
        let Value::Object(fields) = body else { panic!("{api}: a body that is no object") };
        // In a field that is read: what nobody knows is passed over, however deep it is.
        let mut deep = fields.clone();
        let Some(first) = deep.values_mut().next() else { continue };
        *first = Value::from("deep");
        let nested = format!("{}1{}", "[".repeat(DEEP), "]".repeat(DEEP));
        let deep = Value::Object(deep).to_string().replacen("\"deep\"", &nested, 1);
        for (what, body) in [("too long", long), ("too deep", deep)] {
            let status = answered(&world, &[head(&ask, body.len()), body.into_bytes()].concat()).await;
            // Whoever may not do it at all is told that first.
            let expected = match what {
                "too long" => [413, 403, 404],
                _ => [400, 403, 404],
            };
            if !status.is_some_and(|status| expected.contains(&status)) {
                wrong.push(format!("{api}: {} {} {what}: {status:?}", ask.method, ask.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_body_that_does_not_come_is_waited_for_no_longer_than_a_handler_may_take() {
    let world = World::start().await;
    let from = Instant::now();
    // All at once: each waits as long.
    let mut lines = Vec::new();
    for (api, ask) in all(&world).await {
        if let Some(body) = &ask.body {
            let mut line = TcpStream::connect(world.config.http.listen).await.unwrap();
            let text = body.to_string();
            line.write_all(&[head(&ask, text.len() + 1), text.as_bytes()[..text.len() / 2].to_vec()].concat())
                .await
                .unwrap();
            lines.push((api, ask, line));
        }
    }
    assert!(lines.len() > 80);
    let mut wrong = Vec::new();
    for (api, ask, mut line) in lines {
        let mut answer = Vec::new();
        let left = (from + SLOW).saturating_duration_since(Instant::now());
        let ended = timeout(left, line.read_to_end(&mut answer)).await.is_ok();
        let status = statuses(&answer).first().copied();
        if !ended || !status.is_some_and(|status| (400..500).contains(&status) || status == 503) {
            wrong.push(format!("{api}: {} {}: {status:?}, ended: {ended}", ask.method, ask.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
