//! A real PostgreSQL, as it is installed on this machine or unpacked in `target/tools/debian`: on a free port, with a
//! database for each story, and gone when this process is.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
};

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};

/// It runs as no other than this where we are root: it refuses to be that.
const NOBODY: u32 = 65_534;

/// The password of the role `couch`, which may do everything.
pub const PASSWORD: &str = "on-the-couch";

/// Ends the server as it is told, or when nobody is there any more who could tell, and takes its files away then.
///
/// What ends all that began together, as a key at the terminal does, must not end it before it has done so.
const WATCH: &str = r#"trap '' INT TERM HUP; directory=$1; shift
"$@" & server=$!
exec 2>/dev/null
if read -r how; then kill -s "$how" $server; wait $server
else kill -s QUIT $server; wait $server; rm -rf "$directory"; fi"#;

/// A server.
pub struct Server {
    directory: PathBuf,
    programs: PathBuf,
    port: u16,
    /// What it is told beside where it listens.
    settings: Vec<&'static str>,
    running: Option<(Child, ChildStdin)>,
}

/// The one that all stories share that do nothing to it. None where there is no PostgreSQL; that is said once per story.
pub fn shared() -> Option<&'static Server> {
    static SHARED: LazyLock<Option<Server>> = LazyLock::new(|| Server::start(&["fsync=off", "full_page_writes=off"]));
    SHARED.as_ref().or_else(skipped)
}

/// One that a story has for itself.
pub fn own(settings: &[&'static str]) -> Option<Server> {
    Server::start(settings).or_else(skipped)
}

fn skipped<T>() -> Option<T> {
    // Not by the macro: its lines are kept from whoever reads while all goes well.
    let story = std::thread::current().name().unwrap_or("a story").to_owned();
    let _ = writeln!(std::io::stderr(), "SKIPPED {story}: it needs PostgreSQL (apt-get install postgresql)");
    None
}

/// The newest that is here.
fn programs() -> Option<PathBuf> {
    let unpacked = concat!(env!("CARGO_MANIFEST_DIR"), "/target/tools/debian/usr/lib/postgresql");
    let versions = ["/usr/lib/postgresql", unpacked].into_iter().filter_map(|place| fs::read_dir(place).ok());
    let programs = versions.flatten().flatten().map(|version| version.path().join("bin"));
    programs.filter(|programs| programs.join("initdb").exists()).max()
}

impl Server {
    fn start(settings: &[&'static str]) -> Option<Self> {
        let programs = programs()?;
        let directory = tempfile::Builder::new().prefix("onecouch-postgres-").tempdir().unwrap().keep();
        let password = directory.join("password");
        fs::write(&password, PASSWORD).unwrap();
        if rustix::process::geteuid().is_root() {
            for path in [&directory, &password] {
                chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
            }
        }
        let mut server = Self { directory, programs, port: 0, settings: settings.to_vec(), running: None };
        let mut init = server.command("initdb");
        init.args(["--no-sync", "--auth=scram-sha-256", "--username=couch", "--encoding=UTF8", "--locale=C.UTF-8"]);
        init.arg("--pgdata").arg(server.directory.join("data")).arg("--pwfile").arg(&password);
        let said = init.output().unwrap();
        if !said.status.success() {
            let _ = writeln!(std::io::stderr(), "{}", String::from_utf8_lossy(&said.stderr));
            return None;
        }
        // Somebody else may take the port between the two.
        for _ in 0..5 {
            server.port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            if server.begins() {
                return Some(server);
            }
        }
        None
    }

    /// One of its programs, as whom it may be run.
    fn command(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        self.as_nobody(&program)
    }

    fn as_nobody(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.directory).env("LC_ALL", "C");
        // Where it is unpacked and not installed, so are its libraries.
        let libraries = self.programs.join("../../..").canonicalize().unwrap();
        let libraries: Vec<_> = fs::read_dir(libraries).unwrap().flatten().map(|found| found.path()).collect();
        let libraries = libraries.into_iter().filter(|found| found.to_string_lossy().ends_with("-linux-gnu"));
        command.env("LD_LIBRARY_PATH", std::env::join_paths(libraries).unwrap());
        if rustix::process::geteuid().is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }

    /// Starts it, again or for the first time. False where it ended at once.
    pub fn begins(&mut self) -> bool {
        let mut command = self.as_nobody(Path::new("/bin/sh"));
        command.args(["-c", WATCH, "sh"]).arg(&self.directory).arg(self.programs.join("postgres"));
        command.arg("-D").arg(self.directory.join("data"));
        let port = format!("port={}", self.port);
        let settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=300", &port];
        for setting in settings.into_iter().chain(self.settings.iter().copied()) {
            command.args(["-c", setting]);
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("there is a shell");
        let mut orders = child.stdin.take().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
        let ready = said.by_ref().map_while(Result::ok).any(|line| line.contains("ready to accept connections"));
        // What it says from now on is nobody's concern, but somebody must take it.
        std::thread::spawn(move || said.for_each(drop));
        if ready {
            self.running = Some((child, orders));
        } else {
            let _ = writeln!(orders, "QUIT");
            let _ = child.wait();
        }
        ready
    }

    /// Ends it: `INT` in order, `QUIT` as if the machine had failed.
    pub fn ends(&mut self, how: &str) {
        let Some((mut child, mut orders)) = self.running.take() else { return };
        writeln!(orders, "{how}").unwrap();
        child.wait().unwrap();
    }

    /// The address of a database.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://couch:{PASSWORD}@127.0.0.1:{}/{database}", self.port)
    }

    /// The address of the server alone.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Somebody at a database, such as a person with psql.
    pub async fn hand(&self, database: &str) -> PgConnection {
        let options: PgConnectOptions = self.url(database).parse().unwrap();
        options.disable_statement_logging().connect().await.unwrap()
    }

    /// A database that was not there, by its name.
    pub async fn database(&self) -> String {
        self.database_with("").await
    }

    /// The same, made in some way.
    pub async fn database_with(&self, how: &str) -> String {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let name = format!("story_{}", LAST.fetch_add(1, Ordering::Relaxed));
        self.does("postgres", &format!("CREATE DATABASE {name} {how}")).await;
        name
    }

    /// Says something to a database.
    pub async fn does(&self, database: &str, statements: &str) {
        let mut hand = self.hand(database).await;
        sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(&mut hand).await.unwrap();
        hand.close().await.unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ends("QUIT");
        let _ = fs::remove_dir_all(&self.directory);
    }
}
