//! Networks in CIDR notation.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// `10.96.0.0/12`: an address and how many of its leading bits are fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cidr {
    /// The first address.
    pub base: IpAddr,
    /// Fixed bits, at most 32 or 128.
    pub prefix: u8,
}

/// Why a text is not a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCidr {
    /// No address, no prefix, or a prefix that is too long.
    #[error("not a network: write it like 10.244.0.0/16")]
    Syntax,
    /// Bits are set behind the prefix.
    #[error("has bits set behind its prefix: the network is {0}")]
    HostBits(Cidr),
}

impl Cidr {
    /// Whether it holds IPv6 addresses.
    pub fn is_v6(&self) -> bool {
        self.base.is_ipv6()
    }

    /// How many bits are free.
    pub fn free_bits(&self) -> u8 {
        width(self.base) - self.prefix
    }

    /// Whether `address` lies in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        address.is_ipv6() == self.is_v6() && masked(address, self.prefix) == self.base
    }

    /// Whether the two have an address in common.
    pub fn overlaps(&self, other: &Self) -> bool {
        if self.prefix <= other.prefix { self.contains(other.base) } else { other.contains(self.base) }
    }

    /// Networks separated by commas, as kubeadm takes them for two families.
    pub fn list(text: &str) -> Result<Vec<Self>, InvalidCidr> {
        text.split(',').map(|part| part.trim().parse()).collect()
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv6() { 128 } else { 32 }
}

fn masked(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix.min(32))).unwrap_or(0);
            IpAddr::V4((u32::from(v4) & mask).into())
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(prefix.min(128))).unwrap_or(0);
            IpAddr::V6((u128::from(v6) & mask).into())
        }
    }
}

impl FromStr for Cidr {
    type Err = InvalidCidr;

    fn from_str(text: &str) -> Result<Self, InvalidCidr> {
        let (address, prefix) = text.split_once('/').ok_or(InvalidCidr::Syntax)?;
        let base: IpAddr = address.parse().map_err(|_| InvalidCidr::Syntax)?;
        let digits = prefix.bytes().all(|b| b.is_ascii_digit());
        let prefix: u8 = prefix.parse().ok().filter(|_| digits).ok_or(InvalidCidr::Syntax)?;
        if prefix > width(base) {
            return Err(InvalidCidr::Syntax);
        }
        let network = Self { base: masked(base, prefix), prefix };
        if network.base == base { Ok(network) } else { Err(InvalidCidr::HostBits(network)) }
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn cidr(text: &str) -> Cidr {
        text.parse().unwrap()
    }

    #[test]
    fn networks_are_checked() {
        for good in ["10.96.0.0/12", "0.0.0.0/0", "10.0.0.1/32", "fd00::/48", "::/0"] {
            assert_eq!(cidr(good).to_string(), good);
        }
        for bad in
            ["", "10.0.0.0", "10.0.0.0/33", "10.0.0/8", "fd00::/129", "10.0.0.0/+8", "10.0.0.0/8 ", "a/8"]
        {
            assert_eq!(bad.parse::<Cidr>(), Err(InvalidCidr::Syntax), "{bad}");
        }
        assert_eq!("192.168.1.0/16".parse::<Cidr>(), Err(InvalidCidr::HostBits(cidr("192.168.0.0/16"))));
    }

    #[test]
    fn overlap_goes_both_ways_and_keeps_families_apart() {
        let (wide, narrow) = (cidr("10.0.0.0/8"), cidr("10.96.0.0/12"));
        assert!(wide.overlaps(&narrow) && narrow.overlaps(&wide));
        assert!(!cidr("10.0.0.0/16").overlaps(&cidr("10.1.0.0/16")));
        assert!(!cidr("::/0").overlaps(&wide) && !cidr("0.0.0.0/0").contains("::1".parse().unwrap()));
    }
}
