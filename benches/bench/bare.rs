//! What we compare with: child processes that do nothing but the one thing that cannot be left out.

use std::{
    fs::File,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::fs::FileExt,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Context;
use axum::{Router, extract::Path as InPath, http::header, routing::get};
use tower_http::services::ServeFile;

/// What the write loop says when it is open; its addresses for viewers and for orders follow.
pub const WRITES_OPEN: &str = "the write loop is open at ";
/// What the HTTP server says when it is open; its address follows.
pub const HTTP_OPEN: &str = "the constant is at ";

/// What the constant is cut from.
static CONSTANT: [u8; 65536] = [b'x'; 65536];
/// A block of the disk.
const BLOCK: usize = 4096;
/// How many blocks the test file has: it is written through again and again, as a write-ahead log is.
const BLOCKS: u64 = 1024;

/// Accepts as many viewers as the first order says, then writes what each further order holds to each of them, one
/// `write(2)` per viewer and frame.
pub fn writes() -> anyhow::Result<()> {
    let viewers = TcpListener::bind("127.0.0.1:0")?;
    let orders = TcpListener::bind("127.0.0.1:0")?;
    println!("{WRITES_OPEN}{} {}", viewers.local_addr()?, orders.local_addr()?);
    let (mut orders, _) = orders.accept()?;
    let count = number(&mut orders)?;
    let mut sockets = Vec::new();
    for _ in 0..count {
        let (mut socket, _) = viewers.accept()?;
        socket.set_nodelay(true)?;
        greet(&mut socket)?;
        sockets.push(socket);
    }
    orders.write_all(b"k")?;
    while let Ok(times) = number(&mut orders) {
        let length = number(&mut orders)?;
        let mut frame = vec![0; usize::try_from(length)?];
        orders.read_exact(&mut frame)?;
        for _ in 0..times {
            for socket in &mut sockets {
                socket.write_all(&frame)?;
            }
        }
    }
    Ok(())
}

fn number(orders: &mut TcpStream) -> std::io::Result<u32> {
    let mut bytes = [0; 4];
    orders.read_exact(&mut bytes)?;
    Ok(u32::from_be_bytes(bytes))
}

/// Just enough of a handshake for the generator, which does not check it.
fn greet(socket: &mut TcpStream) -> anyhow::Result<()> {
    let mut request = Vec::new();
    let mut part = [0; 1024];
    while !request.ends_with(b"\r\n\r\n") {
        let read = socket.read(&mut part)?;
        anyhow::ensure!(read > 0, "a viewer left before it was greeted");
        request.extend_from_slice(part.get(..read).unwrap_or_default());
    }
    socket.write_all(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")?;
    Ok(())
}

/// A constant of any length behind the framework that we use, and a clip for links to lead to.
pub fn http(place: &Path) -> anyhow::Result<()> {
    let clip = place.join("clip.mp4");
    std::fs::write(&clip, include_bytes!("../../assets/demo.mp4"))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let constant = |InPath((length, _name)): InPath<(usize, String)>| async move {
            let body = bytes::Bytes::from_static(&CONSTANT).slice(..length.min(CONSTANT.len()));
            ([(header::CONTENT_TYPE, "application/json")], body)
        };
        let router = Router::new()
            .route("/constant/{length}/{name}", get(constant))
            .route_service("/clip.mp4", ServeFile::new(clip));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("{HTTP_OPEN}{}", listener.local_addr()?);
        let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
            let _ = stream.set_nodelay(true);
        });
        axum::serve(listener, router).await?;
        Ok(())
    })
}

/// How many blocks of 4 KiB a second reach this directory's disk, each waited for.
pub fn disk(place: &Path, time: Duration) -> anyhow::Result<f64> {
    let path = place.join("blocks");
    let block = [7; BLOCK];
    let file = File::options().write(true).create(true).truncate(false).open(&path).context("the test file")?;
    if file.metadata()?.len() == 0 {
        for number in 0..BLOCKS {
            file.write_all_at(&block, number * BLOCK as u64)?;
        }
        file.sync_all()?;
    }
    let from = Instant::now();
    let mut written: u64 = 0;
    while from.elapsed() < time {
        file.write_all_at(&block, written % BLOCKS * BLOCK as u64)?;
        file.sync_data()?;
        written += 1;
    }
    Ok(written as f64 / from.elapsed().as_secs_f64())
}
