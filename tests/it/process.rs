//! The real program, in a process of its own.

use std::{
    path::Path,
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    task::JoinHandle,
};

use crate::{fake_web::FakeWeb, world::PATIENCE};

/// What would stop those who write much.
const LIMITS: [&str; 11] = [
    "CALLS",
    "CHAT",
    "CHAT_OF_ADDRESS",
    "COMMANDS",
    "FRAMES",
    "GUESTS",
    "LINKS",
    "LINKS_OF_ADDRESS",
    "LOGINS",
    "ROOMS",
    "WRONG_INVITES",
];

/// A server in a process of its own.
pub struct Process {
    pub child: Child,
    pub url: String,
    said: Arc<Mutex<String>>,
    saying: JoinHandle<()>,
}

/// The program as it is.
pub fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_onecouch"))
}

impl Process {
    /// Starts it on the data in `place`.
    pub async fn start(place: &Path, web: &FakeWeb) -> Self {
        Self::start_as(program(), place, web)
            .await
            .unwrap_or_else(|said| panic!("the server ended at its start: {said}"))
    }

    /// The same by a command that becomes the program, with what the command sets itself; what it said, where it ended before it
    /// was open.
    pub async fn start_as(mut command: Command, place: &Path, web: &FakeWeb) -> Result<Self, String> {
        let own: Vec<_> =
            command.as_std().get_envs().map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned))).collect();
        let plenty = "{ burst = 1000000, per_minute = 1000000 }";
        let mut child = command
            .current_dir(place)
            .env("ONECOUCH__HTTP__LISTEN", "127.0.0.1:0")
            .env("ONECOUCH__HTTP__METRICS_LISTEN", "")
            .env("ONECOUCH__RESOLVE__ALLOW_PRIVATE", format!("[\"{}\"]", web.authority()))
            .envs(LIMITS.map(|limit| (format!("ONECOUCH__LIMITS__{limit}"), plenty)))
            .env("ONECOUCH__LIMITS__SOCKETS_PER_ADDRESS", "100000")
            .env("ONECOUCH__LIMITS__SOCKETS_PER_PERSON", "100000")
            .env("ONECOUCH__LOG__FILTER", "warn")
            .envs(own.into_iter().filter_map(|(name, value)| Some((name, value?))))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let mut errors = BufReader::new(child.stderr.take().unwrap()).lines();
        let hears = said.clone();
        let saying = tokio::spawn(async move {
            while let Ok(Some(line)) = errors.next_line().await {
                hears.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let open = async {
            loop {
                let line = lines.next_line().await.unwrap()?;
                if let Some(url) = line.strip_prefix("onecouch is open at ") {
                    return Some(url.trim_end_matches('/').to_owned());
                }
            }
        };
        let url = tokio::time::timeout(PATIENCE * 2, open).await.expect("the server did not open");
        let Some(url) = url else {
            let _ = child.wait().await;
            let _ = saying.await;
            return Err(said.lock().unwrap().clone());
        };
        // Whatever it says later is read, or it would wait for that.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { child, url, said, saying })
    }

    /// As the power does: no word, no last write.
    pub async fn dies(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Asks it to end.
    pub async fn is_terminated(&mut self) {
        self.is_told("-TERM").await;
    }

    /// Sends it a signal, such as `-STOP`.
    pub async fn is_told(&self, signal: &str) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().await.unwrap().success());
    }

    /// Waits for its end, so long at most.
    pub async fn ends_within(&mut self, time: Duration) -> ExitStatus {
        let status = tokio::time::timeout(time, self.child.wait()).await;
        status.unwrap_or_else(|_| panic!("it did not end within {time:?}")).unwrap()
    }

    /// What it logged so far.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.saying.abort();
    }
}
