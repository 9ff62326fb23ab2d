//! A line from a node to a server that all nodes share, which can be cut and let on again.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

/// How the line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It carries all.
    Open,
    /// It carries nothing and nobody is told, as where a cable is pulled: what was sent meanwhile goes on when it is open again.
    Silent,
    /// Whoever was connected is cut off with a reset, and so is who connects.
    Reset,
}

/// The line.
pub struct Line {
    pub address: SocketAddr,
    way: watch::Sender<Way>,
    task: JoinHandle<()>,
}

impl Line {
    /// To whoever listens at this port.
    pub async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (way, ways) = watch::channel(Way::Open);
        let task = tokio::spawn(async move {
            loop {
                let Ok((client, _)) = listener.accept().await else { return };
                tokio::spawn(carry(client, port, ways.clone()));
            }
        });
        Self { address, way, task }
    }

    /// From now on it is like this.
    pub fn is(&self, way: Way) {
        self.way.send_replace(way);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry(client: TcpStream, port: u16, mut ways: watch::Receiver<Way>) {
    let _ = client.set_zero_linger();
    // Whoever comes while it is silent waits.
    if ways.wait_for(|way| *way != Way::Silent).await.is_err() || *ways.borrow() == Way::Reset {
        return;
    }
    let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    let _ = (server.set_zero_linger(), server.set_nodelay(true), client.set_nodelay(true));
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let (up, down) = (pump(from_client, to_server, ways.clone()), pump(from_server, to_client, ways.clone()));
    tokio::select! {
        _ = ways.wait_for(|way| *way == Way::Reset) => {}
        () = up => {}
        () = down => {}
    }
}

async fn pump(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mut ways: watch::Receiver<Way>,
) {
    let mut bytes = vec![0; 16_384];
    loop {
        let Ok(got @ 1..) = from.read(&mut bytes).await else { return };
        if ways.wait_for(|way| *way != Way::Silent).await.is_err() || to.write_all(&bytes[..got]).await.is_err() {
            return;
        }
    }
}
