//! A NATS server on loopback, for stories of several nodes.

use std::{path::PathBuf, process::Stdio, time::Duration};

use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    net::TcpStream,
    process::{Child, Command},
    time::{sleep, timeout},
};

use crate::world::PATIENCE;

/// A server of this story's alone.
pub struct Nats {
    /// Where it writes which port it took.
    place: TempDir,
    child: Child,
    pub port: u16,
}

/// The program: installed, or unpacked from Debian's package for this tree.
fn program() -> Option<PathBuf> {
    let tools = concat!(env!("CARGO_MANIFEST_DIR"), "/target/tools/debian/usr/sbin");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places = std::env::split_paths(&path).chain(["/usr/sbin".into(), tools.into()]);
    places.map(|place| place.join("nats-server")).find(|program| program.is_file())
}

impl Nats {
    /// Starts one; none where there is no program, and says so.
    pub async fn start() -> Option<Self> {
        let Some(program) = program() else {
            eprintln!("skipped: there is no nats-server (in Debian's package of that name)");
            return None;
        };
        let place = tempfile::tempdir().unwrap();
        let child = begin(&program, &place, "-1");
        let file = place.path().join(format!("nats-server_{}.ports", child.id().unwrap()));
        let ports = async {
            loop {
                // Written when it listens; nobody tells of it.
                let text = tokio::fs::read(&file).await.unwrap_or_default();
                match serde_json::from_slice::<Value>(&text) {
                    Ok(ports) => return ports,
                    Err(_) => sleep(Duration::from_millis(10)).await,
                }
            }
        };
        let ports = timeout(PATIENCE, ports).await.expect("a NATS server");
        let port = ports["nats"][0].as_str().and_then(|url| url.rsplit(':').next()?.parse().ok()).unwrap();
        Some(Self { place, child, port })
    }

    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Ends without a word.
    pub async fn dies(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Starts again, where it was.
    pub async fn comes_back(&mut self) {
        self.child = begin(&program().unwrap(), &self.place, &self.port.to_string());
        let listens = async {
            while TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(PATIENCE, listens).await.expect("the NATS server again");
    }
}

fn begin(program: &std::path::Path, place: &TempDir, port: &str) -> Child {
    let mut command = Command::new(program);
    command.args(["-a", "127.0.0.1", "-p", port, "--ports_file_dir"]).arg(place.path());
    command.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn().unwrap()
}
