//! Which addresses are on the public internet, and which hosts are excepted: the tables under the [`guard`](super::guard).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use engine::refusal::Fault;
use url::{Host, Url};

/// IPv4 blocks that are not globally routable (IANA's special-purpose registry), and multicast.
const NOT_PUBLIC_V4: &[(Ipv4Addr, u32)] = &[
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// The only IPv6 block in which global unicast addresses are handed out. All that carries an IPv4 address inside (mapped,
/// compatible, NAT64) lies outside of it, but for what is taken out below.
const PUBLIC_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// What inside of that block is not public after all: protocol assignments with Teredo and ORCHID, documentation, 6to4.
const NOT_PUBLIC_V6: &[(Ipv6Addr, u32)] = &[
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0x0db8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Whether an address is on the public internet. Written by hand, because the standard library's `is_global` is not
/// stable and the crates that have one differ from each other in what they leave out.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !NOT_PUBLIC_V4.iter().any(|block| within_v4(address, *block)),
        IpAddr::V6(address) => {
            within_v6(address, PUBLIC_V6) && !NOT_PUBLIC_V6.iter().any(|block| within_v6(address, *block))
        }
    }
}

fn within_v4(address: Ipv4Addr, (block, bits): (Ipv4Addr, u32)) -> bool {
    (address.to_bits() ^ block.to_bits()) >> (32 - bits) == 0
}

fn within_v6(address: Ipv6Addr, (block, bits): (Ipv6Addr, u32)) -> bool {
    (address.to_bits() ^ block.to_bits()) >> (128 - bits) == 0
}

/// Hosts that may be asked wherever their address is (`resolve.allow_private`).
#[derive(Debug, Clone, Default)]
pub struct Allowed(Vec<(Host<String>, Option<u16>)>);

impl Allowed {
    /// Reads entries such as `nas.local`, `127.0.0.1:8096`, `[::1]:8096`. A fault names the entry that is neither.
    pub fn read(entries: &[String]) -> Result<Self, Fault> {
        entries.iter().map(|entry| entry_of(entry)).collect::<Result<_, _>>().map(Self)
    }

    /// Whether the host of this link, on its port, is excepted.
    pub fn permits(&self, link: &Url) -> bool {
        let Some(host) = link.host() else { return false };
        let host = plain(&host.to_owned());
        let port = link.port_or_known_default();
        self.0.iter().any(|(name, only)| *name == host && only.is_none_or(|only| Some(only) == port))
    }
}

fn entry_of(entry: &str) -> Result<(Host<String>, Option<u16>), Fault> {
    let wrong = || {
        Fault::new(format!(
            "resolve.allow_private: {entry:?} is neither a host nor host:port; write nas.local or 127.0.0.1:8096"
        ))
    };
    let entry = entry.trim();
    // An IPv6 address may stand there without its brackets, if without a port.
    if let Ok(address) = entry.parse::<Ipv6Addr>() {
        return Ok((Host::Ipv6(address), None));
    }
    let (host, port) = match entry.rsplit_once(':') {
        Some((host, port)) => (host, Some(port.parse::<u16>().map_err(|_| wrong())?)),
        None => (entry, None),
    };
    let host = Host::parse(host).map_err(|_| wrong())?;
    Ok((plain(&host), port))
}

/// Without the dot that closes a complete name: `localhost.` is `localhost`.
fn plain(host: &Host<String>) -> Host<String> {
    match host {
        Host::Domain(name) => Host::Domain(name.trim_end_matches('.').to_ascii_lowercase()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_internet_ends_where_the_registries_say() {
        let public = [
            "1.1.1.1",
            "8.8.8.8",
            "93.184.216.34",
            "172.32.0.1",
            "100.128.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2001:4860:4860::8888",
            "2a00:1450:4001::1",
            "2003::1",
        ];
        for address in public {
            assert!(is_public(address.parse().unwrap()), "{address} is public");
        }
        let private = [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::7f00:1",
            "100::1",
            "2001::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ];
        for address in private {
            assert!(!is_public(address.parse().unwrap()), "{address} is not public");
        }
    }

    #[test]
    fn an_exception_holds_for_its_host_and_port_only() {
        let entries = ["nas.local", "127.0.0.1:8096", "[::1]:81", "fd00::5"].map(String::from);
        let allowed = Allowed::read(&entries).unwrap();
        let permits = |link: &str| allowed.permits(&link.parse().unwrap());
        assert!(permits("http://nas.local/a.mp4"));
        assert!(permits("https://NAS.local.:9000/a.mp4"));
        assert!(permits("http://127.0.0.1:8096/"));
        assert!(permits("http://0x7f.1:8096/"));
        assert!(permits("http://[::1]:81/"));
        assert!(permits("http://[fd00::5]:1234/"));
        assert!(!permits("http://127.0.0.1/"));
        assert!(!permits("http://127.0.0.2:8096/"));
        assert!(!permits("http://evil.nas.local/"));
        assert!(!permits("http://[::1]/"));
        assert!(Allowed::read(&["a b".to_owned()]).is_err());
        assert!(Allowed::read(&["nas:port".to_owned()]).is_err());
    }
}
