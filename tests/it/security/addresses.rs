//! Whose address counts: the one that a connection comes from, unless a proxy of ours says otherwise; and how much one of them
//! may take.

use std::net::SocketAddr;

use onecouch::config::{Limits, Rate};
use reqwest::Method;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    time::timeout,
};

use crate::world::{Caller, PATIENCE, World};

/// Asks so many times, each time from where `from` says; how many were not too much.
async fn served(caller: &Caller, times: usize, from: impl Fn(usize) -> String) -> usize {
    let mut served = 0;
    for n in 0..times {
        let answer = caller.send(Method::GET, "/api/v1/about", |request| request.header("x-forwarded-for", from(n)));
        match answer.await.status {
            200 => served += 1,
            429 => {}
            other => panic!("{other}"),
        }
    }
    served
}

async fn world(trusted: &[&str]) -> World {
    let trusted: Vec<_> = trusted.iter().map(|net| net.parse().unwrap()).collect();
    World::start_with(|config| {
        config.http.trusted_proxies = trusted;
        config.limits.calls = Rate { burst: 20, per_minute: 1 };
    })
    .await
}

#[tokio::test]
async fn who_says_another_address_each_time_is_one_all_the_same() {
    let world = world(&[]).await;
    let made_up = |n: usize| format!("{}.{}.0.1, 10.0.0.{}", n % 200 + 1, n / 200, n % 250);
    assert_eq!(served(&world.nobody(), 1_000, made_up).await, 20);
}

#[tokio::test]
async fn behind_a_proxy_of_ours_everybody_is_counted_for_themself_and_says_nothing_about_others() {
    let world = world(&["127.0.0.0/8", "10.0.0.0/8"]).await;
    let nobody = world.nobody();
    assert_eq!(served(&nobody, 100, |n| format!("6.6.6.{n}")).await, 100, "a hundred people");
    // What stands left of the first address that is none of our proxies was written by that one.
    assert_eq!(served(&nobody, 60, |n| format!("9.9.9.{n}, 7.7.7.7")).await, 20);
    assert_eq!(served(&nobody, 60, |n| format!("9.9.9.{n}, 8.8.8.8, 10.0.0.5")).await, 20);
    // A network of IPv6 is one: its owner has 2^64 addresses.
    assert_eq!(served(&nobody, 60, |n| format!("2001:db8:1:2::{n:x}")).await, 20);
    assert_eq!(served(&nobody, 60, |n| format!("2001:db8:1:{n:x}::1")).await, 59, "each its own, but for the first");
    assert_eq!(served(&nobody, 60, |n| format!("::ffff:5.5.5.5{}", if n % 2 == 0 { "" } else { " " })).await, 20);
}

/// A connection that asks and stays.
struct Line(BufReader<TcpStream>);

impl Line {
    async fn to(address: SocketAddr) -> Self {
        Self(BufReader::new(TcpStream::connect(address).await.unwrap()))
    }

    /// The status of the answer, and its body.
    async fn asks(&mut self, path: &str) -> (String, String) {
        let asked = async {
            let head = format!("GET {path} HTTP/1.1\r\nhost: couch\r\n\r\n");
            self.0.get_mut().write_all(head.as_bytes()).await.unwrap();
            let (mut head, mut length) = (String::new(), 0);
            while !head.ends_with("\r\n\r\n") {
                let mut line = String::new();
                assert!(self.0.read_line(&mut line).await.unwrap() > 0, "the answer broke off: {head}");
                if let Some(said) = line.to_lowercase().strip_prefix("content-length: ") {
                    length = said.trim().parse().unwrap();
                }
                head.push_str(&line);
            }
            let mut body = vec![0; length];
            self.0.read_exact(&mut body).await.unwrap();
            (head.split(' ').nth(1).unwrap().to_owned(), String::from_utf8(body).unwrap())
        };
        timeout(PATIENCE, asked).await.unwrap()
    }
}

#[tokio::test]
async fn one_address_has_so_many_connections_and_one_that_ends_makes_room() {
    let world = World::start_with(|config| config.limits.connections_per_address = 3).await;
    let address = world.config.http.listen;
    let mut crowd = Vec::new();
    for _ in 0..3 {
        let mut line = Line::to(address).await;
        assert_eq!(line.asks("/readyz").await.0, "200");
        crowd.push(line);
    }
    for _ in 0..5 {
        let (status, body) = Line::to(address).await.asks("/readyz").await;
        assert_eq!(status, "429");
        assert!(body.contains("too_many_sockets") && body.contains("your address"), "{body}");
    }
    assert_eq!(
        Line::to(address).await.asks("/healthz").await.0,
        "200",
        "who watches over the server still hears of it"
    );
    for line in &mut crowd {
        assert_eq!(line.asks("/readyz").await.0, "200", "those who are in go on");
    }
    crowd.pop();
    let comes_in = async {
        while Line::to(address).await.asks("/readyz").await.0 != "200" {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, comes_in).await.expect("a place is free");
}

#[tokio::test]
async fn a_proxy_of_ours_has_as_many_connections_as_it_needs() {
    let world = World::start_with(|config| {
        config.limits.connections_per_address = 3;
        config.http.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let mut crowd = Vec::new();
    for _ in 0..12 {
        let mut line = Line::to(world.config.http.listen).await;
        assert_eq!(line.asks("/readyz").await.0, "200");
        crowd.push(line);
    }
}

#[test]
fn the_usual_limits_leave_room_for_a_house_full_of_people() {
    let usual = Limits::default();
    assert!(usual.connections_per_address >= 7 * usual.sockets_per_address, "a browser has seven connections");
    assert!(usual.connections_per_address < 10_000, "and no address has all that there are");
}
