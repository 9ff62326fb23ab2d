//! What a stranger can try with a link: every address that is not on the public internet, in every spelling.

mod links;

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use engine::{
    ports::Resolve,
    refusal::{Code, Refusal},
};
use reqwest::dns::{Addrs, Name, Resolve as Lookup, Resolving};
use tokio::net::TcpListener;
use url::Url;

use super::{Limits, ResolveSettings, Resolver};

/// Listens on this machine on IPv4 and, where there is any, IPv6, and counts who comes.
struct Canary {
    port: u16,
    seen: Arc<AtomicUsize>,
}

impl Canary {
    async fn sing() -> Self {
        let four = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = four.local_addr().unwrap().port();
        let six = TcpListener::bind(("::1", port)).await.ok();
        let seen = Arc::new(AtomicUsize::new(0));
        for listener in [Some(four), six].into_iter().flatten() {
            let seen = Arc::clone(&seen);
            tokio::spawn(async move {
                while listener.accept().await.is_ok() {
                    seen.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        Self { port, seen }
    }

    fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }
}

/// A name server that answers from a list, one answer after the other, the last one again and again.
#[derive(Clone, Default)]
struct Names {
    answers: Arc<Mutex<HashMap<String, Vec<Vec<IpAddr>>>>>,
    asked: Arc<AtomicUsize>,
}

impl Names {
    fn with(self, name: &str, answers: &[&[&str]]) -> Self {
        let answers = answers.iter().map(|answer| answer.iter().map(|address| address.parse().unwrap()).collect());
        self.answers.lock().unwrap().insert(name.to_owned(), answers.collect());
        self
    }
}

impl Lookup for Names {
    fn resolve(&self, name: Name) -> Resolving {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap();
        let found = answers
            .get_mut(name.as_str().trim_end_matches('.'))
            .map(|answers| if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() });
        Box::pin(async move {
            let found = found.ok_or("no such name")?;
            Ok(Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}

fn resolver(allow_private: &[String], names: &Names) -> Resolver {
    let second = Duration::from_secs(1);
    let limits = Limits { connect: second / 5, total: second, ..Limits::default() };
    let names: Arc<dyn Lookup> = Arc::new(names.clone());
    let settings = ResolveSettings { allow_private: allow_private.to_vec(), limits, ..ResolveSettings::default() };
    Resolver::with_lookup(settings, &names).unwrap()
}

/// Links with `PORT` where the canary listens, and what becomes of them; `none` are no links at all.
const HOSTILE: &[(&str, &str)] = &[
    // this machine, in IPv4 and all its spellings
    ("http://127.0.0.1:PORT/", "private_address"),
    ("http://127.0.0.1.:PORT/", "private_address"),
    ("http://127.1:PORT/", "private_address"),
    ("http://127.0.1:PORT/", "private_address"),
    ("http://127.255.255.254:PORT/", "private_address"),
    ("http://2130706433:PORT/", "private_address"),
    ("http://2130706433.:PORT/", "private_address"),
    ("http://0x7f000001:PORT/", "private_address"),
    ("http://0X7F.1:PORT/", "private_address"),
    ("http://0x7f.0x0.0x0.0x1:PORT/", "private_address"),
    ("http://0177.0.0.1:PORT/", "private_address"),
    ("http://017700000001:PORT/", "private_address"),
    ("http://0177.0x0.0.1:PORT/", "private_address"),
    ("http://0:PORT/", "private_address"),
    ("http://0.0.0.0:PORT/", "private_address"),
    ("http://0x0:PORT/", "private_address"),
    ("http://127%2e0%2e0%2e1:PORT/", "private_address"),
    ("http://%31%32%37.0.0.1:PORT/", "private_address"),
    ("http://127。0。0。1:PORT/", "private_address"),
    ("http://127.0.0.1:PORT/", "private_address"),
    ("http://①②⑦.0.0.1:PORT/", "private_address"),
    ("http:\\\\127.0.0.1:PORT\\", "private_address"),
    ("http:127.0.0.1:PORT/", "private_address"),
    ("http:////127.0.0.1:PORT/", "private_address"),
    ("ht\ntp://127.0.0.\t1:PORT/", "private_address"),
    ("HTTPS://127.0.0.1:PORT/film.mp4", "private_address"),
    ("http://4294967296:PORT/", "none"),
    ("http://127.0.0.256:PORT/", "none"),
    ("http://127.0.0.1.5:PORT/", "none"),
    // this machine, in IPv6
    ("http://[::1]:PORT/", "private_address"),
    ("http://[::]:PORT/", "private_address"),
    ("http://[0:0:0:0:0:0:0:1]:PORT/", "private_address"),
    ("http://[::127.0.0.1]:PORT/", "private_address"),
    ("http://[::7f00:1]:PORT/", "private_address"),
    ("http://[::ffff:127.0.0.1]:PORT/", "private_address"),
    ("http://[::ffff:7f00:1]:PORT/", "private_address"),
    ("http://[0:0:0:0:0:ffff:7f00:0001]:PORT/", "private_address"),
    ("http://[::ffff:0:127.0.0.1]:PORT/", "private_address"),
    ("http://[64:ff9b::127.0.0.1]:PORT/", "private_address"),
    ("http://[64:ff9b:1::7f00:1]:PORT/", "private_address"),
    ("http://[2002:7f00:1::]:PORT/", "private_address"),
    ("http://[2001:0:7f00:1::]:PORT/", "private_address"),
    ("http://[::1%25lo]:PORT/", "none"),
    // the neighbourhood
    ("http://10.0.0.1:PORT/", "private_address"),
    ("http://100.64.0.1:PORT/", "private_address"),
    ("http://169.254.169.254/latest/meta-data/", "private_address"),
    ("http://0xa9fea9fe/latest/meta-data/", "private_address"),
    ("http://[::ffff:a9fe:a9fe]/", "private_address"),
    ("http://[fd00:ec2::254]/", "private_address"),
    ("http://172.16.0.1:PORT/", "private_address"),
    ("http://172.31.255.255:PORT/", "private_address"),
    ("http://192.168.1.1/", "private_address"),
    ("http://192.0.0.192/", "private_address"),
    ("http://198.18.0.1/", "private_address"),
    ("http://224.0.0.1:PORT/", "private_address"),
    ("http://255.255.255.255:PORT/", "private_address"),
    ("http://240.0.0.1:PORT/", "private_address"),
    ("http://[fe80::1]:PORT/", "private_address"),
    ("http://[fec0::1]:PORT/", "private_address"),
    ("http://[fc00::1]:PORT/", "private_address"),
    ("http://[ff02::1]:PORT/", "private_address"),
    // names
    ("http://localhost:PORT/", "private_address"),
    ("http://localhost.:PORT/", "private_address"),
    ("http://LOCALHOST:PORT/", "private_address"),
    ("http://ⓛocalhost:PORT/", "private_address"),
    ("http://loc\u{ad}alhost:PORT/", "private_address"),
    ("http://a.localhost:PORT/", "private_address"),
    ("http://printer.local:PORT/", "private_address"),
    ("http://metadata.google.internal/", "private_address"),
    ("http://router.home.arpa:PORT/", "private_address"),
    ("http://inside.example:PORT/", "private_address"),
    ("http://inside.example.:PORT/", "private_address"),
    ("http://inside-six.example:PORT/", "private_address"),
    ("http://mapped.example:PORT/", "private_address"),
    ("http://mixed.example:PORT/", "private_address"),
    ("http://bücher.example:PORT/", "private_address"),
    ("http://nobody.example:PORT/", "link_unreachable"),
    // a name or a password in front, to look like another host
    ("http://youtube.com@127.0.0.1:PORT/", "bad_input"),
    ("http://ana:secret@127.0.0.1:PORT/", "bad_input"),
    ("http://:secret@inside.example:PORT/", "bad_input"),
    ("http://youtube.com%2f@127.0.0.1:PORT/", "bad_input"),
    ("http://127.0.0.1:PORT\\@youtube.com/", "private_address"),
    ("http://127.0.0.1:PORT#@youtube.com/", "private_address"),
    ("http://127.0.0.1:PORT?@youtube.com/", "private_address"),
    // other schemes
    ("ftp://127.0.0.1:PORT/", "bad_scheme"),
    ("file:///etc/passwd", "bad_scheme"),
    ("gopher://127.0.0.1:PORT/_", "bad_scheme"),
    ("ws://127.0.0.1:PORT/", "bad_scheme"),
    ("javascript:alert(1)", "bad_scheme"),
    ("data:video/mp4;base64,AAAA", "bad_scheme"),
    ("blob:http://127.0.0.1:PORT/1", "bad_scheme"),
    ("//127.0.0.1:PORT/", "none"),
    ("127.0.0.1:PORT", "none"),
];

#[tokio::test]
async fn no_spelling_of_a_private_address_makes_us_knock_there() {
    let canary = Canary::sing().await;
    let names = Names::default()
        .with("inside.example", &[&["127.0.0.1"]])
        .with("inside-six.example", &[&["::1"]])
        .with("mapped.example", &[&["::ffff:127.0.0.1"]])
        .with("mixed.example", &[&["3ffe::1", "127.0.0.1"]])
        .with("xn--bcher-kva.example", &[&["127.0.0.1"]]);
    let resolver = resolver(&[], &names);
    assert!(HOSTILE.len() >= 60);
    for (text, expected) in HOSTILE {
        let text = text.replace("PORT", &canary.port.to_string());
        let Ok(link) = Url::parse(&text) else {
            assert_eq!(*expected, "none", "{text} is no link");
            continue;
        };
        let refusal = resolver.probe(&link).await.unwrap_err();
        assert_eq!(refusal.code.name(), *expected, "{text} ({link})");
        if refusal.code != Code::LinkUnreachable && !link.as_str().contains("example") {
            assert_eq!(resolver.recognise(&link), Err(refusal), "{text} is refused by its text alone");
        }
    }
    assert_eq!(canary.seen(), 0);

    // And the canary does sing when somebody is let through.
    let here = format!("127.0.0.1:{}", canary.port);
    let open = self::resolver(std::slice::from_ref(&here), &names);
    open.probe(&format!("http://{here}/").parse().unwrap()).await.unwrap_err();
    assert_eq!(canary.seen(), 1);
}

#[tokio::test]
async fn a_name_that_turns_inward_after_it_was_looked_at_leads_nowhere() {
    let canary = Canary::sing().await;
    // A public address at first would have a test knock on a stranger's door; none at all is as harmless an answer.
    let names = Names::default().with("turns.example", &[&[], &["127.0.0.1"], &["::1"]]);
    let resolver = resolver(&[], &names);
    let link = format!("http://turns.example:{}/", canary.port).parse().unwrap();
    let mut answers = Vec::new();
    for asked in 1..=3 {
        answers.push(resolver.probe(&link).await.map_err(|refusal: Refusal| refusal.code));
        // Asked once for each look: what was checked is what is connected to.
        assert_eq!(names.asked.load(Ordering::SeqCst), asked);
    }
    assert_eq!(answers, [Err(Code::LinkUnreachable), Err(Code::PrivateAddress), Err(Code::PrivateAddress)]);
    assert_eq!(canary.seen(), 0);
}

#[tokio::test]
async fn an_excepted_name_may_lead_inward_and_only_on_its_port() {
    let canary = Canary::sing().await;
    let names = Names::default().with("nas.example", &[&["127.0.0.1"]]);
    let link: Url = format!("http://nas.example:{}/", canary.port).parse().unwrap();
    let elsewhere = resolver(&["nas.example:1".to_owned()], &names);
    assert_eq!(elsewhere.probe(&link).await.unwrap_err().code, Code::PrivateAddress);
    assert_eq!(canary.seen(), 0);
    let here = resolver(&["nas.example".to_owned()], &names);
    here.probe(&link).await.unwrap_err();
    assert_eq!(canary.seen(), 1);
}
