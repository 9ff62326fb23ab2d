//! A line between clients and a server, which breaks as it is told to.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

/// How one connection goes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plan {
    /// After so many bytes from the client both ends are cut.
    pub up: Option<u64>,
    /// After so many bytes from the server both ends are cut.
    pub down: Option<u64>,
    /// Cut with a reset, which throws away what is on its way; else with an orderly end.
    pub reset: bool,
}

/// The line.
pub struct Proxy {
    pub address: SocketAddr,
    /// From here on nothing goes through any more, and nobody is told.
    pub silence: CancellationToken,
    cuts: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Between whoever connects and `server`; the plan of each connection comes from its number.
    pub async fn to(server: SocketAddr, mut plan: impl FnMut(u64) -> Plan + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (silence, cuts) = (CancellationToken::new(), Arc::new(AtomicU64::new(0)));
        let (silent, counted) = (silence.clone(), cuts.clone());
        let task = tokio::spawn(async move {
            for number in 0.. {
                let Ok((client, _)) = listener.accept().await else { return };
                let (plan, silent, counted) = (plan(number), silent.clone(), counted.clone());
                tokio::spawn(async move {
                    if carry(client, server, plan, &silent).await {
                        counted.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        Self { address, silence, cuts, task }
    }

    /// How many connections were cut as planned.
    pub fn cuts(&self) -> u64 {
        self.cuts.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Carries one connection to its end; whether it was cut.
async fn carry(client: TcpStream, server: SocketAddr, plan: Plan, silent: &CancellationToken) -> bool {
    let Ok(server) = TcpStream::connect(server).await else { return false };
    for end in [&client, &server] {
        let _ = end.set_nodelay(true);
        if plan.reset {
            let _ = end.set_zero_linger();
        }
    }
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
        (client.into_split(), server.into_split());
    let pumped = async {
        tokio::select! {
            cut = pump(&mut from_client, &mut to_server, plan.up) => cut,
            cut = pump(&mut from_server, &mut to_client, plan.down) => cut,
        }
    };
    tokio::select! {
        biased;
        () = silent.cancelled() => {
            // Both ends stay open and hear nothing, as when a cable is pulled.
            tokio::time::sleep(Duration::from_hours(1)).await;
            false
        }
        cut = pumped => cut,
    }
}

async fn pump(from: &mut OwnedReadHalf, to: &mut OwnedWriteHalf, mut left: Option<u64>) -> bool {
    let mut bytes = [0; 4096];
    loop {
        let got = match from.read(&mut bytes).await {
            Ok(0) | Err(_) => return false,
            Ok(got) => got,
        };
        let some = left.map_or(got, |left| got.min(usize::try_from(left).unwrap_or(got)));
        if to.write_all(&bytes[..some]).await.is_err() {
            return false;
        }
        if let Some(left) = &mut left {
            *left -= some as u64;
            if *left == 0 {
                return true;
            }
        }
    }
}
