//! What systemd does and hears: it opens the socket, and is told how the server is.

use std::{os::fd::AsRawFd, time::Duration};

use tokio::{net::UnixDatagram, process::Command, time::timeout};

use super::{LONG, Place, Server};
use crate::world::Caller;

const SETTINGS: &str = "[http]\nlisten = \"127.0.0.1:1\"\nmetrics_listen = \"127.0.0.1:1\"";

/// Starts the server as systemd does: the sockets have the numbers from 3 on, and the process knows that they are its own.
fn activated(place: &Place, sockets: &[&std::net::TcpListener]) -> Command {
    let mut line = String::new();
    for (number, socket) in (3..).zip(sockets) {
        rustix::io::fcntl_setfd(socket, rustix::io::FdFlags::empty()).unwrap();
        line += &format!("exec {number}<&{}; ", socket.as_raw_fd());
    }
    line += &format!("LISTEN_PID=$$ LISTEN_FDS={} exec ./onecouch --config couch.toml serve", sockets.len());
    let mut command = Command::new("bash");
    command.args(["-c", &line]).current_dir(place.path(""));
    command
}

#[tokio::test]
async fn a_socket_of_systemd_is_served_and_outlives_the_server() {
    let place = Place::new(SETTINGS).await;
    let (site, metrics) =
        (std::net::TcpListener::bind("127.0.0.1:0").unwrap(), std::net::TcpListener::bind("127.0.0.1:0").unwrap());
    let address = site.local_addr().unwrap().to_string();
    let prometheus = Caller::new(&format!("http://{}", metrics.local_addr().unwrap()), None);
    let server = Server::starts(activated(&place, &[&site, &metrics])).await;
    assert_eq!(server.url, format!("http://{address}"));
    let anybody = Caller::new(&server.url, None);
    assert_eq!(anybody.get("/readyz").await.status, 200);
    assert!(prometheus.get("/metrics").await.text.contains("onecouch_rooms"));

    // It dies; who comes meanwhile waits for the next one.
    server.dies().await;
    let late = tokio::spawn(async move { anybody.get("/readyz").await.status });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!late.is_finished());
    let mut server = Server::starts(activated(&place, &[&site, &metrics])).await;
    assert_eq!(timeout(LONG, late).await.unwrap().unwrap(), 200);

    // Nor does an upgrade lose any of the two.
    place.runs(&["upgrade"]).await.good();
    server.opens().await;
    assert_eq!(server.url, format!("http://{address}"));
    assert!(prometheus.get("/metrics").await.text.contains("onecouch_rooms"));
    assert_eq!(Caller::new(&server.url, None).get("/readyz").await.status, 200);
    server.stops().await;
}

#[tokio::test]
async fn systemd_is_told_when_it_serves_begins_anew_and_ends() {
    let place = Place::new("[http]\nlisten = \"127.0.0.1:0\"\nmetrics_listen = \"\"").await;
    let notify = UnixDatagram::bind(place.path("notify")).unwrap();
    let hears = async || {
        let mut text = vec![0; 4_096];
        let length = timeout(LONG, notify.recv(&mut text)).await.expect("nothing is said").unwrap();
        String::from_utf8(text[..length].to_vec()).unwrap()
    };
    let mut command = place.command(&["serve"]);
    command.env("NOTIFY_SOCKET", place.path("notify"));
    let server = Server::starts(command).await;
    assert!(hears().await.starts_with("READY=1\n"));
    place.runs(&["upgrade"]).await.good();
    let reloading = hears().await;
    assert!(reloading.starts_with("RELOADING=1\nMONOTONIC_USEC="), "{reloading}");
    assert!(hears().await.starts_with("READY=1\n"));
    server.stops().await;
    assert!(hears().await.starts_with("STOPPING=1\n"));
}
