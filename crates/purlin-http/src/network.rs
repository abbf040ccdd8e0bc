//! Networks of addresses, as written in a configuration: `10.0.0.0/8`, `2001:db8::/32`, one address.

use std::net::IpAddr;

/// The first `prefix` bits are those of `address`; the rest are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    address: IpAddr,
    prefix: u8,
}

const LOOPBACK: &[&str] = &["127.0.0.0/8", "::1"];
/// RFC 1918, 4193 and 6598, and what is of one link only.
const PRIVATE: &[&str] = &[
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "fc00::/7",
    "fe80::/10",
];

impl Network {
    /// A network, or all of those that a word stands for.
    pub(crate) fn parse(text: &str) -> Result<Vec<Self>, &'static str> {
        let named = match text {
            "loopback" => LOOPBACK,
            "private" => PRIVATE,
            _ => return Self::one(text).map(|network| vec![network]),
        };
        named.iter().map(|text| Self::one(text)).collect()
    }

    fn one(text: &str) -> Result<Self, &'static str> {
        let problem = || "must be an address, a network such as 10.0.0.0/8, `loopback` or `private`";
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| problem())?;
        // Addresses are compared in their canonical form, and so this would never match.
        if address != address.to_canonical() {
            return Err("is an IPv4 network in the form of IPv6; write it as IPv4");
        }
        let bits = width(address);
        let prefix = match prefix {
            None => bits,
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().ok().filter(|prefix| *prefix <= bits).ok_or_else(problem)?
            }
            Some(_) => return Err(problem()),
        };
        if masked(address, prefix) == address {
            Ok(Self { address, prefix })
        } else {
            Err("is an address with a prefix; write the network's first address, such as 10.0.0.0/8")
        }
    }

    /// Of a canonical address.
    pub(crate) fn holds(&self, address: IpAddr) -> bool {
        width(address) == width(self.address) && masked(address, self.prefix) == self.address
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// The address with all bits behind the first `prefix` cleared.
pub(crate) fn masked(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32_u32.saturating_sub(prefix.into())).unwrap_or(0);
            IpAddr::V4((address.to_bits() & mask).into())
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128_u32.saturating_sub(prefix.into())).unwrap_or(0);
            IpAddr::V6((address.to_bits() & mask).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_network_holds() {
        for (text, inside, outside) in [
            ("10.0.0.0/8", "10.255.255.255", "11.0.0.0"),
            ("10.1.2.3", "10.1.2.3", "10.1.2.4"),
            ("10.1.2.3/32", "10.1.2.3", "10.1.2.2"),
            ("10.1.2.2/31", "10.1.2.3", "10.1.2.4"),
            ("0.0.0.0/0", "255.1.2.3", "::1"),
            ("::/0", "2001:db8::1", "1.2.3.4"),
            ("2001:db8::/33", "2001:db8:7fff::", "2001:db8:8000::"),
            ("::1", "::1", "::2"),
            ("loopback", "127.1.2.3", "128.0.0.1"),
            ("loopback", "::1", "::"),
            ("private", "172.31.255.255", "172.32.0.0"),
            ("private", "fdff::1", "fe00::1"),
            ("private", "100.127.0.1", "100.128.0.1"),
        ] {
            let networks = Network::parse(text).unwrap();
            let holds = |address: &str| networks.iter().any(|one| one.holds(address.parse().unwrap()));
            assert!(holds(inside) && !holds(outside), "{text}");
        }
    }

    #[test]
    fn what_is_no_network() {
        for text in [
            "",
            "all",
            "localhost",
            "10.0.0",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "10.0.0.1/8",
            "2001:db8::1/32",
            "10.0.0.0/8/8",
            "*",
            "::ffff:10.0.0.0/104",
            "10.0.0.1:80",
            "fe80::1%eth0",
        ] {
            assert!(Network::parse(text).is_err(), "{text}");
        }
    }
}
