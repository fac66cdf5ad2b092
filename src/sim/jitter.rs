//! Small seeded variations, so that simulated machines differ a little and every run of a seed is the same.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};

/// A number derived from `seed` and `what`: the same for the same two.
pub(crate) fn mix(seed: u64, what: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    seed.hash(&mut hasher);
    what.hash(&mut hasher);
    hasher.finish()
}

/// A stream of numbers that depends on its seed alone (`SplitMix64`).
#[derive(Debug, Clone)]
pub(crate) struct Jitter(u64);

impl Jitter {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// `ms`, up to fifteen in a hundred more or less.
    pub(crate) fn around(&mut self, ms: u64) -> u64 {
        let share = self.next() % 31;
        ms * (85 + share) / 100
    }
}

/// A value from `low` to `high` that is fixed for `seed` and `what`.
pub(crate) fn between(seed: u64, what: &str, low: i64, high: i64) -> i64 {
    let span = high.saturating_sub(low).unsigned_abs() + 1;
    low + i64::try_from(mix(seed, what) % span).unwrap_or(0)
}

/// `bytes` bytes as lower-case hex digits, fixed for `seed` and `what`.
pub(crate) fn hex(seed: u64, what: &str, bytes: usize) -> String {
    let mut stream = Jitter::new(mix(seed, what));
    let mut text = String::with_capacity(bytes * 2 + 16);
    while text.len() < bytes * 2 {
        let _ = write!(text, "{:016x}", stream.next());
    }
    text.truncate(bytes * 2);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let mut a = Jitter::new(7);
        let mut b = Jitter::new(7);
        for _ in 0..100 {
            let x = a.around(1_000);
            assert_eq!(x, b.around(1_000));
            assert!((850..=1_150).contains(&x), "{x}");
        }
        assert_eq!(hex(1, "machine-id", 16), hex(1, "machine-id", 16));
        assert_ne!(hex(1, "machine-id", 16), hex(2, "machine-id", 16));
        assert_eq!(hex(1, "x", 16).len(), 32);
        assert!((5..=9).contains(&between(3, "etcd", 5, 9)));
    }
}
