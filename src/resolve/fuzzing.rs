//! Links, manifests and files of strangers: see [`crate::fuzzing`].

#![expect(clippy::unwrap_used, reason = "a promise that is broken ends the run")]

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::LazyLock,
};

use engine::{media::Player, time::Millis};
use url::{Host, Url};

use super::{
    address::is_public,
    container::{self, Sparse, Step},
    files::Facts,
    guard::{Guard, Limits},
    kind, manifest, sites,
};

static GUARD: LazyLock<Guard> = LazyLock::new(|| Guard::new(&[], Limits::default()).unwrap());

/// Links that people paste. What a site is known by stays what it is; and no address of a house or a machine is let through,
/// however it is written.
pub fn links(data: &[u8]) {
    private(data);
    let text = String::from_utf8_lossy(data);
    let Ok(link) = Url::parse(text.trim()) else { return };
    let allowed = GUARD.check(&link).is_ok();
    if allowed {
        assert!(matches!(link.scheme(), "http" | "https") && link.username().is_empty() && link.password().is_none());
        match link.host().unwrap() {
            Host::Ipv4(address) => assert!(is_elsewhere(address.into()), "{link}"),
            Host::Ipv6(address) => assert!(is_elsewhere(address.into()), "{link}"),
            Host::Domain(name) => {
                assert!(!name.trim_end_matches('.').eq_ignore_ascii_case("localhost"), "{link}");
                // What resolvers of systems take for an address is none of a name's business.
                assert!(name.trim_end_matches('.').parse::<IpAddr>().is_err(), "{link}");
            }
        }
    }
    let _ = (kind::by_name(&link), sites::playlist(&link));
    let Some(Ok(found)) = sites::find(&link) else { return };
    let media = &found.media;
    let canonical = Url::parse(&media.url).unwrap();
    assert_eq!(canonical.scheme(), "https", "{canonical}");
    assert!(!media.url.contains(['<', '>', '"', ' ']), "{}", media.url);
    let again = sites::find(&canonical).and_then(Result::ok);
    let again = again.unwrap_or_else(|| panic!("{canonical} is not known again")).media;
    assert_eq!((again.player, &again.provider_id), (media.player, &media.provider_id), "{canonical}");
    if media.player == Player::Embed {
        let site = media.provider_id.as_deref().and_then(|id| id.split_once(':')).unwrap().0;
        assert!(sites::EMBEDS.contains(&site), "{site}");
    }
}

/// Told by other means than [`is_public`], so that a mistake there shows.
fn is_elsewhere(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_broadcast()
                || v4.is_unspecified()
                || v4.is_multicast()
                || v4.is_documentation()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b)))
        }
        IpAddr::V6(v6) => {
            !(v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_multicast()
                || v6.is_unique_local()
                || v6.is_unicast_link_local())
                && v6.to_ipv4().is_none()
                && v6.segments()[0] != 0x64
                && v6.segments()[0] != 0x2002
        }
    }
}

