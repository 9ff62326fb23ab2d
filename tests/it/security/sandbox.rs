//! The program with as little as it needs: nobody's user, no rights, and a disk of which it may change one directory.

use std::{
    path::Path,
    process::{Command, Output, Stdio},
    time::Duration,
};

use reqwest::Method;
use serde_json::json;

use crate::world::{Caller, PATIENCE, in_room};

/// Whom the container's image runs it as.
const NOBODY: u32 = 65_532;

/// Makes everything read-only but the directory `$1`, then runs the program there as nobody, without rights and without a way
/// to any. What lies outside stays as it is: these mounts are this process's own.
const SCRIPT: &str = r#"
set -eu
mount --make-rprivate /
mount --bind "$1" "$1"
for place in $(cut -d' ' -f5 /proc/self/mountinfo | sort -ru); do
  case "$place" in "$1"|"$1"/*|/proc|/proc/*|/sys|/sys/*|/dev|/dev/*) continue ;; esac
  mount -o remount,bind,ro "$place" 2>/dev/null || true
done
cd "$1"
exec setpriv --reuid "$2" --regid "$2" --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$3"/onecouch
"#;

/// Tries to write everywhere that programs like to, from the same place.
const TRIES: &str = r#"
set -u
mount --make-rprivate /
mount --bind "$1" "$1"
for place in $(cut -d' ' -f5 /proc/self/mountinfo | sort -ru); do
  case "$place" in "$1"|"$1"/*|/proc|/proc/*|/sys|/sys/*|/dev|/dev/*) continue ;; esac
  mount -o remount,bind,ro "$place" 2>/dev/null || true
done
for place in / /tmp /etc /root /var/tmp "$3"; do
  if touch "$place/.onecouch-was-here" 2>/dev/null; then rm -f "$place/.onecouch-was-here"; echo "$place can be written"; fi
done
touch "$1/.onecouch-was-here" && echo "data can be written"
"#;

/// Whether this machine lets us make mounts of our own; `check` says so where it does not.
fn may_mount() -> bool {
    let done =
        Command::new("unshare").args(["-m", "sh", "-c", "mount --make-rprivate / && command -v setpriv"]).output();
    done.is_ok_and(|done| done.status.success())
}

fn within(script: &str, data: &Path, program: &Path) -> Command {
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-c", script, "sh"]).arg(data).arg(NOBODY.to_string()).arg(program);
    command
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test]
async fn the_program_serves_as_nobody_on_a_disk_that_it_may_not_write() {
    if !may_mount() {
        eprintln!("SKIPPED: making mounts needs root here");
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let [data, program] = ["data", "program"].map(|name| place.path().join(name));
    std::fs::create_dir_all(&program).unwrap();
    std::fs::create_dir_all(&data).unwrap();
    std::fs::copy(env!("CARGO_BIN_EXE_onecouch"), program.join("onecouch")).unwrap();
    std::os::unix::fs::chown(&data, Some(NOBODY), Some(NOBODY)).unwrap();
    for open in [place.path(), &program] {
        let all: std::fs::Permissions = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(open, all).unwrap();
    }
    let tried = within(TRIES, &data, &program).output().unwrap();
    assert_eq!(text(&tried).trim(), "data can be written");
    std::fs::remove_file(data.join(".onecouch-was-here")).unwrap();

    let (said, log) = (place.path().join("said"), place.path().join("log"));
    let file = |path: &Path| Stdio::from(std::fs::File::create(path).unwrap());
    let mut child = tokio::process::Command::from(within(SCRIPT, &data, &program))
        .env("ONECOUCH__HTTP__LISTEN", "127.0.0.1:0")
        .env("ONECOUCH__HTTP__METRICS_LISTEN", "")
        .env("ONECOUCH__DATABASE__URL", "sqlite://onecouch.db")
        .stdout(file(&said))
        .stderr(file(&log))
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let opens = async {
        loop {
            let lines = std::fs::read_to_string(&said).unwrap();
            if let Some(url) = lines.lines().find_map(|line| line.strip_prefix("onecouch is open at ")) {
                return url.trim_end_matches('/').to_owned();
            }
            if let Some(status) = child.try_wait().unwrap() {
                panic!("it ended with {status}: {}", std::fs::read_to_string(&log).unwrap());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let url = tokio::time::timeout(PATIENCE * 3, opens).await.expect("it did not open");

    // It is nobody, and cannot become anybody else.
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id().unwrap())).unwrap();
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
    assert!(field("Uid:").split_whitespace().all(|id| id == NOBODY.to_string()), "{status}");
    assert_eq!((field("CapEff:"), field("CapBnd:")), ("0000000000000000".to_owned(), "0000000000000000".to_owned()));
    assert_eq!(field("NoNewPrivs:"), "1");

    // And it does its work: people, a room, a line, a picture, and a password, which takes memory.
    let nobody = Caller::new(&url, None);
    let made = nobody.post("/api/v1/sessions", json!({ "name": "Ana" })).await.created();
    let ana = Caller::new(&url, Some(made["token"].as_str().unwrap().to_owned()));
    let account = json!({ "username": "ana", "password": "correct horse 7" });
    ana.post("/api/v1/accounts", account).await.created();
    let room = ana.makes_room("Hardened").await;
    ana.post(&in_room(&room, "/chat"), json!({ "text": "all well" })).await.created();
    assert_eq!(nobody.send(Method::GET, "/card.png", |request| request).await.status, 200);
    assert_eq!(nobody.get("/").await.status, 200);

    let process = rustix::process::Pid::from_raw(i32::try_from(child.id().unwrap()).unwrap()).unwrap();
    rustix::process::kill_process(process, rustix::process::Signal::TERM).unwrap();
    let ended = tokio::time::timeout(PATIENCE, child.wait()).await.expect("it does not stop").unwrap();
    assert!(ended.success(), "{ended}: {}", std::fs::read_to_string(&log).unwrap());
    let left: Vec<_> = std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| name.to_string_lossy().starts_with("onecouch.db")) && !left.is_empty(), "{left:?}");
}
