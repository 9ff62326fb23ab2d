//! The sockets that a server listens on: its own, or those that somebody opened before it.
//!
//! Whoever opens them first keeps them open while servers come and go, and who connects meanwhile waits in the kernel's
//! queue: systemd by a socket unit, or the server before an [upgrade](crate::upgrade). Both pass them on in the same way,
//! by `LISTEN_FDS` of sd_listen_fds(3).

use std::{
    io,
    net::{SocketAddr, TcpListener},
};

use anyhow::Context;

use crate::config::Config;

/// How many connections wait for a server that is being upgraded, and in any moment in which it does not accept. The
/// system may allow fewer (`net.core.somaxconn`).
#[cfg(unix)]
const BACKLOG: i32 = 4_096;

/// Sockets that were open before this process began its work: the site's first, then that of the metrics.
#[derive(Debug, Default)]
pub struct Inherited {
    http: Option<TcpListener>,
    metrics: Option<TcpListener>,
}

impl Inherited {
    /// Takes them out of the environment. Once, and before there are other threads, because the environment changes.
    pub fn take() -> anyhow::Result<Self> {
        #[cfg(unix)]
        {
            let mut passed = listenfd::ListenFd::from_env();
            let mut socket = |index| {
                passed
                    .take_tcp_listener(index)
                    .with_context(|| format!("socket {index} of LISTEN_FDS is not one to listen on by TCP"))
            };
            Ok(Self { http: socket(0)?, metrics: socket(1)? })
        }
        #[cfg(not(unix))]
        Ok(Self::default())
    }
}

/// What a server listens on. Clones of it are the same sockets: as long as one is there, nobody who connects is refused.
#[derive(Debug)]
pub struct Listeners {
    /// For everybody.
    pub http: TcpListener,
    /// For Prometheus.
    pub metrics: Option<TcpListener>,
}

impl Listeners {
    /// Those that were passed on, else those that the configuration asks for. Without metrics a server runs all the same.
    pub fn open(config: &Config, inherited: Inherited) -> anyhow::Result<Self> {
        let wanted = config.http.listen;
        let http = match inherited.http {
            Some(socket) => {
                let address = socket.local_addr()?;
                if wanted.port() != 0 && wanted != address {
                    tracing::info!(%address, http.listen = %wanted, "listening where the socket was opened before the start");
                }
                socket
            }
            None => bind(wanted)?,
        };
        let metrics = match (config.http.metrics_listen.as_str(), inherited.metrics) {
            ("", _) => None,
            (_, Some(socket)) => Some(socket),
            (address, None) => TcpListener::bind(address)
                .inspect_err(|error| tracing::warn!(%error, address, "no metrics: set http.metrics_listen"))
                .ok(),
        };
        Ok(Self { http, metrics })
    }

    /// The site's socket, for a server's own loop.
    pub fn accept(&self) -> io::Result<tokio::net::TcpListener> {
        accept(self.http.try_clone()?)
    }

    /// That of the metrics, where there is one.
    pub fn accept_metrics(&self) -> io::Result<Option<tokio::net::TcpListener>> {
        self.metrics.as_ref().map(|socket| accept(socket.try_clone()?)).transpose()
    }
}

/// The socket of a server that is alone with it.
pub(crate) fn listen(wanted: SocketAddr) -> anyhow::Result<tokio::net::TcpListener> {
    Ok(accept(bind(wanted)?)?)
}

fn bind(wanted: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(wanted).with_context(|| format!("cannot listen on {wanted}: set http.listen to a free address"))
}

fn accept(socket: TcpListener) -> io::Result<tokio::net::TcpListener> {
    #[cfg(unix)]
    rustix::net::listen(&socket, BACKLOG)?;
    socket.set_nonblocking(true)?;
    tokio::net::TcpListener::from_std(socket)
}

#[cfg(unix)]
pub(crate) use self::passing::pass_on;

#[cfg(unix)]
mod passing {
    use std::{
        io,
        os::fd::{AsRawFd, OwnedFd},
        process::Command,
    };

    use rustix::io::{FdFlags, fcntl_dupfd_cloexec, fcntl_setfd};

    use super::Listeners;

    /// Above the numbers that a shell gives.
    const FIRST: i32 = 10;

    /// Has `program`, which takes the place of this process, begin with the sockets open. They stay open with what is
    /// given back.
    pub(crate) fn pass_on(listeners: &Listeners, program: &mut Command) -> io::Result<Vec<OwnedFd>> {
        let sockets = numbered(listeners)?;
        for socket in &sockets {
            fcntl_setfd(socket, FdFlags::empty())?;
        }
        program
            .env("LISTEN_FDS", sockets.len().to_string())
            .env("LISTEN_FDS_FIRST_FD", sockets[0].as_raw_fd().to_string())
            .env("LISTEN_PID", std::process::id().to_string())
            .env_remove("LISTEN_FDNAMES");
        Ok(sockets)
    }

    /// The sockets under numbers that follow each other, as the protocol wants them.
    fn numbered(listeners: &Listeners) -> io::Result<Vec<OwnedFd>> {
        let mut from = FIRST;
        loop {
            let mut sockets: Vec<OwnedFd> = Vec::new();
            for socket in [&listeners.http].into_iter().chain(&listeners.metrics) {
                let next = sockets.last().map_or(from, |last| last.as_raw_fd() + 1);
                sockets.push(fcntl_dupfd_cloexec(socket, next)?);
            }
            let (Some(first), Some(last)) = (sockets.first(), sockets.last()) else { return Ok(sockets) };
            if usize::try_from(last.as_raw_fd() - first.as_raw_fd()).is_ok_and(|apart| apart + 1 == sockets.len()) {
                return Ok(sockets);
            }
            // Another number between them was taken: look on behind it.
            from = last.as_raw_fd();
        }
    }
}