/// An address that is not public, in a form that somebody might write it in, is refused. The bytes choose both.
fn private(data: &[u8]) {
    let byte = |place: usize| data.get(place).copied().unwrap_or_default();
    let [second, third, fourth] = [byte(1), byte(2), byte(3)];
    let v4 = match byte(0) % 9 {
        0 => [10, second, third, fourth],
        1 => [127, second, third, fourth],
        2 => [192, 168, third, fourth],
        3 => [172, 16 + second % 16, third, fourth],
        4 => [169, 254, third, fourth],
        5 => [100, 64 + second % 64, third, fourth],
        6 => [0, second, third, fourth],
        7 => [224 + second % 32, second, third, fourth],
        _ => [198, 18 + second % 2, third, fourth],
    };
    let whole = u32::from_be_bytes(v4);
    let [first, second, third, fourth] = v4;
    let dotted = Ipv4Addr::from(v4).to_string();
    let v6 = |address: Ipv6Addr| format!("[{address}]");
    let words = [u16::from_be_bytes([first, second]), u16::from_be_bytes([third, fourth])];
    let wide: String = dotted
        .chars()
        .map(|c| c.to_digit(10).map_or('\u{ff0e}', |digit| char::from_u32(0xff10 + digit).unwrap()))
        .collect();
    let host = match byte(4) % 16 {
        0 => dotted,
        1 => whole.to_string(),
        2 => format!("{whole:#x}"),
        3 => format!("0{whole:o}"),
        4 => format!("{first}.{}", whole & 0xff_ffff),
        5 => format!("{first:#x}.{second}.0{third:o}.{fourth}"),
        6 => format!("0{first:o}.{second}.{}", whole & 0xffff),
        7 => format!("{dotted}."),
        8 => wide,
        9 => format!("%{:02x}{}", dotted.as_bytes()[0], &dotted[1..]),
        10 => v6(Ipv4Addr::from(v4).to_ipv6_mapped()),
        11 => v6(Ipv6Addr::new(0, 0, 0, 0, 0, 0, words[0], words[1])),
        12 => v6(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, words[0], words[1])),
        13 => v6(Ipv6Addr::new(0x2002, words[0], words[1], 0, 0, 0, 0, 1)),
        14 => v6(Ipv6Addr::new(0xfd00 | u16::from(second), words[0], 0, 0, 0, 0, 0, words[1])),
        _ => v6(Ipv6Addr::new(0xfe80 | u16::from(second & 0x3f), 0, 0, 0, 0, 0, words[0], words[1])),
    };
    for link in [format!("http://{host}/"), format!("https:{host}:8080"), format!("http:\\\\{host}\\a.mp4")] {
        if let Ok(link) = Url::parse(&link) {
            assert!(GUARD.check(&link).is_err(), "{link} was let through");
        }
    }
    assert!(!is_public(v4.into()), "{v4:?}");
}

/// Manifests of either kind: a length is one that a film may have.
pub fn manifests(data: &[u8]) {
    for all in [true, false] {
        if let Ok(manifest::Hls::Media(facts)) = manifest::read_hls(data, all) {
            check(&facts);
            assert!(all || facts.duration.is_none());
        }
    }
    if let Ok(facts) = manifest::read_dash(data) {
        check(&facts);
    }
    let _ = kind::by_bytes(data);
    let text = String::from_utf8_lossy(data);
    let _ = kind::by_type(Some(&text));
    if let Some(seconds) = manifest::xml_duration(&text) {
        assert!(!seconds.is_nan());
    }
}

/// Files: the first byte says how long the whole is said to be, the second where a second piece of it stands.
pub fn container(data: &[u8]) {
    let [size, place, rest @ ..] = data else { return };
    let length = rest.len() as u64;
    let total = match size % 4 {
        0 => None,
        1 => Some(length),
        2 => Some(length + 1_000_000),
        _ => Some(u64::MAX),
    };
    let cut = rest.len() * usize::from(*place) / 255;
    let mut file = Sparse::new(rest[..cut].to_vec(), total);
    file.add(length + 1_000 - u64::from(*place), rest[cut..].to_vec());
    let ours = matches!(file.head().get(4..8), Some(b"ftyp" | b"moov" | b"styp" | b"wide" | b"mdat" | b"free"));
    let step = if ours || cfg!(fuzzing) {
        container::read_now(&file)
    } else {
        // A reader of others that trips costs its own thread; unoptimised, they trip over numbers that are too large.
        let Ok(step) = std::panic::catch_unwind(|| container::read_now(&file)) else { return };
        step
    };
    match step {
        Step::Done(facts) => check(&facts),
        Step::Missing(facts, _) => check(&facts),
    }
}

fn check(facts: &Facts) {
    let longest = Millis(10 * 366 * 86_400_000);
    assert!(facts.duration.is_none_or(|length| (Millis(1)..=longest).contains(&length)), "{facts:?}");
}
